"""What training counts is said once, for every engine: Spark says the same of the same files as DuckDB."""

import shutil
from datetime import timedelta
from functools import partial

import pytest

from small_shop import CATALOG, NOW, PRODUCTS, STORES, ago, bought, carted, life_of, looked, profile_of
from tactful.learning import LineBuilder, expressions, product_lines
from tactful.model.errors import NotReady
from tactful.model.lines import LINES
from tactful.profile import purchase_lines
from tactful.wiring import SPARK, open_engine
from tactful.workbench import FileWorkbench
from tactful.workbench._duckdb import Counter
from tactful.workbench._spark import SparkCounter

MASTER = "local[2]"

EXPRESSIONS = {
    "people": expressions.people,
    "bought": expressions.bought,
    "looked": expressions.looked,
    "hours": partial(expressions.hours, least=8, most=20),
    "answers": partial(expressions.answers, least=0),
}


@pytest.fixture(scope="module")
def spark():
    sql = pytest.importorskip("pyspark.sql", reason="Spark is not installed: pip install 'tactful[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none on the path")
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "3", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = sql.SparkSession.builder.master(MASTER)
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The lines of a small shop, in two shards."""
    folder, builders = tmp_path_factory.mktemp("lines"), (LineBuilder(), LineBuilder())
    weekly = [bought(ago(7 * n), "coffee", *(["milk"] if n % 3 == 0 else []), gift=n % 11 == 0) for n in range(150)]
    for number in range(24):
        profile = profile_of(*(weekly if number == 5 else life_of(number)), looked("camera", ago(number)), carted("novel", ago(2)))
        visits = [order.at for order in profile.orders]
        builders[number // 12].add(number, profile, bought=purchase_lines(profile), visits=visits, country="GB", zone="Europe/London")
    counter, written = Counter(), {}
    for shard, tables in enumerate([*(builder.tables() for builder in builders), product_lines(CATALOG)]):
        for table, columns in tables.items():
            written.setdefault(table, []).append(folder / f"{table}-{shard}.parquet")
            counter.write(table, columns, written[table][-1])
    return written


def test_every_expression_is_checked():
    public = {name for name, value in vars(expressions).items() if getattr(value, "__module__", None) == expressions.__name__ and not name.startswith("_")}
    assert set(EXPRESSIONS) == public - {"lines"}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_spark_and_duckdb_say_the_same(name, files, spark):
    said = []
    for counter in (Counter(), SparkCounter(MASTER)):
        for table in LINES:
            counter.read(table, files[table])
        said.append({column: values.tolist() for column, values in counter.count(EXPRESSIONS[name]()).items()})
        counter.close()
    here, there = said
    assert here == there
    assert list(here) == list(there)
    assert len(next(iter(here.values()))) > 0


def test_a_training_counted_by_spark_learns_the_same_to_the_bit(spark, tmp_path, monkeypatch):
    learned = []
    for master in ("", MASTER):
        monkeypatch.setenv(SPARK, master)
        engine = open_engine(tmp_path / f"a shop{len(learned)}")
        engine.put_products(PRODUCTS)
        engine.put_stores(STORES)
        engine.import_history([event for number in range(300) for event in life_of(number)], now=NOW)
        engine.train(now=NOW)
        learned.append({record.name: (record.blob, record.facts) for record in engine.store.models.load()})
        engine.store.close()
    assert len(learned[0]) > 15
    assert learned[0] == learned[1]


def test_an_erasure_breaks_off_a_training_that_spark_counts(spark, tmp_path):
    workbench = FileWorkbench(tmp_path, spark=MASTER)
    with workbench.begin(lambda _: "", now=NOW, resume_within=timedelta(0)) as work:
        work.lay_out("products", product_lines(CATALOG))
        work.lay_out("000000", LineBuilder().tables())
        workbench.clear()
        with pytest.raises(NotReady, match="train again"):
            work.count(expressions.people())


def test_what_spark_cannot_do_is_told_in_one_line(spark, tmp_path):
    with pytest.raises(NotReady, match=r"^Spark at local\[2\] cannot count: [^\n]+$"):
        SparkCounter(MASTER).read("people", [tmp_path / "gone.parquet"])

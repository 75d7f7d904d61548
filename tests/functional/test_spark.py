"""What training counts is said once, for every engine: Spark says the same of the same files as DuckDB."""

import shutil
from functools import partial

import pytest

from small_shop import CATALOG, ago, bought, carted, life_of, looked, profile_of
from tactful.learning import LineBuilder, expressions, product_lines
from tactful.model.lines import LINES
from tactful.profile import purchase_lines
from tactful.workbench._duckdb import Counter

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
    builder = sql.SparkSession.builder.master("local[2]")
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
    import ibis

    counter, backend = Counter(), ibis.pyspark.connect(spark)
    for table in LINES:
        counter.read(table, files[table])
        spark.read.parquet(*map(str, files[table])).createOrReplaceTempView(table)
    here = counter.count(EXPRESSIONS[name]())
    there = spark.sql(backend.compile(EXPRESSIONS[name]())).collect()
    assert len(there) > 0
    assert list(zip(*(column.tolist() for column in here.values()), strict=True)) == [tuple(row) for row in there]

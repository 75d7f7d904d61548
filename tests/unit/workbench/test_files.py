"""Where training works: what is laid out and finished stays until the training is over, and no longer."""

from datetime import timedelta

import numpy as np
import pytest

from small_shop import CATALOG, NOW, ago, bought, life_of, profile_of
from tactful.learning import LineBuilder, product_lines, purchase_table
from tactful.model.errors import NotReady
from tactful.model.tables import DAY_SECONDS
from tactful.profile import purchase_lines
from tactful.workbench import FileWorkbench, MemoryWorkbench

DAY = timedelta(days=1)


def lines_of(*profiles, first=0):
    builder = LineBuilder()
    for number, profile in enumerate(profiles, first):
        builder.add(number, profile, bought=purchase_lines(profile), visits=())
    return builder.tables()


def laid_out(work, shards=3):
    work.lay_out("products", product_lines(CATALOG))
    for shard in range(shards):
        work.lay_out(f"{shard:06d}", lines_of(*(profile_of(*life_of(4 * shard + n)) for n in range(4)), first=4 * shard))


def bought_lines(work):
    table = purchase_table(work.count, CATALOG, [f"u:{n}" for n in range(12)], until_day=NOW.timestamp() / DAY_SECONDS)
    return [table.customer.tolist(), table.row.tolist(), table.day.tolist(), table.order.tolist()]


def begin(workbench, state="state", *, now=NOW, resume_within=timedelta(0)):
    return workbench.begin(lambda _: state, now=now, resume_within=resume_within)


def interrupted(workbench):
    """Begin a training and never come to its end."""
    with begin(workbench) as work:
        laid_out(work)
        work.finish("life", b"lives")


def test_files_and_memory_count_the_same(tmp_path):
    with begin(FileWorkbench(tmp_path)) as files, begin(MemoryWorkbench()) as memory:
        laid_out(files)
        laid_out(memory)
        assert bought_lines(files) == bought_lines(memory)
        assert len(bought_lines(files)[0]) > 100


def test_what_was_interrupted_is_gone_on_with(tmp_path):
    workbench = FileWorkbench(tmp_path / "training")
    interrupted(workbench)
    with begin(workbench) as work:
        assert [work.holds(shard) for shard in ("products", "000000", "000001", "000002", "000003")] == [True, True, True, True, False]
        assert (work.finished("life"), work.finished("completes")) == (b"lives", None)
        again = bought_lines(work)
        work.forget()
    with begin(workbench) as work:
        assert not work.holds("000000")
        assert work.finished("life") is None
        laid_out(work)
        assert bought_lines(work) == again


def test_a_shard_that_was_being_written_is_written_again(tmp_path):
    half = tmp_path / "lines" / "000000.part"
    with begin(FileWorkbench(tmp_path)):
        half.mkdir(parents=True)
        (half / "people.parquet").write_bytes(b"PAR1")
    with begin(FileWorkbench(tmp_path)) as work:
        assert not work.holds("000000")
        laid_out(work)
        assert len(bought_lines(work)[0]) > 100


@pytest.mark.parametrize(
    ("asked", "goes_on"),
    [
        ({"now": NOW}, True),
        ({"now": NOW + DAY / 2}, False),
        ({"now": NOW + DAY / 2, "resume_within": DAY}, True),
        ({"now": NOW + 2 * DAY, "resume_within": DAY}, False),
        ({"now": NOW - DAY / 2, "resume_within": DAY}, False),
        ({"now": NOW, "state": "another log"}, False),
    ],
)
def test_gone_on_with_is_only_what_learns_the_same(tmp_path, asked, goes_on):
    interrupted(FileWorkbench(tmp_path))
    with begin(FileWorkbench(tmp_path), **asked) as work:
        assert (work.finished("life") is not None) == work.holds("000000") == goes_on
        assert work.now == (NOW if goes_on else asked["now"])


def test_one_training_at_a_time(tmp_path):
    with begin(FileWorkbench(tmp_path)), pytest.raises(NotReady, match="under way"), begin(FileWorkbench(tmp_path)):
        pass
    with begin(FileWorkbench(tmp_path)):
        pass


def test_nothing_about_anybody_outlives_an_erasure(tmp_path):
    workbench = FileWorkbench(tmp_path)
    interrupted(workbench)
    assert list(tmp_path.rglob("*.parquet"))
    workbench.clear()
    assert not list(tmp_path.rglob("*.parquet"))
    with begin(workbench) as work:
        assert work.finished("life") is None


def test_an_erasure_breaks_off_a_training_that_reads_the_log(tmp_path):
    workbench = FileWorkbench(tmp_path)
    with begin(workbench) as work:
        laid_out(work, shards=1)
        workbench.clear()
        work.lay_out("000001", lines_of(profile_of(bought(ago(3), "milk"))))
        with pytest.raises(NotReady, match="train again"):
            bought_lines(work)


def test_a_place_that_cannot_be_written_to_is_told_in_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotReady, match="cannot be written to"), begin(FileWorkbench(tmp_path / "file" / "training")):
        pass


def test_quotes_in_the_name_of_a_folder_do_no_harm(tmp_path):
    with begin(FileWorkbench(tmp_path / "a shop's")) as work:
        laid_out(work, shards=1)
        assert np.unique(bought_lines(work)[0]).tolist() == [0, 1, 2, 3]

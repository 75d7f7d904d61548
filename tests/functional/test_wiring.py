"""Opening an engine over a place."""

import sys
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tactful.app.engine import Receipt
from tactful.model.errors import NotReady
from tactful.model.events import PageViewed
from tactful.wiring import open_engine

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
VISIT = PageViewed(message_id="m1", at=NOW, user_id="ann")


def test_a_data_directory_is_made_and_kept(tmp_path):
    directory = tmp_path / "new" / "data"
    engine = open_engine(directory)
    assert engine.record([VISIT], now=NOW) == Receipt(accepted=1)
    engine.store.close()
    assert (directory / "tactful.sqlite3").is_file()
    again = open_engine(str(directory))
    assert again.import_history([VISIT], now=NOW) == Receipt(duplicates=1)
    again.store.close()


def test_memory_is_forgotten():
    assert open_engine("memory:").record([VISIT], now=NOW) == Receipt(accepted=1)
    assert open_engine("memory:").store.events.count() == 0


def test_ids_are_new_every_time():
    engine = open_engine("memory:")
    first, second = engine.new_id(), engine.new_id()
    assert UUID(first).version == 4
    assert first != second


@pytest.mark.parametrize("location", ["postgresql://127.0.0.1:1/shop", "postgres://ann:secret@127.0.0.1:1/shop"])
def test_a_database_server_that_is_away_is_told_in_one_line_without_its_password(location):
    with pytest.raises(NotReady, match=r"PostgreSQL database shop at 127\.0\.0\.1 cannot be used .*: check the URL") as error:
        open_engine(location)
    assert "\n" not in error.value.message
    assert "secret" not in error.value.message


def test_a_url_that_cannot_be_read():
    with pytest.raises(NotReady, match="write it like postgresql://"):
        open_engine("postgresql://ann@db/shop?colour=red")


def test_without_the_driver_the_extra_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, "tactful.store.postgres", raising=False)
    monkeypatch.delitem(sys.modules, "tactful.store._postgres", raising=False)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(NotReady, match=r"pip install 'tactful\[postgres\]'"):
        open_engine("postgresql://127.0.0.1:1/shop")


def test_a_file_is_no_data_directory(tmp_path):
    file = tmp_path / "shop.tsv"
    file.write_text("id\ttitle\n")
    for place in (file, file / "below"):
        with pytest.raises(NotReady, match=r"shop\.tsv.*: give a directory") as error:
            open_engine(place)
        assert "\n" not in error.value.message

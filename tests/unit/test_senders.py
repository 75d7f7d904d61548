"""How messages leave: the kinds of senders, and the one that writes files."""

import json
from datetime import UTC, datetime

import pytest

from tactful.model.errors import InvalidInput, NotReady
from tactful.model.outbox import Letter
from tactful.senders import Letterhead, open_sender

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def letter(message_id="0b0e7a6e-0000-4000-8000-000000000001", **fields):
    told = {"user_id": "ann", "at": NOON, "channel": "email", "to": "ann@customers.example", "trigger": "due_again", "product_ids": ("coffee",)}
    words = {"subject": "Coffee may be running out", "text": "You buy it about every 17 days.", "html": "<p>You buy it about every 17 days.</p>"}
    return Letter(message_id=message_id, **(told | words | fields))


def test_a_file_holds_the_whole_message_under_its_id(tmp_path):
    sender = open_sender(f"file:{tmp_path / 'out'}", Letterhead())
    assert sender.handed_over(letter().message_id) is False
    assert sender.send(letter()).fate == sender.send(letter()).fate == "sent"
    assert sender.handed_over(letter().message_id) is True
    (path,) = (tmp_path / "out").iterdir()
    assert path.name == f"{letter().message_id}.json"
    told = json.loads(path.read_bytes())
    assert (told["to"], told["messageId"], told["productIds"], told["at"]) == ("ann@customers.example", letter().message_id, ["coffee"], "2026-03-04T12:00:00Z")


def test_an_id_that_is_no_file_name_is_no_way_out_of_the_folder(tmp_path):
    sender = open_sender(f"file:{tmp_path / 'out'}", Letterhead())
    sender.send(letter("../../elsewhere"))
    assert sender.handed_over("../../elsewhere")
    assert [path.parent.name for path in tmp_path.rglob("*.json")] == ["out"]


def test_a_folder_that_cannot_be_written_to_means_that_the_sender_is_down(tmp_path):
    sender = open_sender(f"file:{tmp_path / 'out'}", Letterhead())
    (tmp_path / "out").rmdir()
    answer = sender.send(letter())
    assert (answer.fate, "cannot be written" in answer.detail) == ("down", True)
    assert sender.handed_over(letter().message_id) is False


@pytest.mark.parametrize("address", ["", "pigeon:coop", "outbox", "file:", "file://elsewhere/out"])
def test_what_is_no_sender_is_told_in_one_line(address):
    with pytest.raises(InvalidInput, match="file:"):
        open_sender(address, Letterhead())


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(NotReady, match="cannot be made"):
        open_sender(f"file:{tmp_path / 'out' / 'deeper'}", Letterhead())

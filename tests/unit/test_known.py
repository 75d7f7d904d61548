"""What a transaction over the network may take as known, and what it has to ask."""

import pytest

from tactful.store._known import EFFECTS, KEY_OF, WHOLE_KEY, Known
from tactful.store._postgres import STATEMENTS, TABLES

EMAIL, PHONE = ("email", "x"), ("phone", "y")
LINK = (*EMAIL, "u:ann", 0, "m1")
TIE = (*EMAIL, "u:ann", 0, "m1", 1.0)


@pytest.fixture
def known():
    return Known(TABLES)


@pytest.fixture
def learned(known):
    """Nobody is known under either address, and Ann has nothing."""
    for reader in ("owner_of_identifier", "ties_of_identifier", "cut_at"):
        known.keep_whole(reader, [EMAIL, PHONE], [])
    for reader in ("ties_of_customer", "load_profile"):
        known.keep_whole(reader, [("u:ann",)], [])
    return known


def test_what_was_never_read_is_asked(known):
    assert known.rows("owner_of_identifier", EMAIL) is None
    known.keep("owner_of_identifier", EMAIL, [("u:ann",)])
    assert known.rows("owner_of_identifier", EMAIL) == [("u:ann",)]
    assert known.rows("owner_of_identifier", PHONE) is None


def test_what_is_known_as_a_whole_is_not_asked(learned):
    assert learned.rows("cut_at", (*EMAIL, "u:bob")) == learned.rows("load_profile", ("u:ann",)) == []
    assert learned.rows("load_profile", ("u:bob",)) is None
    learned.keep_whole("ties_of_customer", [("u:bob",)], [(("u:bob",), (1,)), (("u:bob",), (2,))])
    assert learned.rows("ties_of_customer", ("u:bob",)) == [(1,), (2,)]


@pytest.mark.parametrize(
    ("writer", "row", "reader", "parameters", "then"),
    [
        ("link_identifier", LINK, "owner_of_identifier", EMAIL, [("u:ann",)]),
        ("link_identifier", LINK, "owner_of_identifier", PHONE, []),
        ("tie_identifier", TIE, "ties_of_identifier", EMAIL, None),
        ("tie_identifier", TIE, "ties_of_identifier", PHONE, []),
        ("tie_identifier", TIE, "ties_of_customer", ("u:ann",), None),
        ("tie_identifier", TIE, "owner_of_identifier", EMAIL, []),
        ("cut_identifier", (*EMAIL, "u:ann", 7), "cut_at", (*EMAIL, "u:ann"), [(7,)]),
        ("cut_identifier", (*EMAIL, "u:ann", 7), "cut_at", (*EMAIL, "u:bob"), []),
        ("mend_identifier", (*EMAIL, "u:ann"), "cut_at", (*EMAIL, "u:ann"), None),
        ("save_profile", ("u:ann", b"a"), "load_profile", ("u:ann",), [(b"a",)]),
        ("drop_profile", ("u:bob",), "load_profile", ("u:ann",), None),
        ("unlink_identifier", PHONE, "owner_of_identifier", EMAIL, None),
        ("reassign_identifiers", {"from": "a:x", "into": "u:ann"}, "owner_of_identifier", EMAIL, None),
        ("copy_ties", {"from": "a:x", "into": "u:ann"}, "ties_of_customer", ("u:ann",), None),
    ],
)
def test_what_is_known_after_a_write(learned, writer, row, reader, parameters, then):
    learned.wrote(writer, [row])
    assert learned.rows(reader, parameters) == then


@pytest.mark.parametrize(
    ("writer", "row", "reader", "parameters", "first"),
    [
        ("append_event", ("u:ann", 1, "m1", b""), "read_events", ("u:ann", 9), True),
        ("append_event", ("u:ann", 1, "m1", b""), "read_events", ("u:bob", 9), False),
        ("append_event", ("u:ann", 1, "m1", b""), "known_event", ("m1",), True),
        ("append_event", ("u:ann", 1, "m1", b""), "known_event", ("m2",), False),
        ("append_event", ("u:ann", 1, "m1", b""), "count_events", (), True),
        ("append_event", ("u:ann", 1, "m1", b""), "load_profile", ("u:ann",), False),
        ("link_identifier", LINK, "links_of_customer", ("u:bob",), True),
        ("link_identifier", LINK, "user_ids", (), True),
        ("save_profile", ("u:ann", b"a"), "missing_profiles", (), True),
        ("reassign_events", {"from": "a:x", "into": "u:ann"}, "read_events", ("u:bob", 9), True),
    ],
)
def test_a_write_waits_until_somebody_asks_for_what_it_changes(known, writer, row, reader, parameters, first):
    known.wrote(writer, [row])
    assert known.must_send(reader, [parameters]) is first
    assert list(known.take_waiting()) == [(writer, [row])]
    assert not known.must_send(reader, [parameters])


def test_writes_keep_their_order_and_those_of_a_kind_go_together(known):
    for writer, row in (("save_profile", ("a", b"")), ("save_profile", ("b", b"")), ("drop_profile", ("a",)), ("save_profile", ("a", b"2"))):
        known.wrote(writer, [row])
    sent = list(known.take_waiting())
    assert sent == [("save_profile", [("a", b""), ("b", b"")]), ("drop_profile", [("a",)]), ("save_profile", [("a", b"2")])]


def test_a_log_is_not_remembered(known):
    known.keep("read_events", ("u:ann", 9), [(b"",)])
    assert known.rows("read_events", ("u:ann", 9)) is None


def test_after_the_transaction_nothing_is_known(learned):
    learned.wrote("link_identifier", [LINK])
    learned.clear()
    assert learned.rows("owner_of_identifier", EMAIL) is None
    assert not learned.must_send("user_ids", [()])


def test_every_effect_is_on_a_statement_that_reads_the_same_table():
    for writer, effects in EFFECTS.items():
        for effect in effects:
            assert TABLES[writer] & TABLES[effect.reads], (writer, effect)
            assert STATEMENTS[writer].count("%s") > max((*(effect.key or ()), *(effect.result or ())), default=0)
    assert {*KEY_OF, *WHOLE_KEY} <= set(STATEMENTS)

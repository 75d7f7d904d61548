"""What was said against what was bought, and how the demo tells it."""

from datetime import timedelta
from io import StringIO

import msgspec
import pytest
from rich.console import Console

from demo_year import LINES, made_up_year
from tactful.demo import complete_journey as grocer
from tactful.demo.check import Kinds, best_sellers, favourites, hits
from tactful.demo.findings import PLANNED_AT, summarise
from tactful.demo.steps import MARK, Steps, make_room, peak_megabytes
from tactful.demo.summary import Step, show
from tactful.model.decisions import Item, Message, Plan, Reason, Silence
from tactful.model.errors import InvalidInput, NotReady
from tactful.wiring import DATABASE_NAME

KINDS = Kinds(
    style_of={"milk-small": "milk", "milk-large": "milk", "oat": "oat", "beef": "beef"},
    type_of={"milk-small": "Drinks", "milk-large": "Drinks", "oat": "Drinks", "beef": "Meat"},
)


def test_shares_count_items_and_messages_apart_and_a_nearer_hit_counts_as_the_wider_ones_too():
    said = {"ann": ["milk-small", "beef"], "ben": ["milk-small"], "cat": ["beef", "oat"], "dan": ["oat"]}
    bought = {"ann": {"milk-small"}, "ben": {"milk-large"}, "cat": {"milk-large"}}
    found = hits(said, bought, KINDS)
    assert (found.items, found.messages) == (6, 4)
    assert (found.item_exact, found.item_style, found.item_type) == (1 / 6, 2 / 6, 3 / 6)
    assert (found.message_exact, found.message_style, found.message_type) == (1 / 4, 2 / 4, 3 / 4)


def test_saying_nothing_scores_nothing():
    found = hits({}, {}, KINDS)
    assert (found.items, found.messages, found.item_exact, found.message_type) == (0, 0, 0, 0)


def test_what_is_no_merchandise_is_never_a_hit_by_kind():
    assert hits({"ann": ["beef"]}, {"ann": {"petrol", "coupon"}}, KINDS).item_type == 0


def test_favourites_are_a_households_own_and_break_ties_by_what_the_shop_sells():
    lines = [("ann", "beef"), ("ann", "oat"), ("ben", "oat"), ("ben", "milk-large"), ("ben", "milk-large"), ("ben", "petrol"), ("ben", "petrol")]
    assert favourites({"ann": ["x", "y"], "ben": ["x"]}, lines, {"oat": 2, "beef": 1}, kinds=KINDS) == {"ann": ["oat", "beef"], "ben": ["milk-large"]}


def test_best_sellers_are_the_same_for_everybody_as_many_as_were_said():
    assert best_sellers({"ann": ["x", "y"], "ben": ["x"]}, {"beef": 1, "oat": 2, "petrol": 3}, KINDS) == {"ann": ["oat", "beef"], "ben": ["oat"]}


def item(product_id):
    return Item(
        product_id=product_id, group_id=product_id, score=0.5, reason=Reason(code="due_again", text="You buy this about every 9 days.", source="observed")
    )


def message(user, *product_ids, send_at=PLANNED_AT):
    planned = Message(
        message_id="m", trigger="due_again", channel="email", send_at=send_at, items=tuple(map(item, product_ids)), subject="Milk again", text="…"
    )
    return Plan(user_id=user, decision_id=f"d-{user}", at=PLANNED_AT, message=planned)


def silence(user, code, text):
    return Plan(user_id=user, decision_id=f"d-{user}", at=PLANNED_AT, silence=Silence(code=code, text=text))


@pytest.fixture
def summary():
    in_time = (7, 31, 8, 11, 1, 0.99, (PLANNED_AT + timedelta(days=6)).strftime("%Y-%m-%dT%H:%M:%S"))
    too_late = (8, 31, 9, 20, 1, 4.00, (PLANNED_AT + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%S"))
    tables = made_up_year([*LINES, in_time, too_late])
    plans = [
        message("household-7", "10"),
        message("household-8", "20"),
        silence("household-9", "no_consent", "They have not agreed to be written to."),
        silence("household-10", "no_consent", "They have not agreed to be written to."),
        silence("household-11", "nothing_relevant", "Nothing is likely enough to be wanted this week."),
    ]
    found = summarise(plans, tables, list(grocer.products(tables)))
    return msgspec.structs.replace(found, events=20, steps=(Step(name="read the data", seconds=1.2, peak_mb=300),))


def test_the_summary_counts_who_was_written_to_and_who_was_left_alone_and_why(summary):
    assert (summary.households, summary.written_to, summary.left_alone) == (5, 2, 3)
    assert [(tally.code, tally.households) for tally in summary.silence] == [("no_consent", 2), ("nothing_relevant", 1)]
    assert summary.silence[0].sentence == "They have not agreed to be written to."
    assert [(tally.code, tally.households) for tally in summary.triggers] == [("due_again", 2)]
    assert (summary.lines_read, summary.products, summary.products_left_out) == (len(LINES) + 2, 5, 2)


def test_only_purchases_within_seven_days_after_planning_count(summary):
    assert (summary.said.item_exact, summary.said.item_style, summary.said.item_type) == (0, 0.5, 0.5)  # the late one came a second too late


def test_a_message_is_overtaken_by_a_purchase_before_it_would_leave():
    tables = made_up_year([*LINES, (7, 31, 8, 11, 1, 0.99, (PLANNED_AT + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%S"))])
    at_once, in_three_days = message("household-7", "10"), message("household-7", "10", send_at=PLANNED_AT + timedelta(days=3))
    products = list(grocer.products(tables))
    assert summarise([at_once], tables, products).overtaken == 0
    assert summarise([in_three_days], tables, products).overtaken == 1


def test_baselines_are_told_for_the_same_households(summary):
    assert summary.favourites.messages == summary.best_sellers.messages == summary.said.messages == 2


def test_examples_say_what_was_bought(summary):
    bought = {example.user_id: example.items[0].bought for example in summary.examples}
    assert bought == {"household-7": "style", "household-8": None}


def test_the_screen_tells_everything_the_summary_holds(summary):
    screen = StringIO()
    show(summary, Console(file=screen, width=160))
    told = screen.getvalue()
    for words in (
        "Read 12 order lines as 20 events",
        "no_consent",
        "They have not agreed",
        "Milk again",
        "another size or sort",
        "50.0%",
        "300 MB",
        "counts as having agreed",
    ):
        assert words in told


def test_the_summary_goes_through_json(summary):
    from tactful.demo import DemoSummary

    assert msgspec.json.decode(msgspec.json.encode(summary), type=DemoSummary) == summary


def test_the_demo_removes_its_own_database_and_nothing_else(tmp_path):
    make_room(tmp_path)
    (tmp_path / DATABASE_NAME).write_text("former demo")
    (tmp_path / "notes.txt").write_text("mine")
    make_room(tmp_path)
    assert not (tmp_path / DATABASE_NAME).exists()
    assert {path.name for path in tmp_path.iterdir()} == {MARK, "notes.txt"}


def test_the_demo_refuses_a_directory_with_somebodys_database(tmp_path):
    (tmp_path / DATABASE_NAME).write_text("a shop's own")
    with pytest.raises(InvalidInput, match="--data"):
        make_room(tmp_path)
    assert (tmp_path / DATABASE_NAME).read_text() == "a shop's own"
    assert not (tmp_path / MARK).exists()


def test_a_place_that_is_no_directory_gives_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotReady, match="--data"):
        make_room(tmp_path / "file")


def test_a_step_inside_a_step_is_told_apart():
    steps = Steps(Console(file=StringIO()))
    with steps.step("fold", total=2):
        steps.advance(1)
        steps.split("import")
        steps.advance(1)
    assert [step.name for step in steps.taken] == ["import", "fold"]
    assert all(step.seconds >= 0 and step.peak_mb > 0 for step in steps.taken)
    assert peak_megabytes() >= steps.taken[-1].peak_mb

"""The demo from tables to summary, over a store in memory: thirty households that drink milk every week, and one that comes only in December."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from demo_year import at, made_up_year
from tactful.demo import complete_journey as grocer
from tactful.demo.findings import PLANNED_AT, TRAINED_UNTIL
from tactful.demo.steps import Steps, go_through
from tactful.wiring import open_engine

MILK, BEEF, PETROL = 10, 20, 30
HOUSEHOLDS = range(100, 130)
NEWCOMER = 999


def weekly(household: int, product: int, *, weekday: int) -> list[tuple]:
    """One line a week, from January until the last week of the year."""
    days = (at("2017-01-02T18:00:00") + timedelta(days=weekday + 7 * week) for week in range(51))
    return [(household, 31, household * 1000 + week, product, 1, 2.0, f"{day:%Y-%m-%dT%H:%M:%S}") for week, day in enumerate(days)]


@pytest.fixture(scope="module")
def ended():
    lines = [line for household in HOUSEHOLDS for line in weekly(household, MILK, weekday=household % 7)]
    lines += [(household, 31, household * 1000 + 900, product, 1, 9.0, "2017-05-05T20:00:00") for household in HOUSEHOLDS for product in (BEEF, PETROL)]
    lines.append((NEWCOMER, 31, 999_000, MILK, 1, 2.0, "2017-12-02T20:00:00"))
    tables = made_up_year(lines, [(1, household) for household in HOUSEHOLDS if household % 2], [(101, 1, 1, "2017-03-20")])
    engine, steps = open_engine("memory:"), Steps(Console(file=StringIO()))
    with steps.bars:
        return engine, tables, go_through(engine, tables, list(grocer.products(tables)), steps=steps)


def test_everybody_known_before_december_is_planned_for_and_nobody_else(ended):
    _, _, summary = ended
    assert summary.households == len(HOUSEHOLDS)
    assert summary.written_to + summary.left_alone == summary.households
    assert sum(tally.households for tally in summary.silence) == summary.left_alone


def test_only_who_agreed_is_written_to(ended):
    _, _, summary = ended
    assert summary.written_to > 0
    assert all(int(example.user_id.removeprefix("household-")) % 2 for example in summary.examples)


def test_what_is_said_is_the_weekly_milk_and_they_bought_it(ended):
    _, _, summary = ended
    assert {item.product_id for example in summary.examples for item in example.items} == {str(MILK)}
    assert summary.said.message_exact == 1


def test_december_is_in_the_log_when_the_demo_ends_but_was_not_when_it_planned(ended):
    engine, tables, summary = ended
    assert engine.store.events.count() == summary.events == len(list(grocer.events(tables)))
    evidence = [reached for example in summary.examples for reached in said_because(engine, example.user_id)]
    assert evidence
    assert max(evidence) < TRAINED_UNTIL


def said_because(engine, user_id) -> list[datetime]:
    """When the events happened that carry the reasons of a plan made again at the planning time, December being known by now."""
    (plan,) = engine.plan([user_id], now=PLANNED_AT)
    return [evidence.at for item in plan.message.items for evidence in item.reason.evidence]


def test_every_step_tells_its_time_and_memory(ended):
    _, _, summary = ended
    assert [step.name for step in summary.steps] == [
        "put products into the catalogue",
        "import eleven months",
        "fold profiles after eleven months",
        "learn from eleven months",
        "plan a week of outreach",
        "import the last month",
        "fold profiles after the last month",
        "compare with what was bought",
    ]
    assert all(step.peak_mb > 0 for step in summary.steps)

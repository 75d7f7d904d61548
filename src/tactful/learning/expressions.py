"""What training counts, as Ibis expressions over the tables of `tactful.model.lines`: said once, for whichever engine is at hand.

They are pure: tables are named, not opened. Everything counted is whole numbers, so that an engine with many hands gives the same to the bit; every result is
in an order that leaves no choice. Imported by training only, as Ibis takes its time.
"""

from functools import cache

import ibis
from ibis import _

from tactful.model.lines import LINES

HOURS_OF_WEEK = 168
MONDAY = 72
"""Hours from the first hour of the week to that in which 1970 began, a Thursday."""


def lines(name: str) -> ibis.Table:
    """The table of a name."""
    return ibis.table(LINES[name], name=name)


@cache
def people() -> ibis.Table:
    """Each customer's country, by customer."""
    return lines("people").order_by("customer").select("country")


@cache
def bought() -> ibis.Table:
    """Everybody's own purchases of what is in the catalogue: customer, row, day, order; by customer, order and row.

    Gifts are left out: they tell nothing of what people buy for themselves; but their orders count in the numbers.
    """
    numbered = _with_numbers(lines("purchases").inner_join(lines("products"), "product"))
    spans = numbered.group_by("customer").agg(first=ibis.least(_.order.min(), 0), last=_.order.max())
    width = spans.mutate(width=spans.last + 1 - spans.first)
    counted = width.mutate(before=_.width.sum().over(ibis.cumulative_window(order_by="customer")) - _.width - _.first).select("customer", "before")
    return (
        numbered.filter(~_.gift)
        .inner_join(counted, "customer")
        .select("customer", "row", day=_.at / 86_400.0, order=(_.order + _.before).cast("int32"))
        .order_by("customer", "order", "row")
    )


def _with_numbers(known: ibis.Table) -> ibis.Table:
    """Numbers the orders that are no longer kept by their day, below zero: the last of them is -1."""
    ranked = known.mutate(rank=ibis.dense_rank().over(group_by=["customer", "kept"], order_by="at"))
    return ranked.mutate(order=ibis.ifelse(_.kept, _.order, _.rank - _.rank.max().over(group_by=["customer", "kept"]) - 1))


@cache
def looked() -> ibis.Table:
    """Everybody's signs of interest in what is in the catalogue: customer, day, row, kind; in that order."""
    known = lines("looks").inner_join(lines("products"), "product")
    return known.select("customer", "row", "kind", day=_.at / 86_400.0).order_by("customer", "day", "row", "kind")


@cache
def hours(*, least: int, most: int) -> ibis.Table:
    """Visits by customer and hour of the week, of the first ``most`` customers with ``least`` visits: customer, hour, visits; in that order."""
    by_hour = lines("visits").distinct().mutate(hour=(_.hour + MONDAY) % HOURS_OF_WEEK).group_by("customer", "hour").agg(visits=_.count())
    often = by_hour.group_by("customer").agg(all=_.visits.sum()).filter(_.all >= least).order_by("customer").limit(most)
    return by_hour.semi_join(often, "customer").order_by("customer", "hour")


@cache
def answers(*, least: int) -> ibis.Table:
    """How many messages each customer got, and how many of them were answered, of those who got ``least``: sent, answered; by customer."""
    return lines("people").filter(_.sent >= least).order_by("customer").select("sent", "answered")

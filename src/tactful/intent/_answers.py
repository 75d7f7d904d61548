"""What a customer's answer covers, and how long it holds.

Every answer acts at once, on every channel, and an event may withdraw it. Whatever is inferred gives way to it; a later answer or preference outranks it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tactful.intent._stated import wanted_at
from tactful.model.catalog import CatalogTable, subject_of, within
from tactful.model.customer import Customer
from tactful.model.events import DismissalReason
from tactful.model.profile import Dismissal, Profile
from tactful.model.tables import DAY_SECONDS, History


class Answer(Struct, frozen=True, kw_only=True):
    """What one reason of the contract does."""

    about: Literal["style", "kind", "subject"]
    """Of a product: its style, its type, or the subject around its type (the path without its last step, where it has three or more)."""
    lasts: Literal["for good", "until new signs", "for some weeks"]
    means: str


ANSWERS: dict[DismissalReason, Answer] = {
    "not_for_me": Answer(about="style", lasts="for good", means="The style is not shown again, in any colour or size."),
    "gift": Answer(
        about="subject",
        lasts="until new signs",
        means="What they bought and looked at of the subject until then was for somebody else: no evidence of taste, size or rhythm. "
        "A style bought on three days or more stays theirs, unless the answer names it; the style named is not shown again.",
    ),
    "bought_elsewhere": Answer(about="kind", lasts="until new signs", means="The want is met, for as long as one of its kind usually lasts."),
    "already_have": Answer(about="kind", lasts="until new signs", means="The want is met, and the style counts as owned."),
    "by_mistake": Answer(about="kind", lasts="until new signs", means="The looks at it until then were none."),
    "researching": Answer(about="kind", lasts="until new signs", means="They only wanted to know: the want is over."),
    "too_often": Answer(
        about="style",
        lasts="for some weeks",
        means="It rests: two weeks, and twice as long each further time, at most a year. Said of nothing in particular, all messages rest.",
    ),
    "stop_topic": Answer(about="subject", lasts="for good", means="Nothing of the subject is shown or written about until they say otherwise."),
}
"""By reason. New signs are an open want of the type that began after the answer: looks on two further days, or something put into the cart."""

ANSWERS_ABOUT_KIND = frozenset(reason for reason, answer in ANSWERS.items() if answer.about != "style")
"""Answers that speak of the whole kind of thing, and so end a want of it."""

FIRST_REST = timedelta(weeks=2)
LONGEST_REST = timedelta(weeks=52)
HABIT_DAYS = 3
"""What they bought on so many days is theirs, whatever else of its subject was a gift."""


def covers(dismissal: Dismissal, row: int, catalog: CatalogTable) -> bool:
    """Tell whether an answer speaks of a product too: its style, its type, or for gifts and stopped topics the subject around it."""
    type_path = catalog.types[catalog.type_of[row]]
    if dismissal.category is not None and within(type_path, dismissal.category):
        return True
    dismissed = catalog.row_of.get(dismissal.product_id or "")
    if dismissed is None:
        return False
    if catalog.group_of[dismissed] == catalog.group_of[row]:
        return True
    about = ANSWERS[dismissal.reason].about
    if about == "style":
        return False
    kind = catalog.types[catalog.type_of[dismissed]]
    return within(type_path, subject_of(kind) if about == "subject" else kind)


def answer_to(row: int, customer: Customer, *, now: datetime) -> Dismissal | None:
    """Find the latest answer that covers a product and still holds."""
    return next((answer for answer in reversed(customer.profile.dismissals) if _holds(answer, row, customer, now)), None)


def _holds(answer: Dismissal, row: int, customer: Customer, now: datetime) -> bool:
    catalog = customer.catalog
    if answer.at > now or not covers(answer, row, catalog):
        return False
    named = catalog.row_of.get(answer.product_id or "")
    same_style = named is not None and catalog.group_of[named] == catalog.group_of[row]
    about_style = ANSWERS[answer.reason].about == "style" and answer.product_id is not None
    if (said := wanted_at(row, customer.profile, catalog, only_style=about_style)) is not None and said > answer.at:
        return False
    match ANSWERS[answer.reason].lasts:
        case "for good":
            return True
        case "for some weeks":
            return now < rests_until([each for each in customer.profile.dismissals if each.reason == answer.reason and covers(each, row, catalog)])
        case "until new signs":
            if same_style and answer.reason in ("gift", "already_have"):
                return True
            need = customer.needs.get(int(catalog.type_of[row]))
            return need is None or need.state != "open" or need.since <= answer.at


def rests_until(answers: Sequence[Dismissal]) -> datetime:
    """The end of a rest: two weeks after the first "too often", and twice as long after each further one."""
    doubled = 1 << min(len(answers) - 1, 8)
    return answers[-1].at + min(FIRST_REST * doubled, LONGEST_REST)


def all_rests_until(profile: Profile) -> datetime | None:
    """The end of the rest where "too often" was said of nothing in particular; None where it was not."""
    general = [each for each in profile.dismissals if each.reason == "too_often" and each.product_id is None and each.category is None]
    return rests_until(general) if general else None


def as_said(history: History, profile: Profile, catalog: CatalogTable) -> History:
    """The history with everything marked as a gift that the customer says was one."""
    gift = history.gift
    for answer in profile.dismissals:
        if answer.reason == "gift":
            gift = gift | _given(answer, history, catalog)
    return history if gift is history.gift else msgspec.structs.replace(history, gift=gift)


def _given(answer: Dismissal, history: History, catalog: CatalogTable) -> NDArray[np.bool_]:
    """Which lines an answer calls gifts."""
    named = catalog.row_of.get(answer.product_id or "")
    style = -1 if named is None else int(catalog.group_of[named])
    until = answer.at.timestamp()
    covered = {row: covers(answer, row, catalog) for row in np.unique(history.rows).tolist()}
    given = np.array([covered[row] for row in history.rows.tolist()], np.bool_) & (history.at <= until)
    for group in np.unique(history.groups[given]).tolist():
        lines = history.groups == group
        if group != style and len(np.unique(np.floor(history.at[lines & ~history.gift] / DAY_SECONDS))) >= HABIT_DAYS:
            given &= ~lines
    return given

"""Use case: hear what somebody answers on their own page. Every answer is an ordinary event of theirs, and holds at once, everywhere."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, get_args
from zoneinfo import ZoneInfo

from msgspec import Struct

from tactful.app.addresses import MARKETING, note_closed
from tactful.app.customer_page import STILL_WELCOME, kind_of, may_return, products_of
from tactful.app.house import House
from tactful.app.place import possible_zones
from tactful.app.ports import Store
from tactful.app.profiles import load_profile, updated
from tactful.app.turns import in_turn
from tactful.app.way_out import receiver_of
from tactful.intent import all_rests_until
from tactful.model.errors import InvalidInput
from tactful.model.events import (
    Channel,
    ConsentUpdated,
    DismissalReason,
    Event,
    OutreachPaused,
    PreferenceStated,
    RecommendationDismissalWithdrawn,
    RecommendationDismissed,
    Unsubscribed,
)
from tactful.model.profile import HOW_OFTEN, Profile
from tactful.profile import encode

HOW_OFTEN_OFFERED = ("as_before", "weekly", "fortnightly", "monthly", "quarterly")
"""What the page offers, from often to seldom."""
LONGEST_PAUSE = timedelta(days=5 * 366)
SOURCE = "customer_page"
"""Where a consent that was given again on the page comes from, in the ledger of consents."""


class Answer(Struct, frozen=True, kw_only=True):
    """What one press of a button says."""

    answer: str
    product_id: str | None = None
    value: str | None = None
    """A word on how often, or the last day of a quiet time."""


class _Page(Struct, frozen=True, kw_only=True):
    """Whose page it is, and about what."""

    channel: Channel
    profile: Profile
    may_return: bool
    products: frozenset[str]
    kinds: Mapping[str, str | None]
    zone: ZoneInfo
    now: datetime


Said = tuple[Callable[..., Event], dict[str, Any]]
"""An event without its id and its time."""


def answer_back(store: Store, house: House, message_id: str, *, answer: Answer, now: datetime, new_id: Callable[[], str]) -> None:
    """Record an answer of whoever got a message. Raises NotFound, and InvalidInput where the answer is none or is about something else."""
    customer_id, _ = receiver_of(store, message_id)
    catalog, _ = house.now()

    def write() -> None:
        owner, channel = receiver_of(store, message_id)
        profile, products = load_profile(store, owner, now=now), products_of(store, message_id)
        zone = ZoneInfo(possible_zones(profile, catalog.stores, now=now)[0])
        kinds = {product: kind_of(product, catalog) for product in products}
        allowed = may_return(store, profile, channel)
        page = _Page(channel=channel, profile=profile, may_return=allowed, products=products, kinds=kinds, zone=zone, now=now)
        reservation = store.outbox.load(message_id)
        common: dict[str, Any] = {"at": now, "user_id": reservation.user_id if reservation is not None else None}
        news = [kind(message_id=new_id(), **common, **fields) for kind, fields in meaning(answer, page)]
        store.events.append(owner, news)
        changed = updated(store, owner, news)
        store.profiles.save(owner, encode(changed))
        note_closed(store, changed)

    in_turn(store, write, about=[customer_id])


def meaning(answer: Answer, page: _Page) -> list[Said]:
    """The events that an answer is. Raises InvalidInput."""
    understood = MEANINGS.get(answer.answer)
    if understood is None:
        raise InvalidInput(f"{answer.answer[:40]!r} is no answer; there are {', '.join(MEANINGS)}")
    return understood(answer, page)


def _dismissed(reason: DismissalReason, answer: Answer, page: _Page) -> list[Said]:
    return [(RecommendationDismissed, {"reason": reason, "product_id": _product(answer, page)})]


def _stopped(answer: Answer, page: _Page) -> list[Said]:
    """Nothing of its kind: exactly the type that the page names, not the wider subject."""
    return [(RecommendationDismissed, {"reason": "stop_topic", "category": _kind(answer, page)})]


def _taken_back(answer: Answer, page: _Page) -> list[Said]:
    return [(RecommendationDismissalWithdrawn, {"product_id": _product(answer, page)})]


def _kind_taken_back(answer: Answer, page: _Page) -> list[Said]:
    return [(RecommendationDismissalWithdrawn, {"category": _kind(answer, page)})]


def _how_often(answer: Answer, _: _Page) -> list[Said]:
    if answer.value not in HOW_OFTEN_OFFERED:
        raise InvalidInput(f"how often is one of {', '.join(HOW_OFTEN_OFFERED)}")
    return [(PreferenceStated, {"key": HOW_OFTEN, "value": answer.value})]


def _quiet(answer: Answer, page: _Page) -> list[Said]:
    """Until the end of a day where they are; without a day, until they say otherwise."""
    if not answer.value:
        return [(OutreachPaused, {"until": None})]
    try:
        last = date.fromisoformat(answer.value)
        until = datetime.combine(last + timedelta(days=1), time(), page.zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(f"{answer.value[:20]!r} is no day; write it like 2026-12-31") from None
    if not page.now < until <= page.now + LONGEST_PAUSE:
        raise InvalidInput("a quiet time ends on a day from today on, within five years; without an end, say so")
    return [(OutreachPaused, {"until": until})]


def _quiet_over(_: Answer, page: _Page) -> list[Said]:
    rest = all_rests_until(page.profile)
    resting = rest is not None and rest > page.now
    return [(OutreachPaused, {"until": page.now}), *([(RecommendationDismissalWithdrawn, {})] if resting else [])]


def _left(_: Answer, page: _Page) -> list[Said]:
    return [(Unsubscribed, {"channel": page.channel})]


def _returned(_: Answer, page: _Page) -> list[Said]:
    """A yes again, from who said no: only what was ended by leaving is opened by returning."""
    if not page.may_return:
        raise InvalidInput("this channel was not left, so there is nothing to return to")
    return [(ConsentUpdated, {"purpose": MARKETING, "channel": page.channel, "granted": True, "source": SOURCE})]


def _welcome(_: Answer, __: _Page) -> list[Said]:
    return [(PreferenceStated, {"key": STILL_WELCOME, "value": "yes"})]


def _product(answer: Answer, page: _Page) -> str:
    if answer.product_id not in page.products or answer.product_id is None:
        raise InvalidInput("this message was not about that product")
    return answer.product_id


def _kind(answer: Answer, page: _Page) -> str:
    kind = page.kinds[_product(answer, page)]
    if kind is None:
        raise InvalidInput("what kind of thing this is, is not known")
    return kind


ABOUT_A_PRODUCT: tuple[DismissalReason, ...] = tuple(reason for reason in get_args(DismissalReason) if reason != "stop_topic")
MEANINGS: dict[str, Callable[[Answer, _Page], list[Said]]] = {
    **{reason: partial(_dismissed, reason) for reason in ABOUT_A_PRODUCT},
    "stop_topic": _stopped,
    "take_back": _taken_back,
    "take_back_topic": _kind_taken_back,
    HOW_OFTEN: _how_often,
    "quiet": _quiet,
    "quiet_over": _quiet_over,
    "leave": _left,
    "return": _returned,
    "welcome": _welcome,
}
"""Every answer that the page has a button for, and the events of the contract that it is."""

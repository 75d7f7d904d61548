"""Use case: show somebody why they were written to, and how what they answered stands. It tells of one message, and of what they said; of nothing else."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from tactful.app.addresses import MARKETING
from tactful.app.facts import contact_facts
from tactful.app.house import House
from tactful.app.place import possible_zones
from tactful.app.ports import Store
from tactful.app.profiles import load_profile
from tactful.app.way_out import receiver_of
from tactful.model.candidates import Evidence
from tactful.model.catalog import CatalogTable
from tactful.model.decisions import Item
from tactful.model.events import (
    BackInStockRequested,
    CartItemAdded,
    Channel,
    DismissalReason,
    Event,
    OrderCompleted,
    PreferenceStated,
    ProductsSearched,
    ProductViewed,
    RewardGranted,
    Unsubscribed,
    WishlistItemAdded,
)
from tactful.model.outbox import Reservation
from tactful.model.products import spoken_title
from tactful.model.profile import HOW_OFTEN, Profile
from tactful.words import Words

STILL_WELCOME = "still_welcome"
"""Key of the preference that answers the yearly question."""
LEFT = "unsubscribed"
"""Why a channel is closed that they may open again themselves."""
EVIDENCE_SHOWN = 8
"""Events listed of one product, the latest first."""
OPEN_END = timedelta(days=3650)
"""A pause that ends later than this has no end that anybody would wait for."""
SAID_BY: dict[type, str] = {
    OrderCompleted: "bought",
    ProductViewed: "looked",
    ProductsSearched: "searched",
    CartItemAdded: "basket",
    WishlistItemAdded: "wished",
    BackInStockRequested: "asked",
    RewardGranted: "rewarded",
    PreferenceStated: "stated",
}
"""Key of the sentence about a piece of evidence; of anything else ``other`` is said."""


class Written(Struct, frozen=True, kw_only=True):
    """One product that they were written to about."""

    product_id: str
    title: str
    reason: str
    evidence: tuple[str, ...]
    """Sentences, the latest first."""
    kind: str | None
    """The last step of its type, for people; None where the catalogue does not know it."""
    said: DismissalReason | None
    """Their answer to this product, as it stands."""
    stopped: bool
    """They want to hear nothing of its kind."""


class CustomerPage(Struct, frozen=True, kw_only=True):
    """Everything on the page, in the customer's own language and time."""

    words: Words
    channel: Channel
    when: str
    """When it was sent, or will be, as a sentence."""
    place: str
    """The city whose time the times are in."""
    written: tuple[Written, ...]
    """Empty where it was the question whether we are welcome."""
    welcomed: bool
    how_often: str | None
    quiet: str | None
    """How long nothing comes, as a sentence; None where they asked for no quiet."""
    today: str
    """ISO date where they are: the first day that a quiet time may last until."""
    consented: bool
    """They hear from us through this channel, as far as they say."""
    may_return: bool
    """They left this channel, and nothing else stands against it."""


def customer_page(store: Store, house: House, message_id: str, *, now: datetime) -> CustomerPage:
    """Tell why a message was sent, to whoever got it. Raises NotFound."""
    customer_id, channel = receiver_of(store, message_id)
    profile, reservation = load_profile(store, customer_id, now=now), store.outbox.load(message_id)
    catalog, _ = house.now()
    zone, words = ZoneInfo(possible_zones(profile, catalog.stores, now=now)[0]), house.words_for(profile)
    teller = _Teller(store, customer_id, profile, catalog=catalog, words=words, zone=zone)
    stated = {said.key: said.value for said in profile.preferences}
    return CustomerPage(
        words=words,
        channel=channel,
        when=teller.when(reservation),
        place=words.formats.city(zone),
        written=tuple(map(teller.written, reservation.message.items if reservation is not None else ())),
        welcomed=STILL_WELCOME in stated,
        how_often=stated.get(HOW_OFTEN),
        quiet=teller.quiet(now),
        today=now.astimezone(zone).date().isoformat(),
        consented=contact_facts(profile, zones=(zone.key,)).consented[channel],
        may_return=may_return(store, profile, channel),
    )


class _Teller:
    """Puts one message to one person into words."""

    def __init__(self, store: Store, customer_id: str, profile: Profile, *, catalog: CatalogTable, words: Words, zone: ZoneInfo) -> None:
        self.store, self.customer_id, self.profile = store, customer_id, profile
        self.catalog, self.words, self.zone = catalog, words, zone

    def when(self, reservation: Reservation | None) -> str:
        """When the message was sent, or will be; nothing where it never was."""
        if reservation is None or reservation.state == "dropped":
            return ""
        contact = next((one for one in self.profile.contacts if one.contact_id == reservation.message.message_id), None)
        at = contact.at if contact is not None else reservation.message.send_at
        return self.words.say("page.sent" if reservation.state == "sent" else "page.planned", date=self._at(at))

    def quiet(self, now: datetime) -> str | None:
        """How long nothing comes because they asked for it."""
        until = contact_facts(self.profile, zones=(self.zone.key,)).paused_until
        if until is None or until <= now:
            return None
        if until > now + OPEN_END:
            return self.words.say("page.quiet_open")
        return self.words.say("page.quiet_until", date=self.words.formats.day(until, now=now.astimezone(self.zone)))

    def written(self, item: Item) -> Written:
        """One product with its reason, what that rests on, and what they answered."""
        row = self.catalog.row_of.get(item.product_id)
        path = kind_of(item.product_id, self.catalog)
        evidence = sorted(item.reason.evidence, key=lambda found: found.at, reverse=True)[:EVIDENCE_SHOWN]
        told = [sentence for found in evidence if (sentence := self._evidence(found, item)) is not None]
        return Written(
            product_id=item.product_id,
            title=spoken_title(self.catalog.product(row)) if row is not None else item.product_id,
            reason=item.reason.text,
            evidence=tuple(dict.fromkeys(told)),
            kind=self.words.formats.named(path.rpartition(" > ")[2]) if path else None,
            said=next((said.reason for said in reversed(self.profile.dismissals) if said.product_id == item.product_id), None),
            stopped=any(said.reason == "stop_topic" and said.category == path for said in self.profile.dismissals if path),
        )

    def _evidence(self, found: Evidence, item: Item) -> str | None:
        """What they did, in a sentence; None where it is no longer theirs, or no longer held."""
        kept = self.store.events.find(found.message_id)
        if kept is None or kept[0] != self.customer_id:
            return None
        return self.words.say(f"evidence.{self._key(kept[1], item)}", date=self._at(found.at))

    def _key(self, event: Event, item: Item) -> str:
        if isinstance(event, OrderCompleted) and any(self._style(line.product_id) == item.group_id for line in event.lines):
            return "bought_this"
        return SAID_BY.get(type(event), "other")

    def _style(self, product_id: str) -> str:
        row = self.catalog.row_of.get(product_id)
        return self.catalog.product(row).group if row is not None else product_id

    def _at(self, at: datetime) -> str:
        return self.words.formats.moment(at.astimezone(self.zone))


def may_return(store: Store, profile: Profile, channel: Channel) -> bool:
    """Whether they left a channel by unsubscribing, and said no more than that: any other no is taken back where it was said."""
    said, general = profile.consents.get(f"{MARKETING}/{channel}"), profile.consents.get(f"{MARKETING}/*")
    if profile.closed_channels.get(channel) != LEFT or said is None or (general is not None and not general.granted):
        return False
    found = store.events.find(said.event_id)
    return found is not None and isinstance(found[1], Unsubscribed)


def kind_of(product_id: str, catalog: CatalogTable) -> str | None:
    """The type path of a product, for an answer about its kind; None where it has none."""
    row = catalog.row_of.get(product_id)
    return (catalog.types[catalog.type_of[row]] or None) if row is not None else None


def products_of(store: Store, message_id: str) -> frozenset[str]:
    """Which products a message is about."""
    reservation = store.outbox.load(message_id)
    return frozenset(item.product_id for item in reservation.message.items) if reservation is not None else frozenset()

"""Profiles as of now: the snapshot where it serves, the log where it does not."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from tactful.app.ports import Store
from tactful.identity import founder_of
from tactful.model.errors import NotFound
from tactful.model.events import Event
from tactful.model.identity import Identifier
from tactful.model.profile import Profile
from tactful.profile import decode, encode, fold_all, new_profile


def load_profile(store: Store, customer_id: str, *, now: datetime) -> Profile:
    """Load who a customer is as of ``now``; of one without events, an empty profile. Writes nothing."""
    snapshot = store.profiles.load(customer_id)
    if snapshot is not None:
        profile = decode(snapshot)
        if profile.last_at is None or profile.last_at <= now:
            return profile
    return fold_all(new_profile(customer_id), store.events.read(customer_id, until=now))


def rebuild(store: Store, customer_id: str) -> bytes:
    """Fold a customer's whole log again. The bytes are those of the snapshot, if there is one."""
    return encode(fold_all(new_profile(customer_id), store.events.read(customer_id)))


def updated(store: Store, customer_id: str, news: Sequence[Event]) -> Profile:
    """The profile with news that the log holds already: folded on where they are the newest; a late event means to fold the whole log again."""
    snapshot = store.profiles.load(customer_id)
    profile = decode(snapshot) if snapshot else None
    in_order = sorted(news, key=attrgetter("at"))
    if profile and profile.last_at and in_order and profile.last_at <= in_order[0].at:
        return fold_all(profile, in_order)
    return decode(rebuild(store, customer_id))


def customers_of(store: Store, customer: str) -> str:
    """Find the customer id behind a userId, an anonymousId or a customer id, also one that was merged into another. Raises NotFound."""
    owner = store.identities.owner
    if found := owner(Identifier("user_id", customer)) or owner(Identifier("anonymous_id", customer)):
        return found
    if store.identities.links(customer):
        return customer
    founder = founder_of(customer)
    if founder and (found := owner(founder)):
        return found
    raise NotFound(f"no customer {customer[:80]!r}: give a userId, an anonymousId or a customer id that has sent at least one event")

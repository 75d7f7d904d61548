"""What they agreed to, by purpose and channel: the strictest of all who speak for them, and every answer as an entry of a ledger.

Somebody speaks for themselves with their account, and on each device before they sign in there. A yes takes back a no of the same speaker, and of devices
that were signed in on by then; a no of another device stays until then.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from tactful.model.events import Aliased, BaseEvent, ConsentUpdated, Unsubscribed
from tactful.model.profile import Consent, Profile
from tactful.profile._wants import keep_latest

CONSENTS_KEPT = 64
DEVICES_KEPT = 32
MARKETING = "marketing"
PERSONALIZATION = "personalization"
SIGNAL = "|signal"
"""Marks a no that a consent tool gave; a yes of the tool takes back only those."""


class Entry(Struct, frozen=True, kw_only=True, rename="camel"):
    """One answer, as it was given."""

    at: object
    purpose: str
    channel: str | None
    granted: bool
    source: str
    policy_version: str | None
    by: str
    message_id: str


def hear(profile: Profile, event: BaseEvent) -> None:
    """Take over who speaks for them, and what a consent tool says with the event."""
    if event.user_id and event.anonymous_id:
        _know(profile, f"a:{event.anonymous_id}")
    if isinstance(event, Aliased):
        _know(profile, f"a:{event.previous_id}")
        _know(profile, f"u:{event.previous_id}")
    for signal in event.context.signals:
        answer(profile, event, f"{signal.purpose}/{signal.channel or '*'}", granted=signal.granted, told_by_tool=signal.channel is None)


def _know(profile: Profile, speaker: str) -> None:
    if speaker not in profile.speakers:
        profile.speakers.append(speaker)
        del profile.speakers[:-DEVICES_KEPT]


def speaker_of(event: BaseEvent) -> str:
    """Who says it: the account, else the device."""
    return f"u:{event.user_id}" if event.user_id else f"a:{event.anonymous_id}" if event.anonymous_id else "k"


def answer(profile: Profile, event: BaseEvent, key: str, *, granted: bool, told_by_tool: bool = False) -> None:
    """Take over an answer to a purpose on a channel (``purpose/channel``)."""
    known = profile.consents.get(key)
    against = known.by if known is not None else ()
    speaker = speaker_of(event)
    if granted:
        lifted = {speaker, *([f"a:{event.anonymous_id}"] if event.anonymous_id else []), *(profile.speakers if event.user_id else [])}
        left = tuple(each for each in against if each.removesuffix(SIGNAL) not in lifted or (told_by_tool and not each.endswith(SIGNAL)))
    else:
        name = speaker + (SIGNAL if told_by_tool else "")
        left = against if name in against else (*against, name)
    if told_by_tool and known is not None and known.granted == (not left) and known.by == left:
        return  # The tool says so with every page.
    profile.consents.pop(key, None)
    if granted and left and known is not None:
        profile.consents[key] = Consent(False, known.at, known.event_id, left)
    else:
        profile.consents[key] = Consent(granted and not left, event.at, event.message_id, left)
    keep_latest(profile.consents, CONSENTS_KEPT)


def refuses(profile: Profile) -> bool:
    """Whether they refuse to be personalized beyond a visit."""
    said = profile.consents.get(f"{PERSONALIZATION}/*")
    return said is not None and not said.granted


def ledger(events: Iterable[BaseEvent]) -> list[Entry]:
    """Every answer that a customer's events hold, in their order; what a tool repeats with every page, once."""
    entries: list[Entry] = []
    last: dict[tuple[str, ...], bool] = {}
    for event in events:
        for entry, repeats in _entries(event):
            key = (entry.by, entry.purpose, entry.channel or "*", entry.source)
            if not repeats or last.get(key) != entry.granted:
                entries.append(entry)
            last[key] = entry.granted
    return entries


def _entries(event: BaseEvent) -> Iterator[tuple[Entry, bool]]:
    def entry(purpose: str, channel: str | None, *, granted: bool, source: str, policy: str | None) -> Entry:
        return Entry(
            at=event.at,
            purpose=purpose,
            channel=channel,
            granted=granted,
            source=source,
            policy_version=policy,
            by=speaker_of(event),
            message_id=event.message_id,
        )

    for signal in event.context.signals:
        yield entry(signal.purpose, signal.channel, granted=signal.granted, source=signal.source, policy=event.context.policy_version), True
    if isinstance(event, ConsentUpdated):
        policy = event.policy_version or event.context.policy_version
        yield entry(event.purpose, event.channel, granted=event.granted, source=event.source or "stated", policy=policy), False
    if isinstance(event, Unsubscribed):
        yield entry(MARKETING, event.channel, granted=False, source="unsubscribed", policy=event.context.policy_version), False

"""Signs of life: visits, places, time zones, and what a client said about the person."""

from datetime import datetime, timedelta

from tactful.model.events import (
    Aliased,
    BaseEvent,
    DecisionMade,
    Identified,
    MessageAnswered,
    MessageDelivered,
    MessageDropped,
    MessagePutOff,
    RewardGranted,
    Traits,
    WayIn,
)
from tactful.model.profile import Profile, Sighting, Zone
from tactful.profile._consent import hear

VISIT_GAP = timedelta(minutes=30)
"""Half an hour without a sign of life ends a visit: the web analytics convention."""
SIGHTINGS_KEPT = 104
WAYS_KEPT = 64
_EPOCH_WEEK_SECONDS = 7 * 86_400


def arrive(profile: Profile, event: BaseEvent) -> None:
    """Count the event, and where it is the customer's own act, the visit, the place and the zone it tells of."""
    if isinstance(event, DecisionMade) and event.channel is None:
        return  # What was shown on a page changes nothing about who they are.
    profile.events += 1
    profile.first_at = profile.first_at or event.at
    profile.last_at = event.at
    if event.traits is not None:
        learn_traits(profile, event.traits, event_id=event.message_id, at=event.at)
    if event.context.signals or (event.user_id and event.anonymous_id) or isinstance(event, Aliased):
        hear(profile, event)
    if is_own(event):
        _visit(profile, event)
        _place(profile, event)


def is_own(event: BaseEvent) -> bool:
    """Whether the customer did this, rather than we or a machine. Opens are not theirs: mail proxies open everything."""
    if isinstance(event, MessageAnswered):
        return event.answer in ("clicked", "complained")
    return not isinstance(event, MessageDelivered | MessagePutOff | MessageDropped | DecisionMade | Identified | RewardGranted)


def _visit(profile: Profile, event: BaseEvent) -> None:
    session_id = event.context.session_id
    other_session = session_id is not None and profile.session_id is not None and session_id != profile.session_id
    began = profile.last_own_at is None or other_session or event.at - profile.last_own_at > VISIT_GAP
    if began:
        profile.visits += 1
        profile.session_id = session_id
        profile.looking_at = None
    way_in: WayIn | None = "email" if isinstance(event, MessageAnswered) else event.context.way_in
    if way_in is not None and (began or way_in != "direct"):  # a page loaded again within a visit often has no referrer
        profile.ways[profile.visits] = way_in
        _keep_latest_ways(profile)
    profile.session_id = session_id or profile.session_id
    profile.last_own_at = event.at
    profile.last_own_event_id = event.message_id


def _keep_latest_ways(profile: Profile) -> None:
    for visit in list(profile.ways)[:-WAYS_KEPT]:
        del profile.ways[visit]


def _place(profile: Profile, event: BaseEvent) -> None:
    context = event.context
    if context.timezone is not None:
        profile.seen_timezone = Zone(context.timezone, event.at, event.message_id)
    if context.locale is not None:
        profile.locale = context.locale
    if context.cell is not None:
        _see(profile, Sighting(week_of(event.at), context.cell, event.at, event.at, event.message_id, context.timezone))


def week_of(at: datetime) -> int:
    """Weeks since 1970-01-01, the grain at which places are counted."""
    return int(at.timestamp()) // _EPOCH_WEEK_SECONDS


def _see(profile: Profile, sighting: Sighting) -> None:
    """Remember one sighting a week and cell: its first and last time, and the zone that was told last."""
    seen = profile.sightings
    for back in range(len(seen) - 1, -1, -1):
        same = seen[back]
        if same.week != sighting.week:
            break  # Events come in the order of time: this week's are the last.
        if same.cell == sighting.cell:
            del seen[back]
            sighting = Sighting(same.week, same.cell, same.first_at, sighting.last_at, sighting.event_id, sighting.timezone or same.timezone)
            break
    seen.append(sighting)
    del profile.sightings[:-SIGHTINGS_KEPT]


def learn_traits(profile: Profile, traits: Traits, *, event_id: str, at: datetime) -> None:
    """Take over what a client says about the person; a new address reopens a channel that bounced."""
    if traits.email is not None and traits.email != profile.email:
        profile.email = traits.email
        if profile.closed_channels.get("email") == "bounced":
            del profile.closed_channels["email"]
    if traits.push_token is not None and traits.push_token != profile.push_token:
        profile.push_token = traits.push_token
        if profile.closed_channels.get("push") == "bounced":
            del profile.closed_channels["push"]
    profile.phone = traits.phone or profile.phone
    profile.first_name = traits.first_name or profile.first_name
    profile.stated_locale = traits.locale or profile.stated_locale
    profile.stated_timezone = traits.timezone or profile.stated_timezone
    if traits.address is not None:
        profile.address = traits.address
        profile.address_event_id = event_id
        profile.address_at = at

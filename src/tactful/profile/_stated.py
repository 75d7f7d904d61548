"""What the customer told us in so many words."""

from datetime import UTC, datetime

from tactful.model.events import OutreachPaused, PreferenceStated, ProductReviewed, RecommendationDismissalWithdrawn, RecommendationDismissed
from tactful.model.profile import HOW_OFTEN, Dismissal, Preference, Profile
from tactful.profile._handlers import folds

DISMISSALS_KEPT = 200
REPEATS_KEPT = 6
"""Of the same answer to the same thing: how often it was said tells how long it rests."""
PREFERENCES_KEPT = 64
MOST_STARS_OF_A_NO, LEAST_STARS_OF_PRAISE = 2, 4
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
TAKES_BACK = "-"
"""A value that begins so withdraws what was stated before under the same key."""
OPPOSITES = {
    "interested_in": ("not_interested_in", "avoid"),
    "likes": ("not_interested_in", "avoid"),
    "not_interested_in": ("interested_in", "likes"),
    "avoid": ("interested_in", "likes"),
    "reminders_for": ("no_reminders_for",),
    "no_reminders_for": ("reminders_for",),
}
"""A word on a thing ends the opposite words on the same thing."""


@folds(RecommendationDismissed)
def _dismissed(profile: Profile, event: RecommendationDismissed) -> None:
    said = (event.reason, event.product_id, event.category)
    profile.dismissals.append(Dismissal(event.at, event.message_id, event.reason, event.product_id, event.category))
    repeats = [known for known in profile.dismissals if (known.reason, known.product_id, known.category) == said]
    if len(repeats) > REPEATS_KEPT:
        profile.dismissals.remove(repeats[0])
    del profile.dismissals[:-DISMISSALS_KEPT]


@folds(RecommendationDismissalWithdrawn)
def _withdrawn(profile: Profile, event: RecommendationDismissalWithdrawn) -> None:
    profile.dismissals[:] = [known for known in profile.dismissals if (known.product_id, known.category) != (event.product_id, event.category)]


@folds(ProductReviewed)
def _reviewed(profile: Profile, event: ProductReviewed) -> None:
    """Two stars or fewer are an answer as plain as "not for me"; praise takes it back."""
    if event.rating is not None and event.rating <= MOST_STARS_OF_A_NO:
        profile.dismissals.append(Dismissal(event.at, event.message_id, "not_for_me", event.product_id))
        del profile.dismissals[:-DISMISSALS_KEPT]
    elif event.rating is not None and event.rating >= LEAST_STARS_OF_PRAISE:
        profile.dismissals[:] = [known for known in profile.dismissals if (known.reason, known.product_id) != ("not_for_me", event.product_id)]


@folds(PreferenceStated)
def _stated(profile: Profile, event: PreferenceStated) -> None:
    value = event.value.removeprefix(TAKES_BACK).strip()
    ended = (event.key, *OPPOSITES.get(event.key, ()))
    profile.preferences[:] = [known for known in profile.preferences if not (known.key in ended and (known.key == HOW_OFTEN or _same(known.value, value)))]
    if not event.value.startswith(TAKES_BACK):
        profile.preferences.append(Preference(event.key, value, event.at, event.message_id))
    del profile.preferences[:-PREFERENCES_KEPT]


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


@folds(OutreachPaused)
def _paused(profile: Profile, event: OutreachPaused) -> None:
    profile.paused_until = event.until or FOREVER
    profile.pause_event_id = event.message_id

"""What the customer told us in so many words."""

from datetime import UTC, datetime

from tactful.model.events import OutreachPaused, PreferenceStated, RecommendationDismissed
from tactful.model.profile import Dismissal, Preference, Profile
from tactful.profile._handlers import folds

DISMISSALS_KEPT = 200
PREFERENCES_KEPT = 64
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


@folds(RecommendationDismissed)
def _dismissed(profile: Profile, event: RecommendationDismissed) -> None:
    profile.dismissals.append(Dismissal(event.at, event.message_id, event.reason, event.product_id, event.category))
    del profile.dismissals[:-DISMISSALS_KEPT]


@folds(PreferenceStated)
def _stated(profile: Profile, event: PreferenceStated) -> None:
    others = [known for known in profile.preferences if (known.key, known.value) != (event.key, event.value)]
    profile.preferences[:] = [*others, Preference(event.key, event.value, event.at, event.message_id)][-PREFERENCES_KEPT:]


@folds(OutreachPaused)
def _paused(profile: Profile, event: OutreachPaused) -> None:
    profile.paused_until = event.until or FOREVER
    profile.pause_event_id = event.message_id

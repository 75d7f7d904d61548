from datetime import UTC, datetime, time, timedelta
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from tactful.model.settings import setting
from tactful.model.verdicts import ContactFacts, Proposal, Verdict
from tactful.policy._rule import ContactRule

SUNDAY = 6
TRIES = 24


class QuietHours(ContactRule, frozen=True, kw_only=True):
    """Send only at a decent hour where they are now; where that is not known, at an hour that is decent wherever they may be.

    Source: 47 CFR 64.1200(c)(1) allows 8 to 21 h local; French practice spares Sundays; these hours lie within both.
    """

    code: ClassVar[str] = "quiet_hours"
    order: ClassVar[int] = 40
    opens: Annotated[time, setting("When the day begins where they are.")] = time(9)
    opens_on_sunday: Annotated[time, setting("The same, on a Sunday.")] = time(10)
    closes: Annotated[time, setting("When it ends.")] = time(21)

    def check(self, proposal: Proposal, facts: ContactFacts) -> Verdict:
        """Defer to the next hour that is decent in every possible zone; deny where there is none."""
        zones = [ZoneInfo(name) for name in facts.zones]
        until = proposal.send_at
        for _ in range(TRIES):
            opening = max(self._opening(until, zone) for zone in zones)
            if opening == until:
                break
            until = opening
        else:
            return Verdict.deny(self.code, zones=facts.zones)
        return Verdict.allow() if until == proposal.send_at else Verdict.defer(self.code, until, zones=facts.zones)

    def _opening(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The first decent moment at or after a time, in one zone."""
        local = at.astimezone(zone)
        for days in range(3):
            day = (local + timedelta(days=days)).date()
            opens = datetime.combine(day, self.opens_on_sunday if day.weekday() == SUNDAY else self.opens, zone).astimezone(UTC)
            closes = datetime.combine(day, self.closes, zone).astimezone(UTC)
            if at < closes:
                return max(at, opens)
        raise AssertionError("every day has decent hours")

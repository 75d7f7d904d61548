"""Which one message, when: triggers propose, one wins, and most of the time none does."""

from tactful.outreach._auction import discover_triggers, ranked
from tactful.outreach._opportunity import Opportunity, Trigger

__all__ = ["Opportunity", "Trigger", "discover_triggers", "ranked"]

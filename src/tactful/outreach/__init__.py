"""Which one message, when: triggers propose, one wins, and most of the time none does."""

from tactful.outreach._auction import discover_triggers, ranked
from tactful.outreach._links import read_way_out, way_out_token
from tactful.outreach._opportunity import Opportunity, Trigger

__all__ = ["Opportunity", "Trigger", "discover_triggers", "ranked", "read_way_out", "way_out_token"]

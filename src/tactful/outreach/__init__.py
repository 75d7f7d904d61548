"""Which one message, when: triggers propose, one wins, and most of the time none does."""

from tactful.outreach._auction import ANSWERS, Receiver, best_channels, best_slot, bid, discover_triggers, ranked
from tactful.outreach._links import read_way_out, way_out_token
from tactful.outreach._opportunity import Opportunity, Trigger
from tactful.outreach._timing import choose_slot, hour_weights, personal

__all__ = [
    "ANSWERS",
    "Opportunity",
    "Receiver",
    "Trigger",
    "best_channels",
    "best_slot",
    "bid",
    "choose_slot",
    "discover_triggers",
    "hour_weights",
    "personal",
    "ranked",
    "read_way_out",
    "way_out_token",
]

"""Which one message, when: triggers propose, one wins, and most of the time none does."""

from tactful.outreach._auction import ANSWERS, Receiver, best_channels, best_slot, bid, discover_triggers, ranked
from tactful.outreach._links import CUSTOMER_PAGE, WAY_OUT, link_token, read_link
from tactful.outreach._opportunity import Opportunity, Trigger
from tactful.outreach._shopping import shopping_again
from tactful.outreach._timing import choose_slot, hour_weights, personal

__all__ = [
    "ANSWERS",
    "CUSTOMER_PAGE",
    "WAY_OUT",
    "Opportunity",
    "Receiver",
    "Trigger",
    "best_channels",
    "best_slot",
    "bid",
    "choose_slot",
    "discover_triggers",
    "hour_weights",
    "link_token",
    "personal",
    "ranked",
    "read_link",
    "shopping_again",
]

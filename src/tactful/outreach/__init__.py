"""Which one message, when: triggers propose, one wins, and most of the time none does."""

from tactful.outreach._auction import Receiver, best_slot, bid, discover_triggers, ranked
from tactful.outreach._links import read_way_out, way_out_token
from tactful.outreach._opportunity import Opportunity, Trigger
from tactful.outreach._timing import choose_slot, hour_weights
from tactful.outreach._words import letter_html, letter_text, subject_of, text_of

__all__ = [
    "Opportunity",
    "Receiver",
    "Trigger",
    "best_slot",
    "bid",
    "choose_slot",
    "discover_triggers",
    "hour_weights",
    "letter_html",
    "letter_text",
    "ranked",
    "read_way_out",
    "subject_of",
    "text_of",
    "way_out_token",
]

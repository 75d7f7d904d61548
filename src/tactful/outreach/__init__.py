"""Which one message, when: triggers propose, one wins, and most of the time none does."""

from tactful.outreach._auction import Receiver, best_slot, bid, discover_triggers, ranked
from tactful.outreach._opportunity import Opportunity, Trigger
from tactful.outreach._timing import choose_slot, hour_weights
from tactful.outreach._words import subject_of, text_of

__all__ = ["Opportunity", "Receiver", "Trigger", "best_slot", "bid", "choose_slot", "discover_triggers", "hour_weights", "ranked", "subject_of", "text_of"]

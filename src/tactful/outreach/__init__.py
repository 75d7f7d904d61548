"""Which one message, when: triggers propose, one wins, and most of the time none does."""

from tactful.outreach._auction import discover_triggers, ranked
from tactful.outreach._links import read_way_out, way_out_token
from tactful.outreach._opportunity import Opportunity, Trigger
from tactful.outreach._words import letter_html, letter_text, subject_of, text_of

__all__ = ["Opportunity", "Trigger", "discover_triggers", "letter_html", "letter_text", "ranked", "read_way_out", "subject_of", "text_of", "way_out_token"]

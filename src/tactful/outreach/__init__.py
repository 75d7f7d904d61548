"""Which one message, when: triggers propose, one wins, and most of the time none does."""

from tactful.outreach._auction import discover_triggers, ranked
from tactful.outreach._opportunity import Opportunity, Trigger
from tactful.outreach._words import letter_html, letter_text, subject_of, text_of

__all__ = ["Opportunity", "Trigger", "discover_triggers", "letter_html", "letter_text", "ranked", "subject_of", "text_of"]

"""Whose event is this? Strong keys only, as pure functions: the log and the links are the caller's."""

from tactful.identity._identifiers import identifier, identifiers_of
from tactful.identity._resolve import CERTAIN, CLAIMED, Resolution, customer_id_of, founder_of, is_anonymous, resolve
from tactful.identity._separate import separate

__all__ = ["CERTAIN", "CLAIMED", "Resolution", "customer_id_of", "founder_of", "identifier", "identifiers_of", "is_anonymous", "resolve", "separate"]

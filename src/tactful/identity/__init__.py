"""Whose event is this? Strong keys only, as pure functions: the log and the links are the caller's."""

from tactful.identity._identifiers import identifier, identifiers_of
from tactful.identity._resolve import Resolution, customer_id_of, founder_of, resolve

__all__ = ["Resolution", "customer_id_of", "founder_of", "identifier", "identifiers_of", "resolve"]

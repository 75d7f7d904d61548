"""Use case: note who looked at whom, and tell it.

Customers are named by a hash of their id under the key that also marks the erased, which is not in the database. So an entry needs no change when its customer
is erased: it says that somebody was looked at, and only the holder of the key can tell whether it was a given id.
"""

from datetime import datetime
from functools import partial

from tactful.app.ports import Store
from tactful.app.profiles import customers_of
from tactful.app.tombstones import keyed_hash
from tactful.app.turns import Together
from tactful.identity import customer_id_of
from tactful.model.access import Look
from tactful.model.errors import NotFound
from tactful.model.identity import Identifier


class Audit:
    """The audit log of one store, under one key."""

    def __init__(self, store: Store, key: bytes, together: Together) -> None:
        self._store, self._key, self._together = store, key, together

    def note(self, *, key: str, action: str, customer: str | None, outcome: str, at: datetime) -> None:
        """Note a look, on disk when this returns. Raises NotReady where that cannot be: then nothing should be told."""
        whom = None if customer is None else self._mark(self.named(customer))
        look = Look(at=at, key=key, action=action, whom=whom, outcome=outcome)
        self._together.do(partial(self._store.audit.add, look), about=())

    def latest(self, limit: int) -> list[Look]:
        """The newest first."""
        return self._store.audit.latest(limit)

    def of(self, customer: str) -> list[Look]:
        """Every look at somebody, the oldest first: also at those whom they were before they were joined, and at somebody erased."""
        found = [look for each in sorted(self._names(customer)) for look in self._store.audit.of(self._mark(each))]
        return sorted(found, key=lambda look: look.at)

    def named(self, customer: str) -> str:
        """The customer id, or what was asked for where nobody is known by it."""
        try:
            return customers_of(self._store, customer)
        except NotFound:
            return customer

    def _names(self, customer: str) -> set[str]:
        """Every customer id under which somebody was looked at; of somebody who is not known any more, those that they may have had."""
        try:
            customer_id = customers_of(self._store, customer)
        except NotFound:
            return {customer, customer_id_of(Identifier("user_id", customer)), customer_id_of(Identifier("anonymous_id", customer))}
        return {customer_id, *(customer_id_of(link.identifier) for link in self._store.identities.links(customer_id))}

    def _mark(self, customer_id: str) -> str:
        return keyed_hash(self._key, "customer", customer_id)

"""Use case: requests of data subjects in the words of OpenDSR 2.0, as other tools of a shop send them. They are done at once.

A request is kept without the identities it names.
"""

from datetime import datetime

import msgspec
from msgspec import Struct

from tactful.app.ports import Store
from tactful.app.subject import erase
from tactful.app.tombstones import Tombstones
from tactful.identity import CERTAIN, identifier
from tactful.model.errors import InvalidInput, NotFound
from tactful.model.identity import Identifier, IdentifierKind

API_VERSION = "2.0"
ERASURE = "erasure"
TYPES = ("access", "portability", ERASURE)
KINDS: dict[str, IdentifierKind] = {
    "controller_customer_id": "user_id",
    "email": "email",
    "phone": "phone",
    "anonymous_id": "anonymous_id",
    "loyalty_card": "loyalty_card",
}
"""How their identity types are called here."""
HASHED = ("email", "phone")
"""Known by SHA-256, so a request may bring the hash instead of the address."""


class SubjectIdentity(Struct, frozen=True, kw_only=True):
    """One way in which a request names the person."""

    identity_type: str
    identity_value: str
    identity_format: str = "raw"


class SubjectRequest(Struct, frozen=True, kw_only=True):
    """A request as it arrives. Callback addresses are taken and never called: Tactful opens no connection of its own."""

    subject_request_id: str
    subject_request_type: str
    subject_identities: tuple[SubjectIdentity, ...]
    submitted_time: str = ""
    regulation: str = "gdpr"
    api_version: str = API_VERSION


class RequestStatus(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a request."""

    controller_id: str
    subject_request_id: str
    subject_request_type: str
    request_status: str
    received_time: datetime
    expected_completion_time: datetime
    results_count: int = 0
    results_url: str | None = None
    """Where an access request is answered, with the secret key."""


def submit(store: Store, tombstones: Tombstones, request: SubjectRequest, *, now: datetime) -> RequestStatus:
    """Do what a request asks, and remember that it was done. The same request again answers the same. Raises InvalidInput."""
    _check(request)
    if (known := store.privacy.load_request(request.subject_request_id)) is not None:
        return _decode(known)
    customers = sorted({customer for named in request.subject_identities if (customer := _customer(store, named)) is not None})
    erasing = request.subject_request_type == ERASURE
    if erasing:
        for customer in customers:
            erase(store, tombstones, customer, now=now)
    status = RequestStatus(
        controller_id="tactful",
        subject_request_id=request.subject_request_id,
        subject_request_type=request.subject_request_type,
        request_status="completed",
        received_time=now,
        expected_completion_time=now,
        results_count=len(customers),
        results_url=None if erasing or not customers else f"/v1/customers/{customers[0]}/export",
    )
    with store.transaction():
        store.privacy.save_request(request.subject_request_id, _encode(msgspec.structs.replace(status, results_url=None)))
    return status


def status_of(store: Store, request_id: str) -> RequestStatus:
    """What became of a request. Raises NotFound."""
    known = store.privacy.load_request(request_id)
    if known is None:
        raise NotFound(f"there is no request {request_id[:80]!r}: give the subject_request_id that was submitted")
    return _decode(known)


def _check(request: SubjectRequest) -> None:
    if request.subject_request_type not in TYPES:
        raise InvalidInput(f"subject_request_type must be one of {', '.join(TYPES)}, not {request.subject_request_type[:40]!r}")
    if not request.subject_request_id or not request.subject_identities:
        raise InvalidInput("a request needs a subject_request_id and at least one of subject_identities")
    unknown = [named.identity_type for named in request.subject_identities if named.identity_type not in KINDS]
    if unknown:
        raise InvalidInput(f"identity_type must be one of {', '.join(KINDS)}, not {unknown[0][:40]!r}")
    formats = {named.identity_format for named in request.subject_identities if named.identity_type not in HASHED or named.identity_format != "sha256"}
    if formats - {"raw"}:
        raise InvalidInput("identity_format must be raw, or sha256 for email and phone")


def _customer(store: Store, named: SubjectIdentity) -> str | None:
    """Whose identity it is. An address that somebody has only claimed opens nobody's history, and erases nobody."""
    kind = KINDS[named.identity_type]
    hashed = named.identity_format == "sha256"
    found = Identifier(kind, named.identity_value.lower()) if hashed else identifier(kind, named.identity_value)
    customer = store.identities.owner(found) if found is not None else None
    if found is None or customer is None:
        return None
    sure = next((tie.confidence for tie in store.identities.tied(found) if tie.customer_id == customer), CERTAIN)
    return customer if sure >= CERTAIN else None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(RequestStatus).decode

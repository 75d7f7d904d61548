"""Requests of data subjects, in the words of OpenDSR 2.0. With the secret key only."""

from base64 import b64encode
from typing import Any

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath, RawBody

from tactful.app.opendsr import API_VERSION, HASHED, KINDS, TYPES, RequestStatus, SubjectRequest
from tactful.http.access import Behind, Now, secret_only
from tactful.http.described import TakesSubjectRequest
from tactful.model.errors import InvalidInput

JsonObject = dict[str, Any]


@get("/opendsr/discovery", guards=[secret_only], sync_to_thread=False, tags=["Privacy"], operation_id="opendsrDiscovery", summary="What may be requested")
def discovery() -> JsonObject:
    """OpenDSR 2.0: the identities and kinds of request that are understood."""
    formats = [(kind, "raw") for kind in KINDS] + [(kind, "sha256") for kind in HASHED]
    return {
        "api_version": API_VERSION,
        "supported_identities": [{"identity_type": kind, "identity_format": form} for kind, form in formats],
        "supported_subject_request_types": list(TYPES),
    }


@post(
    "/opendsr/requests",
    status_code=201,
    guards=[secret_only],
    sync_to_thread=True,
    tags=["Privacy"],
    operation_id="opendsrSubmit",
    summary="Request access or erasure",
    operation_class=TakesSubjectRequest,
)
def submit(body: RawBody, edge: Behind, now: Now) -> JsonObject:
    """OpenDSR 2.0: done before it is answered. Access is answered at ``results_url``, with the secret key. Callback addresses are never called."""
    try:
        request = msgspec.json.decode(body, type=SubjectRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise InvalidInput(f"the body must be an OpenDSR request: {problem}") from problem
    status = edge.engine.submit(request, now=now)
    return dict(msgspec.to_builtins(status)) | {"encoded_request": b64encode(body).decode()}


@get(
    "/opendsr/requests/{request_id:str}",
    guards=[secret_only],
    sync_to_thread=True,
    tags=["Privacy"],
    operation_id="opendsrStatus",
    summary="What became of a request",
)
def status(request_id: FromPath[str], edge: Behind) -> RequestStatus:
    """OpenDSR 2.0: the status, without the identities, which are not kept."""
    return edge.engine.request_status(request_id)


@delete(
    "/opendsr/requests/{request_id:str}",
    status_code=202,
    guards=[secret_only],
    sync_to_thread=True,
    tags=["Privacy"],
    operation_id="opendsrCancel",
    summary="Cancel a request",
)
def cancel(request_id: FromPath[str], edge: Behind) -> RequestStatus:
    """OpenDSR 2.0: only what is pending can be cancelled, and nothing ever is: 400, or 404 for an unknown request."""
    edge.engine.request_status(request_id)
    raise InvalidInput("the request is completed and cannot be cancelled any more")

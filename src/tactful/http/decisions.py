"""Decisions out: what to show, what to send, and why."""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, Parameter

from tactful.app.engine import DecideRequest
from tactful.app.train import RESUMED_WITHIN
from tactful.http.access import NOW_HEADER, Behind, Now, any_key, noted, require_own_identity, role_of, secret_only
from tactful.http.shapes import MOST_CUSTOMERS, DeadLetters, PlanRequest, Plans, Trained, check_request, told, well_formed
from tactful.model.decisions import Decision, Plan
from tactful.model.errors import InvalidInput
from tactful.model.outbox import Dispatch

JsonObject = dict[str, Any]


@post(
    "/v1/decide",
    status_code=200,
    guards=[any_key],
    before_request=well_formed,
    sync_to_thread=True,
    responses={200: ResponseSpec(Decision, description="Items with reasons, or silence with a reason")},
    tags=["Decisions"],
    operation_id="decide",
    summary="Decide what to show one customer here and now",
)
def decide(data: JSONBody[DecideRequest], *, request: Request[Any, Any, Any], edge: Behind, now: Now) -> JsonObject:
    """With the write key: for an anonymousId, or for a userId with a signed identity token in ``X-Identity-Token`` (JWT, HS256, ``sub`` = userId).

    For an anonymousId the write key is told only of what was done under that anonymousId, also where somebody has signed in under it.
    """
    check_request(data)
    require_own_identity(request, data.user_id)
    device_only = data.user_id is None and role_of(request) != "secret"
    with edge.counters.decisions.time():
        return told(edge.engine.decide(data, now=now, device_only=device_only))


@post(
    "/v1/outreach/plan",
    status_code=200,
    guards=[secret_only],
    before_request=well_formed,
    sync_to_thread=True,
    responses={200: ResponseSpec(Plans, description="One plan a customer")},
    tags=["Outreach"],
    operation_id="planOutreach",
    summary="Decide which one message each customer gets within seven days, or why none",
)
def plan(data: JSONBody[PlanRequest], edge: Behind, now: Now) -> JsonObject:
    """At most 10,000 customers a call. ``dryRun`` is true unless said otherwise; with false, messages are reserved."""
    if len(data.user_ids) > MOST_CUSTOMERS:
        raise InvalidInput(f"{len(data.user_ids):,} customers were asked for; at most {MOST_CUSTOMERS:,} a call")
    return {"plans": [told(each) for each in edge.engine.plan(data.user_ids, now=now, dry_run=data.dry_run)]}


@post(
    "/v1/outreach/run",
    status_code=200,
    guards=[secret_only],
    sync_to_thread=True,
    tags=["Outreach"],
    operation_id="runOutreach",
    summary="Send what is due in the outbox",
)
def run_outreach(request: Request[Any, Any, Any], edge: Behind, now: Now) -> Dispatch:
    """Every message is judged again as of now, then sent once, put off within its deadline, or dropped with its code. ``stopped`` says why it ended early."""
    with edge.postroom.opened() as senders:
        return edge.engine.send(senders, now=now, clock=None if NOW_HEADER in request.headers else edge.clock, links=edge.postroom.links)


@get("/v1/decisions/{decision_id:str}", guards=[secret_only], sync_to_thread=True, tags=["Decisions"], operation_id="decision", summary="A past decision")
def decision(decision_id: FromPath[str], request: Request[Any, Any, Any], edge: Behind) -> JsonObject:
    """In full: items, reasons, evidence, what each source said (`contributions`), what was withheld, why; of a message what became of it (`outcome`)."""
    with noted(request, "decision") as looked:
        found = edge.engine.decision(decision_id)
        looked.customer = found.user_id if isinstance(found, Plan) else found.customer_id
    became = edge.engine.standing(decision_id) if isinstance(found, Plan) else None
    return told(found) | ({"outcome": msgspec.to_builtins(became)} if became is not None else {})


@post("/v1/train", status_code=200, guards=[secret_only], sync_to_thread=True, tags=["Learning"], operation_id="train", summary="Learn from the log now")
def train(request: Request[Any, Any, Any], edge: Behind, now: Now) -> Trained:
    """Learn every model from the log up to now and put them to use. Takes its time. Interrupted, it is asked for again, and goes on where it was for a day."""
    return Trained(models=edge.engine.train(now=now, resume_within=timedelta(0) if NOW_HEADER in request.headers else RESUMED_WITHIN))


@get(
    "/v1/dead-letters",
    guards=[secret_only],
    sync_to_thread=True,
    tags=["Events"],
    operation_id="deadLetters",
    summary="Events that could not be understood",
)
def dead_letters(request: Request[Any, Any, Any], edge: Behind, limit: Annotated[int, Parameter(ge=1, le=1000, description="How many")] = 100) -> DeadLetters:
    """The newest first, each with the reason and its text."""
    kept = edge.engine.store.dead_letters
    with noted(request, "dead_letters"):
        return DeadLetters(count=kept.count(), dead_letters=tuple(kept.latest(limit)))

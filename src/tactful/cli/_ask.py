"""Commands that ask the engine: decide, explain, outreach plan."""

import sys
from collections.abc import Iterable
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from tactful.cli._options import DEFAULT_DATA, Config, Data, Json, Now, Store, at_work, clock
from tactful.cli._screen import builtins, progress, show

if TYPE_CHECKING:
    from tactful.app.engine import Progress
    from tactful.model.decisions import Plan


def decide(
    customer: Annotated[str, typer.Argument(help="The userId, or the anonymousId with --anonymous.")],
    *,
    placement: Annotated[str, typer.Option(help="Where it would be shown: home, product, cart, search, order_confirmation, store …")] = "home",
    limit: Annotated[int, typer.Option(min=1, max=100, help="Most items.")] = 8,
    product: Annotated[str | None, typer.Option(metavar="ID", help="The product the page is about.")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="CUSTOMER is an anonymousId.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show what was withheld too, and why.")] = False,
    now: Now = None,
    config: Config = None,
    data: Data = DEFAULT_DATA,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Decide what to show one customer, or to stay silent; the decision is logged."""
    from tactful.app.engine import DecideContext, DecideRequest
    from tactful.rehearse import answer_lines

    request = DecideRequest(
        user_id=None if anonymous else customer,
        anonymous_id=customer if anonymous else None,
        placement=placement,
        limit=limit,
        explain=explain,
        context=DecideContext(product_id=product),
    )
    with at_work(data, store, config) as work:
        decision = work.decide(request, now=clock(now))
    show(decision, answer_lines(builtins(decision)), as_json=as_json)


def explain(
    decision: Annotated[str, typer.Argument(help="The decisionId of a decision or a plan.")],
    *,
    data: Data = DEFAULT_DATA,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Show a past decision in full: the reasons with their evidence, and what was withheld."""
    from tactful.rehearse import answer_lines

    with at_work(data, store) as work:
        found, became = builtins(work.decision(decision)), builtins(work.standing(decision))
    answer = found | ({"outcome": became} if became else {})
    show(answer, answer_lines(answer, evidence=True, most_withheld=sys.maxsize), as_json=as_json)


def plan(
    customers: Annotated[list[str] | None, typer.Argument(metavar="[CUSTOMER]...", help="userIds; none means every known one.")] = None,
    *,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that plan at the same time.")] = 1,
    reserve: Annotated[bool, typer.Option("--reserve", help="Reserve the messages in the outbox, for: tactful outreach run.")] = False,
    now: Now = None,
    config: Config = None,
    data: Data = DEFAULT_DATA,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """Plan at most one message a customer for the next seven days, or say why none. Nothing is sent. Run again, reserving goes on where it was broken off."""
    from tactful.cli._planning import one_round, plan_with

    with at_work(data, store, config) as work:
        users, at = customers or list(work.store.identities.user_ids()), clock(now)
        everybody = not customers and bool(users)
        with (
            one_round(data, now=at) if everybody and reserve else nullcontext() as round_id,
            progress("planning for everybody", total=len(users)) if everybody else nullcontext() as advance,
        ):
            plan_for = work.plan if workers == 1 else partial(plan_with, workers, (data, store, config))
            plans = plan_for(users, now=at, dry_run=not reserve, round_id=round_id)
            counted = map(partial(_after, advance), plans) if advance else plans
            if as_json:
                show({"plans": list(counted)}, (), as_json=True)
            else:
                _tell(counted)


def _after(advance: "Progress", plan: "Plan") -> "Plan":
    advance(1)
    return plan


def _tell(plans: "Iterable[Plan]") -> None:
    """Print each plan as soon as it is made, so that those of a hundred thousand need not be held."""
    from tactful.rehearse import answer_lines

    nobody = True
    for each in plans:
        nobody = False
        show(
            None,
            (f"{each.user_id}  (tactful explain {each.decision_id})", *(f"  {line}" for line in answer_lines(builtins(each), most_withheld=0))),
            as_json=False,
        )
    if nobody:
        show(None, ["no customer is known yet; import events first: tactful import events.ndjson"], as_json=False)

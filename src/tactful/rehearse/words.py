"""Answers and outcomes as lines for people."""

from collections.abc import Iterator

from tactful.rehearse.answers import Json, planned
from tactful.rehearse.play import Outcome

MOST_WITHHELD = 12


def answer_lines(answer: Json, *, evidence: bool = False, most_withheld: int = MOST_WITHHELD) -> list[str]:
    """A decision or a plan in the form of the wire, as lines: what is said and why, or why not, and what was withheld."""
    return [*_said(answer, evidence=evidence), *_withheld(answer, most_withheld)]


def _said(answer: Json, *, evidence: bool) -> Iterator[str]:
    message = planned(answer)
    if message:
        yield f"{message['trigger']} by {message['channel']} at {message['sendAt']}: {message['subject']}"
        yield from (f"  | {line}" for line in message["text"].splitlines())
    for number, item in enumerate((message or answer).get("items") or (), 1):
        reason = item["reason"]
        yield f"{number:>2}. {item['productId']}  {item['score']:.3f}  {reason['code']}: {reason['text']}"
        if evidence:
            yield from (f"      evidence {one['messageId']} at {one['at']}" for one in reason["evidence"])
            yield from _contributed((answer.get("contributions") or {}).get(item["productId"]))
    if answer.get("silence"):
        yield f"silent, {answer['silence']['code']}: {answer['silence']['text']}"
        yield from _grounds(answer["silence"]) if evidence else ()
    if evidence:
        yield from _weighed(answer)
    for one in answer.get("messages") or ():
        yield f"{one['trigger']} by {one['channel']}: {one['state'].replace('_', ' ')}" + (f", {one['code']}: {one['text']}" if one["code"] else "")
    if answer.get("usual"):
        yield f"usual {answer['usual']['productId']} {answer['usual']['options']}"
    if answer.get("store"):
        yield f"store {answer['store']['storeCode']}"
    for name, value in answer.items():
        if not {"silence", "items", "messages"} & set(answer):
            yield f"{name}: {value}"


def _contributed(said: Json | None) -> Iterator[str]:
    """What each source says, where one order was made of it."""
    if said:
        yield "      of which " + ", ".join(f"{source} says {probability:.3f}" for source, probability in said.items())


def _grounds(silence: Json) -> Iterator[str]:
    """What a silence rests on, and when it may be asked again."""
    for name, value in silence["facts"].items():
        for one in value if isinstance(value, list) else [value]:
            said = ", ".join(f"{key} {part}" for key, part in one.items() if part not in (None, False)) if isinstance(one, dict) else one
            yield f"      {name}: {said}"
    if silence.get("until"):
        yield f"      not before {silence['until']}"


def _weighed(answer: Json) -> Iterator[str]:
    """What each possible message was worth, and what became of the one that was chosen."""
    for bid in answer.get("bids") or ():
        worth = bid["value"] - bid["attention"] - bid["risk"]
        parts = f"{bid['value']:.3f} - {bid['attention']:.3f} attention - {bid['risk']:.3f} risk"
        yield f"      {bid['trigger']} by {bid['channel']} at {bid['sendAt']} is worth {worth:.3f}: {parts}"
    if outcome := answer.get("outcome"):
        why = f", {outcome['code']}: {outcome['text']}" if outcome["code"] else ""
        when = f" until {outcome['nextAt']}" if outcome["nextAt"] else ""
        yield f"{outcome['state']}{when}{why}" + (f" ({outcome['detail']})" if outcome["detail"] else "")


def _withheld(answer: Json, most: int) -> Iterator[str]:
    withheld = answer.get("withheld") or []
    yield from (f"withheld {one['productId']}  {one['code']}: {one['text']}" for one in withheld[:most])
    if most and len(withheld) > most:
        yield f"and {len(withheld) - most} more withheld"


def verdict_lines(outcome: Outcome) -> list[str]:
    """One line where a scenario holds; what of it was not understood; where it falls short, also what was missed and what was answered instead."""
    lines = [f"{'holds      ' if outcome.holds else 'falls short'}  {outcome.name}"]
    lines += [f"    {unread}" for unread in outcome.unread]
    for shortfall in outcome.shortfalls:
        lines.append(f"    {shortfall.ask} at {shortfall.at:%Y-%m-%d %H:%M}")
        lines += [f"      {missed}" for missed in shortfall.missed]
        lines += [f"        {line}" for line in answer_lines(shortfall.answer or {})]
    return lines

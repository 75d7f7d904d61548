"""How much of what is shown rests on one look: a few sessions played against the engine."""

import io
import re

from rich.console import Console

from tactful.bench import intent


def test_what_was_looked_at_is_at_hand_in_the_visit_and_not_the_next_day():
    screen = io.StringIO()
    intent.waste(Console(file=screen, width=160), "numbers", [["101", "102", "103"], ["201", "202"]], customers=2)
    shown, once = zip(*((int(total), int(rest)) for total, rest in re.findall(r"│\s+(\d+)\s+│\s+(\d+) \(", screen.getvalue())), strict=True)
    assert shown[0] > 0
    assert once[0] > 0
    assert once[1] == 0

"""Which conclusions hang on which assumption: the same messages, taken under every weight halved and half as high again."""

from collections.abc import Callable, Sequence

import msgspec
from msgspec import Struct

from tactful.simulate.parameters import World
from tactful.simulate.play import Outcome, Setup, replay
from tactful.simulate.scorecard import gap

FACTORS = (0.5, 1.5)
REACTIONS = (
    "goodwill_gain",
    "goodwill_loss",
    "shelf_weight",
    "visit_effect",
    "choice_effect",
    "leave_effect",
    "fatigue_half_life_days",
    "fatigue_weight",
    "contact_weight",
    "unsubscribe_annoyance",
    "unsubscribe_fatigue",
    "message_help",
    "shelf_help",
    "find_help",
)
"""Assumptions about how people react; what happens to them is as it was."""


class Flip(Struct, frozen=True, kw_only=True):
    """An assumption that turns a conclusion round."""

    assumption: str
    factor: float
    against: str
    """The policy that Tactful beat before, or lost to."""
    value: float
    """What Tactful then makes of a customer more than that policy."""


def flips(setup: Setup, outcomes: Sequence[Outcome], *, world: World, done: Callable[[int], None]) -> list[Flip]:
    """Conclusions on value that turn round under some assumption. A conclusion is whether Tactful's value is above another policy's."""
    others = [policy for policy in setup.policies if policy not in {"tactful", "oracle"}]
    as_it_is = replay(setup, outcomes)
    before = {other: gap(setup, as_it_is, better="tactful", worse=other).value > 0 for other in others}
    found: list[Flip] = []
    for assumption in (*REACTIONS, *sorted(world.weights)):
        for factor in FACTORS:
            changed = msgspec.structs.replace(setup, changed=((assumption, factor),))
            again = replay(changed, outcomes)
            values = {other: gap(changed, again, better="tactful", worse=other).value for other in others}
            found += [
                Flip(assumption=assumption, factor=factor, against=other, value=values[other]) for other in others if (values[other] > 0) != before[other]
            ]
            done(1)
    return found


def variations(world: World) -> int:
    """How many variations `flips` plays."""
    return len(FACTORS) * (len(REACTIONS) + len(world.weights))

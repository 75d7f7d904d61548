"""What somebody chooses next, learnt one occasion at a time: many memories side by side, and the ones that foretold them best speak loudest.

A memory counts choices in one kind of situation (always, in the morning, at the counter ...) and forgets at one pace. The quick ones notice a new habit, the
slow ones keep an old one through a fling, and those of a situation know that the afternoon is not the morning. Which of them is right is not settled
by a rule but by how well each foretold this customer's own choices, with a little trust given back to all of them at every step (fixed share), so that one
choice from the old habit is enough for the slow memories to be heard again.

Sources: Herbster and Warmuth, Tracking the best expert (1998); shares with back-off, P(o) = (n_o + kappa pi_o) / (n + kappa).
"""

import math
from collections.abc import Collection, Hashable, Sequence
from typing import Generic, TypeVar

C = TypeVar("C", bound=Hashable)

PACES = (0.6, 0.8, 0.97)
"""What is left of a count after one more occasion of its kind."""
BACK_OFF = 3.0
"""How many occasions of its own kind a situation needs to weigh as much as what they choose at all times."""
UNSEEN = 0.5
"""How many occasions the possibility of something never chosen before weighs."""
UNSEEN_PER_CHOICE = 0.2
"""And how many more with every different thing they have chosen: who has tried many, tries more."""
SHARE = 0.15
"""Trust that is given back to all memories at every step."""
LEAST_LIKELY = 0.02
HUGE = 1e100
LONG = 60
"""More occasions than this make nobody surer."""
RUNS = (0.066, -0.234, 0.728)
"""Log odds for a thing chosen last time; times the share of its choices that followed another of it; and that share again where it was chosen last time: what
comes in runs goes on while the run lasts, and is done when it ends. Fitted on the households on which everything else here was chosen."""
SURE = (-1.02, 0.884, 0.397, 0.123)
"""How sure to be of the likeliest, as log odds: a constant, then weights of the log odds of its share, of the log number of occasions, and of the
log of how far it is ahead of the second. Fitted on a grocer's year (`tactful bench usual`)."""


class _Count(Generic[C]):
    """Decayed counts of one situation at one pace. Instead of fading the old, the new weighs more: one number changes an occasion, not all."""

    __slots__ = ("of", "total", "weight")

    def __init__(self) -> None:
        self.of: dict[C, float] = {}
        self.total = 0.0
        self.weight = 1.0

    def add(self, chosen: Collection[C], pace: float) -> None:
        self.weight /= pace
        self.total += self.weight
        for choice in chosen:
            self.of[choice] = self.of.get(choice, 0.0) + self.weight
        if self.weight > HUGE:
            self.of = {choice: count / self.weight for choice, count in self.of.items()}
            self.total, self.weight = self.total / self.weight, 1.0


class Habit(Generic[C]):
    """Learns what is chosen on each occasion and in which situations; foretells the share of occasions on which each thing is chosen.

    >>> habit = Habit()
    >>> for _ in range(6):
    ...     habit.learn(["macchiato"], ["morning"])
    ...     habit.learn(["tea"], ["afternoon"])
    >>> {choice: round(share, 1) for choice, share in habit.foretell(["morning"]).items()}
    {'macchiato': 0.6, 'tea': 0.3}
    """

    def __init__(self) -> None:
        self.occasions = 0
        self._counts: dict[tuple[str, float], _Count[C]] = {}
        self._trust: list[float] = []
        self._known: dict[C, None] = {}
        self._chosen: dict[C, int] = {}
        self._again: dict[C, int] = {}
        self._last: frozenset[C] = frozenset()

    def foretell(self, situations: Sequence[str]) -> dict[C, float]:
        """Tell for everything ever chosen how likely it is chosen now; of equals the latest comes first."""
        trust = self._trust or [1 / len(PACES) / (1 + len(situations))] * len(PACES) * (1 + len(situations))
        latest_first = list(self._known)[::-1]
        shares = {choice: self._in_runs(choice, sum(map(float.__mul__, trust, self._beliefs(choice, situations)))) for choice in latest_first}
        return dict(sorted(shares.items(), key=lambda share: -share[1]))

    def _in_runs(self, choice: C, share: float) -> float:
        """The share of a choice, knowing whether it comes in runs and whether it is in one."""
        again, last = self._again.get(choice, 0) / self._chosen[choice], float(choice in self._last)
        return 1 / (1 + math.exp(-_log_odds(share) - RUNS[0] * last - again * (RUNS[1] + RUNS[2] * last)))

    def likeliest(self, situations: Sequence[str]) -> tuple[C, float] | None:
        """Name what is likeliest chosen now, and how sure we are of it; None where nothing ever was."""
        ranked = list(self.foretell(situations).items())[:2]
        if not ranked:
            return None
        share, second = ranked[0][1], ranked[1][1] if len(ranked) > 1 else 0.0
        marks = (_log_odds(share), math.log(min(self.occasions, LONG)), math.log((share + 0.05) / (second + 0.05)))
        return ranked[0][0], 1 / (1 + math.exp(-sum(map(float.__mul__, SURE, (1.0, *marks)))))

    def learn(self, chosen: Sequence[C], situations: Sequence[str]) -> None:
        """Take in one occasion. The number of situations is the same each time."""
        if self.occasions and chosen:
            self._judge(chosen, situations)
        for name in ("", *situations):
            for pace in PACES:
                count = self._counts.get((name, pace))
                if count is None:
                    count = self._counts[name, pace] = _Count()
                count.add(chosen, pace)
        for choice in chosen:
            self._known.pop(choice, None)
            self._known[choice] = None
            self._chosen[choice] = self._chosen.get(choice, 0) + 1
            self._again[choice] = self._again.get(choice, 0) + (choice in self._last)
        self._last = frozenset(chosen)
        self.occasions += 1

    def _judge(self, chosen: Sequence[C], situations: Sequence[str]) -> None:
        """Trust each memory by how likely it thought what was chosen."""
        likely = [1.0] * len(PACES) * (1 + len(situations))
        for choice in chosen:
            likely = [so_far * max(belief, LEAST_LIKELY) for so_far, belief in zip(likely, self._beliefs(choice, situations), strict=True)]
        trust = [before * one ** (1 / len(chosen)) for before, one in zip(self._trust or [1.0] * len(likely), likely, strict=True)]
        total, equal = sum(trust), SHARE / len(trust)
        self._trust = [(1 - SHARE) * one / total + equal for one in trust]

    def _beliefs(self, choice: C, situations: Sequence[str]) -> list[float]:
        """What each memory thinks how likely a choice is: all paces for all times, then for each situation, which falls back on all times."""
        unseen = UNSEEN + UNSEEN_PER_CHOICE * max(len(self._known) - 1, 0)
        beliefs = []
        for pace in PACES:
            count = self._counts.get(("", pace))
            beliefs.append(count.of.get(choice, 0.0) / (count.total + unseen * count.weight) if count else 0.0)
        for name in situations:
            for position, pace in enumerate(PACES):
                count = self._counts.get((name, pace))
                if count is None:
                    beliefs.append(beliefs[position])
                    continue
                occasions = count.total / count.weight
                known_share = count.of.get(choice, 0.0) / count.weight * occasions / (occasions + unseen)
                beliefs.append((known_share + BACK_OFF * beliefs[position]) / (occasions + BACK_OFF))
        return beliefs


def _log_odds(share: float) -> float:
    within = min(max(share, 1e-3), 1 - 1e-3)
    return math.log(within / (1 - within))

"""Estimators against the truth: what a shop could have estimated from one life each, beside what all lives together tell.

In every draw each customer lives under one policy, picked by logged chances that depend on what the shop knew of them. From that log alone the value
of every policy, and of mixtures by customer, is estimated; the truth is the mean over the paired lives. A good estimator ranks as the truth does and its
95 % intervals hold it 95 times in a hundred.
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from msgspec import Struct

from tactful.learning.off_policy import ESTIMATORS, Estimate, Logged
from tactful.simulate.play import MONTH_DAYS, Outcome, Setup
from tactful.simulate.scorecard import FloatArray, Table
from tactful.simulate.streams import stream

DRAWS = 200
SHARE_HELD_OUT = 0.5


class Check(Struct, frozen=True, kw_only=True):
    """How an estimator did over all draws."""

    world: str = ""
    seed: int = 0
    estimator: str
    rank_correlation: float
    """Spearman's, of estimates with the truth over policies; the mean over draws."""
    coverage: float
    """Share of the 95 % intervals that hold the truth."""
    effective_share: float
    """Effective sample over customers, mean over draws and policies; 1 where nothing is weighted."""
    relative_error: float
    """Mean distance to the truth, over the truth's spread between policies."""


class Worlds(Struct, frozen=True, kw_only=True):
    """Paired lives as tables: what each customer is worth under each policy, and what was known before."""

    policies: tuple[str, ...]
    value: FloatArray
    """[customers, policies]"""
    early: FloatArray
    """Value of the first quarter, unsubscriptions and purchases in it, [customers, policies, 3]."""
    known: FloatArray
    """What the shop knew, [customers, features]."""


def worlds(setup: Setup, outcomes: Sequence[Outcome]) -> Worlds:
    """Lay out paired lives. The oracle is left out: no shop could log it."""
    policies = tuple(policy for policy in setup.policies if policy != "oracle")
    of = {policy: [outcome for outcome in outcomes if outcome.policy == policy] for policy in policies}
    years = setup.months * MONTH_DAYS / 365
    first = of[policies[0]]
    known = [[one.past.get(name, 0) for name in ("consented", "looks", "bought", "spent_cents")] for one in first]
    early = [[[_cents(one.early) / 100, one.early.get("unsubscribed", 0), one.early.get("bought", 0)] for one in of[policy]] for policy in policies]
    return Worlds(
        policies=policies,
        value=np.stack([Table(of[policy], years).value for policy in policies], axis=1),
        early=np.array(early, dtype=float).transpose(1, 0, 2),
        known=np.log1p(np.array(known, dtype=float)),
    )


def _cents(counts: Mapping[str, int]) -> float:
    return counts.get("margin_cents", 0)


def check(setup: Setup, outcomes: Sequence[Outcome]) -> list[Check]:
    """Put every estimator to the test on one world's lives."""
    lives = worlds(setup, outcomes)
    checks = [*_off_policy(lives, seed=setup.seed), _hold_out(lives, seed=setup.seed), _surrogate(lives, seed=setup.seed)]
    return [msgspec.structs.replace(one, world=setup.world, seed=setup.seed) for one in checks]


def _targets(lives: Worlds) -> dict[str, FloatArray]:
    """The policies that are asked about, as chances [customers, policies]: each alone, and each for half of the customers with silence for the rest."""
    count, many = lives.value.shape
    silence = lives.policies.index("silence") if "silence" in lives.policies else 0
    buyers = lives.known[:, 2] > np.median(lives.known[:, 2])
    targets: dict[str, FloatArray] = {}
    for number, policy in enumerate(lives.policies):
        targets[policy] = np.tile(np.eye(many)[number], (count, 1))
        if number != silence:
            targets[f"{policy}, buyers"] = np.where(buyers[:, None], np.eye(many)[number], np.eye(many)[silence])
    return targets


def _off_policy(lives: Worlds, *, seed: int) -> list[Check]:
    targets = _targets(lives)
    truth = np.array([float((chances * lives.value).sum(axis=1).mean()) for chances in targets.values()])
    random = stream(seed, 0, "off-policy")
    drawn = [_logs(lives, targets, random) for _ in range(DRAWS)]
    worth = float(np.mean([log.effective_sample / len(log.reward) for logs in drawn for log in logs]))
    return [_judge(name, [[estimate(log) for log in logs] for logs in drawn], truth, worth=worth) for name, estimate in ESTIMATORS.items()]


def _logs(lives: Worlds, targets: Mapping[str, FloatArray], random: np.random.Generator) -> list[Logged]:
    """One draw: who lived how, and what each target would need to know of it."""
    chances = _acting(lives)
    taken = (chances.cumsum(axis=1) < random.random(len(chances))[:, None]).sum(axis=1).clip(0, chances.shape[1] - 1)
    rows = np.arange(len(taken))
    reward = lives.value[rows, taken]
    model = _reward_model(lives.known, taken, reward, many=chances.shape[1])
    return [
        Logged(reward=reward, weight=target[rows, taken] / chances[rows, taken], predicted=model[rows, taken], expected=(target * model).sum(axis=1))
        for target in targets.values()
    ]


def _acting(lives: Worlds) -> FloatArray:
    """The chances of the policy that acted: those who bought more are likelier to be written to."""
    count, many = lives.value.shape
    keen = (lives.known[:, 2] - lives.known[:, 2].mean()) / max(float(lives.known[:, 2].std()), 1e-9)
    scores = np.outer(keen, np.linspace(-0.5, 0.5, many))
    chances = np.exp(scores)
    return np.asarray(0.3 / many + 0.7 * chances / chances.sum(axis=1, keepdims=True)) if count else chances


def _reward_model(known: FloatArray, taken: FloatArray, reward: FloatArray, *, many: int) -> FloatArray:
    """Least squares on what was known, a model a policy, each fitted on the other half: [customers, policies]."""
    design = np.column_stack([np.ones(len(known)), known])
    folds = np.arange(len(known)) % 2
    predicted = np.zeros((len(known), many))
    for fold in range(2):
        for policy in range(many):
            rows = (folds != fold) & (taken == policy)
            ridge = 1e-3 * np.eye(design.shape[1])
            weights = np.linalg.solve(design[rows].T @ design[rows] + ridge, design[rows].T @ reward[rows])
            predicted[folds == fold, policy] = design[folds == fold] @ weights
    return predicted


def _hold_out(lives: Worlds, *, seed: int) -> Check:
    """Each policy against a held-out half that lives in silence: the difference of means."""
    silence = lives.policies.index("silence")
    others = [number for number in range(len(lives.policies)) if number != silence]
    truth = np.array([float((lives.value[:, number] - lives.value[:, silence]).mean()) for number in others])
    random = stream(seed, 0, "hold-out")

    def once() -> list[Estimate]:
        held = random.random(len(lives.value)) < SHARE_HELD_OUT
        return [_difference(lives.value[~held, number], lives.value[held, silence]) for number in others]

    return _judge("hold-out", [once() for _ in range(DRAWS)], truth)


def _surrogate(lives: Worlds, *, seed: int) -> Check:
    """The long-term difference told after one quarter: an index of the quarter, fitted on other customers in silence, in place of the outcome."""
    silence = lives.policies.index("silence")
    others = [number for number in range(len(lives.policies)) if number != silence]
    truth = np.array([float((lives.value[:, number] - lives.value[:, silence]).mean()) for number in others])
    random = stream(seed, 0, "surrogate")

    def once() -> list[Estimate]:
        role = random.integers(3, size=len(lives.value))
        history = np.column_stack([np.ones(int((role == 0).sum())), lives.early[role == 0, silence], lives.known[role == 0]])
        index = np.linalg.lstsq(history, lives.value[role == 0, silence], rcond=None)[0]
        return [_difference(_indexed(lives, role == 1, number, index), _indexed(lives, role == 2, silence, index)) for number in others]

    return _judge("surrogate, a quarter", [once() for _ in range(DRAWS)], truth)


def _indexed(lives: Worlds, rows: FloatArray, policy: int, index: FloatArray) -> FloatArray:
    return np.asarray(np.column_stack([np.ones(int(rows.sum())), lives.early[rows, policy], lives.known[rows]]) @ index)


def _difference(treated: FloatArray, held: FloatArray) -> Estimate:
    error = float(np.sqrt(treated.var(ddof=1) / len(treated) + held.var(ddof=1) / len(held)))
    value = float(treated.mean() - held.mean())
    return Estimate(value=value, low=value - 1.96 * error, high=value + 1.96 * error)


def _judge(name: str, draws: Sequence[Sequence[Estimate]], truth: FloatArray, *, worth: float = 1.0) -> Check:
    values = np.array([[one.value for one in draw] for draw in draws])
    held = np.array([[one.low <= true <= one.high for one, true in zip(draw, truth, strict=True)] for draw in draws])
    spread = max(float(truth.std()), 1e-9)
    return Check(
        estimator=name,
        rank_correlation=round(float(np.mean([_spearman(row, truth) for row in values])), 3),
        coverage=round(float(held.mean()), 3),
        effective_share=round(worth, 3),
        relative_error=round(float(np.abs(values - truth).mean() / spread), 3),
    )


def _spearman(first: FloatArray, second: FloatArray) -> float:
    """Rank correlation.

    >>> round(_spearman(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 9.0])), 3)
    1.0
    """
    return float(np.corrcoef(np.argsort(np.argsort(first)), np.argsort(np.argsort(second)))[0, 1])

"""Everybody's lives under every policy: shard by shard, on as many processes as there are.

A shard is a small shop of its own: one engine, its customers, its history. Results depend on the seed and the shards, never on the processes.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from msgspec import Struct

from tactful.app.engine import Engine
from tactful.simulate.life import Life
from tactful.simulate.parameters import World, read_world
from tactful.simulate.policies.blast_all import BlastAll
from tactful.simulate.policies.calendar_caps import CalendarCaps
from tactful.simulate.policies.cart_nag import CartNag
from tactful.simulate.policies.engine import Tactful, put_feed
from tactful.simulate.policies.last_viewed import LastViewed
from tactful.simulate.policies.oracle import Oracle
from tactful.simulate.policies.propensity import Propensity
from tactful.simulate.policies.replay import Replay
from tactful.simulate.policies.silence import Silence
from tactful.simulate.policy import Send
from tactful.simulate.shop import Shop, changes, feed, feed_rows, open_shop
from tactful.simulate.truth import Person, meet, time_of
from tactful.wiring import load_policy, open_engine

MONTH_DAYS = 30.4
PAST_DAYS = 180.0
"""What the shop has on record when the policies begin."""
LEARNS_EVERY_DAYS = 91.0
SHARD = 500
"""Customers a shard."""
WEEK = 7.0
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
"""Where libraries of linear algebra look for how many threads they may have."""

BASELINES: dict[str, Callable[[Shop], object]] = {
    "blast_all": BlastAll,
    "last_viewed": LastViewed,
    "cart_nag": CartNag,
    "propensity": Propensity,
    "calendar_caps": CalendarCaps,
    "silence": Silence,
}
POLICIES = ("tactful", *BASELINES, "oracle")
YOURS = "yours"
"""The name of a shop's own settings of Tactful, beside those as shipped."""

Progress = Callable[[int], None]


class Setup(Struct, frozen=True, kw_only=True):
    """What is simulated."""

    world: str
    customers: int = 5000
    months: int = 24
    seed: int = 1
    policies: tuple[str, ...] = POLICIES
    shard: int = SHARD
    changed: tuple[tuple[str, float], ...] = ()
    """Assumptions multiplied, by name."""
    policy_file: str | None = None
    """A shop's own tactful.toml, where ``yours`` is among the policies."""

    @property
    def days(self) -> float:
        """Length in days."""
        return float(int(self.months * MONTH_DAYS))

    def read(self) -> World:
        """The world as it is to be."""
        world = read_world(self.world)
        for name, factor in self.changed:
            world = world.changed(name, factor)
        return world


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one customer under one policy."""

    person: int
    policy: str
    counts: dict[str, int]
    past: dict[str, int]
    """What the shop saw of them before, the same under every policy."""
    early: dict[str, int]
    """The counts after the first quarter."""
    goodwill: float
    sends: tuple[Send, ...] = ()
    shelves: tuple[tuple[float, tuple[int, ...]], ...] = ()


def play(setup: Setup, *, workers: int, progress: Progress) -> list[Outcome]:
    """Live everybody's lives; outcomes by person, then in the order of the policies. ``progress`` hears of lives that ended."""
    shards = list(range(0, setup.customers, setup.shard))
    outcomes: list[Outcome] = []
    if workers == 1:
        for first in shards:
            outcomes += play_shard(setup, first)
            progress(len(_people(setup, first)) * len(setup.policies))
    else:
        with _one_thread_each(), ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            running = {pool.submit(play_shard, setup, first): first for first in shards}
            for done in as_completed(running):
                outcomes += done.result()
                progress(len(_people(setup, running[done])) * len(setup.policies))
    return sorted(outcomes, key=lambda outcome: (outcome.person, setup.policies.index(outcome.policy)))


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that begin meanwhile multiply on one thread each: there are as many as cores, and threads that wait for a core burn another."""
    unset = [name for name in THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(unset, "1"))
    try:
        yield
    finally:
        for name in unset:
            del os.environ[name]


def _people(setup: Setup, first: int) -> range:
    return range(first, min(first + setup.shard, setup.customers))


def play_shard(setup: Setup, first: int) -> list[Outcome]:
    """The customers from ``first`` on, under every policy."""
    shop = open_shop(setup.read(), seed=setup.seed, days=setup.days)
    people = [meet(shop, number, seed=setup.seed, past=PAST_DAYS, days=setup.days) for number in _people(setup, first)]
    outcomes: list[Outcome] = []
    for policy in setup.policies:
        ours = policy in ("tactful", YOURS)
        lives = (
            _under_engine(setup, shop, people, file=setup.policy_file if policy == YOURS else None) if ours else _under_rule(setup, shop, people, policy=policy)
        )
        outcomes += [_outcome(life, policy) for life in lives]
    return outcomes


def _life(setup: Setup, shop: Shop, person: Person) -> Life:
    return Life(shop, person, seed=setup.seed, past=PAST_DAYS, days=setup.days)


def _under_rule(setup: Setup, shop: Shop, people: Sequence[Person], *, policy: str) -> Iterator[Life]:
    for person in people:
        life = _life(setup, shop, person)
        life.begin(Oracle(life) if policy == "oracle" else BASELINES[policy](shop))  # type: ignore[arg-type]
        life.rule_from(0)
        life.live(setup.days)
        yield life


def _under_engine(setup: Setup, shop: Shop, people: Sequence[Person], *, file: str | None) -> list[Life]:
    """Week by week, since one engine serves them all: the feed is read weekly, and models are learned every quarter. ``file``: a policy of their own."""
    engine = open_engine("memory:", policy=load_policy(Path(file)) if file is not None else None)
    put_feed(engine, feed(shop, day=0), day=None)
    lives = [_life(setup, shop, person) for person in people]
    for life in lives:
        policy = Tactful(engine, shop, life.person)
        life.begin(policy)
        life.live(0)
        policy.told.record(0)
        life.rule_from(0)
    day, learned = 0.0, -LEARNS_EVERY_DAYS
    while day < setup.days:
        if day - learned >= LEARNS_EVERY_DAYS:
            engine.train(now=time_of(day))
            learned = day
        until = min(day + WEEK, setup.days)
        for life in lives:
            life.live(until)
        _read_feed(engine, shop, since=day, until=until)
        day = until
    engine.store.close()
    return lives


def _read_feed(engine: Engine, shop: Shop, *, since: float, until: float) -> None:
    styles = {style.number: style for _, style in changes(shop, since, until)}
    if styles:
        put_feed(engine, [row for style in styles.values() for row in feed_rows(shop, style, day=until)], day=until)


def _outcome(life: Life, policy: str) -> Outcome:
    return Outcome(
        person=life.person.number,
        policy=policy,
        counts=dict(sorted(life.tally.items())),
        past={"consented": int(life.person.consented), **dict(sorted(life.past.items()))},
        early=dict(sorted(life.early.items())),
        goodwill=round(life.goodwill, 6),
        sends=tuple(life.sends),
        shelves=tuple(life.shelves),
    )


def replay(setup: Setup, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The same messages and shelves again, under the assumptions of another setup: how they would have been taken."""
    shop = open_shop(setup.read(), seed=setup.seed, days=setup.days)
    again: list[Outcome] = []
    for outcome in outcomes:
        life = _life(setup, shop, meet(shop, outcome.person, seed=setup.seed, past=PAST_DAYS, days=setup.days))
        life.begin(Replay(dict(outcome.shelves)))
        life.expect(outcome.sends)
        life.live(setup.days)
        again.append(_outcome(life, outcome.policy))
    return again

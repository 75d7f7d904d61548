"""What is looked at next in a visit: two public logs of shops, by the splits of session research, ours beside what is usual there.

Diginetica (CIKM Cup 2016) and RetailRocket, as session research prepared them, in ``sessions-diginetica`` and ``sessions-retailrocket`` of the data directory:
visits in order of time; the latest are asked about look by look, each time with all looks before, and all things are ranked. Twice: once anything counts,
once only what was not looked at in the visit before is named and asked about. What ours learns it learns from the earlier visits, the latest of which tell
it how to weigh. No embarrassingly shallow autoencoder: a dense square of forty thousand things is 15 GiB.
"""

import gzip
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from tactful.bench import Setting
from tactful.bench._cost import Cost, measured
from tactful.bench._score import interval_of_ratio
from tactful.bench._session_peers import ItemKnn, NextOfLast, Peer, Popularity, SequentKnn, SessionKnn, VStan
from tactful.model.errors import NotReady
from tactful.recommend._visits import Visits
from tactful.recommend.this_visit import ThisVisit

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
OURS = "Tactful"
PEERS: tuple[type[Peer], ...] = (Popularity, ItemKnn, NextOfLast, SessionKnn, SequentKnn, VStan)
LENGTH = 20
MUST = {"diginetica": 0.542, "retailrocket": 0.56}
QUICK_SHARE = 20
SEED = 8321
NOTHING = -1


class Log(Struct, frozen=True, kw_only=True):
    """A log of visits and what is asked about later ones."""

    visits: Visits
    things: int
    asked: list[Ints]
    """Looks so far, the latest last."""
    target: Ints
    """What was looked at next."""
    visit: Ints
    """Which visit each question is of."""


class _Later(Struct):
    """As it stands in the file."""

    prefix: list[list[int]]
    target: list[int]


class Lists(Struct, frozen=True, kw_only=True):
    """Everybody's list, best first; int64 [questions, 20], `NOTHING` where there are fewer."""

    top: Ints
    fitting: Cost
    micros: float


def run(console: Console, setting: Setting) -> int:
    """Compare ours with six others on both; 0 where ours reaches what was promised. Raises NotReady without the data."""
    if setting.public is None:
        raise NotReady("the visits come with no package: name the directory that holds sessions-diginetica and sessions-retailrocket with --data-dir")
    reached = [compare(console, name, read(setting.public / f"sessions-{name}", quick=setting.quick)) for name in MUST]
    return 0 if all(reached) else 1


def read(folder: Path, *, quick: bool) -> Log:
    """Read one log. Raises NotReady."""
    try:
        sessions = msgspec.json.decode(gzip.decompress((folder / "train_sessions.json.gz").read_bytes()), type=list[list[int]])
        later = msgspec.json.decode(gzip.decompress((folder / "test_prefixes.json.gz").read_bytes()), type=_Later)
    except OSError as trouble:
        raise NotReady(f"cannot read {trouble.filename or folder}: {trouble.strerror or trouble}") from None
    asked, target = [np.array(looks, np.int64) for looks in later.prefix], np.array(later.target, np.int64)
    things = 1 + max(int(target.max()), *map(max, sessions), *map(max, later.prefix))
    # One visit's questions stand together, the longest first.
    length = np.array([len(looks) for looks in asked])
    visit = np.cumsum(np.concatenate(([True], np.diff(length) != -1)))
    kept = np.flatnonzero(visit % QUICK_SHARE == 0) if quick else np.arange(len(asked))
    return Log(visits=_visits(sessions), things=things, asked=[asked[i] for i in kept.tolist()], target=target[kept], visit=visit[kept])


def compare(console: Console, name: str, log: Log) -> bool:
    """Ask everybody about every look, and print who was right; whether ours reaches what was promised."""
    again: dict[str, Lists] = {}
    fresh: dict[str, Lists] = {}
    for kind in PEERS:
        peer, cost = measured(lambda kind=kind: kind(log.visits, things=log.things))  # type: ignore[misc]
        again[peer.name], fresh[peer.name] = _lists(log, lambda looks, count, peer=peer: _best(peer.score(looks), count), cost)  # type: ignore[misc]
    ours = ThisVisit()
    _, cost = measured(lambda: ours.remember(log.visits, tuple(str(thing) for thing in range(log.things))))
    again[OURS], fresh[OURS] = _lists(log, lambda looks, count: ours.finds(looks, count=count, again=True)[0], cost)
    new = np.array([target not in looks for looks, target in zip(log.asked, log.target, strict=True)])
    all_asked = np.ones(len(new), np.bool_)
    title = f"{name}: {len(log.visits):,} visits to learn from, {log.things:,} things, {len(log.asked):,} looks asked about"
    console.print(_table(f"{title}; anything counts", again, log, all_asked))
    console.print(_table(f"{name}: only what was not looked at in the visit before ({new.sum():,} looks)", fresh, log, new))
    return bool(_hit(again[OURS], log).mean() >= MUST[name])


def _best(score: Floats, count: int) -> Ints:
    best = np.argpartition(-score, count)[:count] if count < len(score) else np.arange(len(score))
    best = best[np.lexsort((best, -score[best]))]
    return best[score[best] > 0]


def _lists(log: Log, top_of: Callable[[Ints, int], Ints], fitting: Cost) -> tuple[Lists, Lists]:
    """The lists in which anything counts, and those of what was not looked at in the visit before: the same order without it."""
    again, fresh = (np.full((len(log.asked), LENGTH), NOTHING) for _ in range(2))
    started = time.process_time()
    for i, looks in enumerate(log.asked):
        found = top_of(looks, LENGTH + len(looks))
        again[i, : len(found[:LENGTH])] = found[:LENGTH]
        new = found[~np.isin(found, looks)][:LENGTH]
        fresh[i, : len(new)] = new
    micros = (time.process_time() - started) / max(len(log.asked), 1) * 1e6
    return Lists(top=again, fitting=fitting, micros=micros), Lists(top=fresh, fitting=fitting, micros=micros)


def _hit(lists: Lists, log: Log) -> Floats:
    return np.asarray((lists.top == log.target[:, None]).any(axis=1), np.float64)


def _table(title: str, lists: dict[str, Lists], log: Log, some: NDArray[np.bool_]) -> Table:
    columns = ("hit rate", "95 %", f"{OURS} ahead by", "MRR", "seen already", "coverage", "novelty", "fit s", "MiB", "µs")
    table = Table("at 20", *columns, title=title)
    _, visit = np.unique(log.visit[some], return_inverse=True)
    share = np.maximum(np.bincount(log.visits.thing, minlength=log.things), 1) / len(log.visits.thing)
    looked_at = np.unique(np.concatenate([i * log.things + looks for i, looks in enumerate(log.asked)]))
    ours = _hit(lists[OURS], log)[some]
    for name, found in lists.items():
        hit, top = _hit(found, log)[some], found.top[some]
        low, high = _interval(hit, visit)
        ahead = _interval(ours - hit, visit)
        place = np.argmax(top == log.target[some][:, None], axis=1)
        seen = np.isin(np.flatnonzero(some)[:, None] * log.things + top, looked_at) & (top != NOTHING)
        named = top[top != NOTHING]
        table.add_row(
            name,
            f"{hit.mean():.4f}",
            f"{low:.4f}–{high:.4f}",
            "" if name == OURS else f"{ahead[0]:+.4f} to {ahead[1]:+.4f}",
            f"{(hit / (place + 1)).mean():.4f}",
            f"{seen.sum() / max(len(named), 1):.1%}",
            f"{len(np.unique(named)) / log.things:.1%}",
            f"{float(-np.log2(share[named]).mean()):.2f}",
            f"{found.fitting.seconds:.1f}",
            f"{found.fitting.peak_mib:.0f}",
            f"{found.micros:.0f}",
        )
    return table


def _interval(value: Floats, visit: Ints) -> tuple[float, float]:
    """Of the mean over looks, where visits are drawn: looks of one visit stand and fall together."""
    hits = np.asarray(np.bincount(visit, weights=value), np.float64)
    return interval_of_ratio(hits, np.bincount(visit).astype(np.float64), seed=SEED)


def _visits(sessions: list[list[int]]) -> Visits:
    length = np.array([len(session) for session in sessions])
    return Visits(thing=np.array([thing for session in sessions for thing in session], np.int64), start=np.concatenate(([0], np.cumsum(length))))

"""Things they never bought: what of the next eight weeks' purchases that are new to each household is among ten.

One grocer's year, by product and by type. Learned from all but the last eight weeks; only what the household never had is named, by ours and by the others.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from tactful.bench import Setting
from tactful.bench._cost import measured
from tactful.bench._grocer import Level, purchase_table, read_lines
from tactful.bench._lists import LENGTH, NOTHING, Lists, Truth, ahead_of_all, best_of, judge, lists_of, merit_table
from tactful.bench._peers import Als, Ease, ItemKnn, Peer, Popularity, UserKnn
from tactful.model.tables import PurchaseTable
from tactful.recommend._baskets import baskets_of, taste
from tactful.recommend.like_you import LikeYou, LikeYouConfig

Ints = NDArray[np.int64]
OURS = "Tactful"
PEERS: tuple[type[Peer], ...] = (Popularity, ItemKnn, UserKnn, Ease, Als)
LATER_DAYS = 56.0
MOST_THINGS = 3_000
"""The things most have, as in the figures that ours are compared with."""
MUST_HIT, MUST_BE_NOVEL = 0.50, 2.2
"""For products: of ten one found at least, and how far from what everybody has, bits."""


def run(console: Console, setting: Setting) -> int:
    """Compare ours with popularity, neighbours, EASE and factors; 0 where ours reaches what was promised for products."""
    lines = read_lines(quick=setting.quick)
    reached = [compare(console, purchase_table(lines, level), level, least_customers=20 if setting.quick else 200) for level in ("product", "type")]
    return 0 if reached[0] else 1


def compare(console: Console, purchases: PurchaseTable, level: Level, *, least_customers: int) -> bool:
    """Name ten new things for everybody and print who was right."""
    purchases = _most_had(purchases)
    then, keys = purchases.until_day - LATER_DAYS, len(purchases.catalog.groups)
    known = purchases.before(then)
    group, later = purchases.catalog.group_of, purchases.day >= then
    past = baskets_of(known.customer, group[known.row], known.day, customers=len(known.customers))
    had = np.unique(past.customer * keys + past.key)
    bought = np.unique(purchases.customer[later].astype(np.int64) * keys + group[purchases.row[later]])
    new = np.setdiff1d(bought, had)
    new = new[past.count[new // keys] > 0]
    buyers = np.bincount(had % keys, minlength=keys).astype(np.float64)
    kind = np.zeros(keys, np.int64)
    kind[group] = purchases.catalog.type_of
    truth = Truth(customers=np.unique(new // keys), pairs=new, had=had, keys=keys, buyers=buyers, kind=kind)
    has = taste(past, keys=keys)
    lists: dict[str, Lists] = {}
    for peer in (kind_of_peer() for kind_of_peer in PEERS):
        _, cost = measured(lambda peer=peer: peer.fit(past, keys=keys))  # type: ignore[misc]
        lists[peer.name] = lists_of(truth.customers, lambda some, peer=peer: best_of(np.where(has[some].toarray() > 0, -np.inf, peer.score(some))), cost)  # type: ignore[misc]
    ours = LikeYou(LikeYouConfig(least_customers=least_customers))
    _, cost = measured(lambda: ours.train(known))
    ours.bind(known.catalog)
    lists[OURS] = lists_of(truth.customers, lambda some: np.array([_ten(ours, has.indices[a:b], has.data[a:b]) for a, b in _spans(has.indptr, some)]), cost)
    merits = {who: judge(truth, found.top) for who, found in lists.items()}
    console.print(merit_table(f"{level}: {len(truth.customers):,} households, {keys:,} things, {len(new):,} new purchases", lists, merits, ours=OURS))
    console.print(f"ahead of all others in recall: {'yes' if ahead_of_all(merits, ours=OURS) else 'no'}")
    return bool(merits[OURS].hit.mean() >= MUST_HIT and merits[OURS].novelty >= MUST_BE_NOVEL)


def _spans(indptr: NDArray[np.int32], customers: Ints) -> list[tuple[int, int]]:
    return list(zip(indptr[customers].tolist(), indptr[customers + 1].tolist(), strict=True))


def _ten(ours: LikeYou, own: NDArray[np.int32], amount: NDArray[np.float32]) -> Ints:
    styles, _ = ours.finds(own.astype(np.int64), amount.astype(np.float64), count=LENGTH)
    return np.concatenate((styles, np.full(LENGTH - len(styles), NOTHING)))


def _most_had(purchases: PurchaseTable) -> PurchaseTable:
    """Only the things that most households had before the weeks asked about."""
    size = len(purchases.catalog.products)
    before = purchases.day < purchases.until_day - LATER_DAYS
    pair = np.unique(purchases.customer[before].astype(np.int64) * size + purchases.row[before])
    buyers = np.bincount(pair % size, minlength=size)
    kept = np.zeros(size, np.bool_)
    kept[np.argsort(-buyers, kind="stable")[:MOST_THINGS]] = True
    keep = kept[purchases.row]
    return msgspec.structs.replace(purchases, **{name: getattr(purchases, name)[keep] for name in ("customer", "row", "day", "order")})

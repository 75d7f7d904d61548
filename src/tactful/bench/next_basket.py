"""What will be in the next basket: everybody's last one, from all that came before.

The Complete Journey: products sold seventeen times or more, a day's purchases of a household as one basket, the latest fifty baskets of households with four
or more. Ta-Feng: the files of the "reality check" of next-basket research, in ``tafeng`` of the data directory; customers fall into five parts, and ours is
asked about each part after learning from the other four. Online Retail: a wholesaler, in ``online-retail``, prepared as The Complete Journey is. All others
know everybody's earlier baskets. The basket asked about is seen by nobody.
"""

import gzip
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from tactful.bench import Setting, _cornac, _grocer, _wholesaler
from tactful.bench._cost import Cost, measured
from tactful.bench._lists import LENGTH, NOTHING, Lists, Truth, ahead_of_all, best_of, judge, lists_of, merit_table
from tactful.bench._peers import Als, Bpr, Ease, FadingFrequency, ItemKnn, OwnFrequency, OwnThenPopular, Peer, Popularity, TifuKnn, UpCf
from tactful.catalog import build_table
from tactful.model.errors import NotReady
from tactful.model.products import Product
from tactful.model.tables import PurchaseTable
from tactful.recommend._baskets import Baskets, baskets_of
from tactful.recommend.next_basket import NextBasket, NextBasketConfig

Ints = NDArray[np.int64]
OURS = "Tactful"
PEERS: tuple[type[Peer], ...] = (Popularity, OwnFrequency, OwnThenPopular, FadingFrequency, TifuKnn, UpCf, ItemKnn, Ease, Als, Bpr)
LEAST_BASKETS, LATEST = 4, 50
PARTS = 5
LEAST_HITS = 100
"""A quick run has few."""
QUICK_SHARE = 10
MUST = {"Complete Journey": 0.165, "Ta-Feng": 0.145}
SEED = 8321


def run(console: Console, setting: Setting) -> int:
    """Compare ours with ten others on each; 0 where ours reaches what was promised and is ahead of every other."""
    everything = {"Complete Journey": (_latest(_grocer.read_lines(quick=setting.quick)), 1)}
    if setting.public is None:
        console.print("Ta-Feng and Online Retail are left out: name the directory that holds them with --data-dir")
    else:
        everything["Ta-Feng"] = (_ta_feng(setting.public / "tafeng", quick=setting.quick), PARTS)
        everything["Online Retail"] = (_latest(_wholesaler.read_lines(setting.public / "online-retail", quick=setting.quick)), 1)
    reached = [compare(console, name, purchases, parts=parts) for name, (purchases, parts) in everything.items()]
    return 0 if all(reached) else 1


def compare(console: Console, name: str, purchases: PurchaseTable, *, parts: int, least_hits: int = LEAST_HITS) -> bool:
    """Ask about everybody's last basket and print who was right; whether ours reaches what was promised."""
    keys = len(purchases.catalog.groups)
    baskets = _baskets(purchases)
    past, last = baskets.without_last()
    before = _before_last(purchases, baskets)
    truth = _truth(past, last, purchases, keys=keys)
    lists: dict[str, Lists] = {}
    peers = {kind.name: kind() for kind in PEERS}
    for peer in peers.values():
        _, cost = measured(lambda peer=peer: peer.fit(past, keys=keys))  # type: ignore[misc]
        lists[peer.name] = lists_of(truth.customers, lambda some, peer=peer: best_of(peer.score(some)), cost)  # type: ignore[misc]
    lists[OURS] = _ours(before, truth.customers, parts=parts, least_hits=least_hits)
    merits = {who: judge(truth, found.top) for who, found in lists.items()}
    console.print(merit_table(f"{name}: {len(truth.customers):,} customers, {keys:,} things", lists, merits, ours=OURS))
    if _cornac.is_there():
        console.print(_cornac.cross_check(f"{name}, the same by cornac", truth, past, peers=peers))
    return merits[OURS].recall.mean() >= MUST.get(name, 0.0) and ahead_of_all(merits, ours=OURS)


def _ours(before: PurchaseTable, customers: Ints, *, parts: int, least_hits: int) -> Lists:
    """Lists of ours; with several parts each is asked after learning from the others only."""
    part_of = np.random.default_rng(SEED).permutation(len(before.customers)) % parts
    past = _baskets(before)
    found: dict[int, Ints] = {}
    costs, micros = [], []
    for part in range(parts):
        source = NextBasket(NextBasketConfig(least_hits=least_hits))
        learners = _of_customers(before, (part_of != part) | (parts == 1))
        _, cost = measured(lambda source=source, learners=learners: source.train(learners))  # type: ignore[misc]
        asked = customers[part_of[customers] == part]
        lists = lists_of(asked, lambda some, source=source: _top(source, past, some), cost)  # type: ignore[misc]
        found |= dict(zip(asked.tolist(), lists.top, strict=True))
        costs.append(cost)
        micros.append(lists.micros)
    usual = Cost(seconds=float(np.mean([cost.seconds for cost in costs])), peak_mib=max(cost.peak_mib for cost in costs))
    return Lists(top=np.array([found[one] for one in customers.tolist()]), fitting=usual, micros=float(np.mean(micros)))


def _top(source: NextBasket, past: Baskets, customers: Ints) -> Ints:
    some = np.zeros(len(past.count), np.bool_)
    some[customers] = True
    proposed, score = source.rank(past.of(some).compact())
    order = np.lexsort((proposed.key, -score, proposed.customer))
    start = np.searchsorted(proposed.customer[order], np.arange(len(customers)))
    place = np.arange(len(order)) - start[proposed.customer[order]]
    top = np.full((len(customers), LENGTH), NOTHING)
    kept = order[place < LENGTH]
    top[proposed.customer[kept], place[place < LENGTH]] = proposed.key[kept]
    return top


def _truth(past: Baskets, last: Baskets, purchases: PurchaseTable, *, keys: int) -> Truth:
    had = np.unique(past.customer * keys + past.key)
    kind = np.zeros(keys, np.int64)
    kind[purchases.catalog.group_of] = purchases.catalog.type_of
    return Truth(
        customers=np.unique(last.customer),
        pairs=np.unique(last.customer * keys + last.key),
        had=had,
        keys=keys,
        buyers=np.bincount(had % keys, minlength=keys).astype(np.float64),
        kind=kind,
    )


def _baskets(purchases: PurchaseTable) -> Baskets:
    return baskets_of(purchases.customer, purchases.catalog.group_of[purchases.row], purchases.day, customers=len(purchases.customers))


def _before_last(purchases: PurchaseTable, baskets: Baskets) -> PurchaseTable:
    """Without everybody's last day of purchases."""
    last_day = np.full(len(purchases.customers), np.inf)
    several = (baskets.age == 0) & (baskets.count[baskets.customer] > 1)
    last_day[baskets.customer[several]] = baskets.day[several]
    return _where(purchases, np.floor(purchases.day) < last_day[purchases.customer])


def _of_customers(purchases: PurchaseTable, some: NDArray[np.bool_]) -> PurchaseTable:
    return _where(purchases, some[purchases.customer])


def _where(purchases: PurchaseTable, keep: NDArray[np.bool_]) -> PurchaseTable:
    return msgspec.structs.replace(purchases, **{name: getattr(purchases, name)[keep] for name in ("customer", "row", "day", "order")})


def _latest(lines: _grocer.Lines) -> PurchaseTable:
    """The latest baskets of who has several."""
    purchases = _grocer.purchase_table(lines, "product")
    baskets = _baskets(purchases)
    first = np.full(len(purchases.customers), np.inf)
    kept = (baskets.age < LATEST) & (baskets.count[baskets.customer] >= LEAST_BASKETS)
    np.minimum.at(first, baskets.customer[kept], baskets.day[kept])
    return _where(purchases, np.floor(purchases.day) >= first[purchases.customer])


def _ta_feng(folder: Path, *, quick: bool) -> PurchaseTable:
    """The baskets as days: the data has an order but no dates."""
    lines: list[tuple[int, int, int]] = []
    past, future = (_read(folder / f"tafeng_{name}.json.gz") for name in ("history", "future"))
    names = sorted(past, key=int)[:: QUICK_SHARE if quick else 1]
    for number, name in enumerate(names):
        baskets = [basket for basket in (*past[name], *future[name]) if basket != [-1]]
        lines += [(number, item, day) for day, basket in enumerate(baskets) for item in basket]
    customer, item, day = np.array(lines, np.int64).T
    items, row = np.unique(item, return_inverse=True)
    count = np.bincount(customer, weights=np.r_[True, np.diff(day) != 0] | np.r_[True, np.diff(customer) != 0]).astype(np.int64)
    _, order = np.unique(customer * (day.max() + 1) + day, return_inverse=True)
    return PurchaseTable(
        customer=customer.astype(np.int32),
        row=row.astype(np.int32),
        day=day.astype(np.float64) - count[customer],  # so that all end on the same day
        order=order.astype(np.int32),
        customers=tuple(names),
        country=("",) * len(names),
        until_day=0.0,
        catalog=build_table([Product(id=str(one), title=str(one), sensitivity="none") for one in items.tolist()], (), version=1),
    )


def _read(file: Path) -> dict[str, list[list[int]]]:
    try:
        return msgspec.json.decode(gzip.decompress(file.read_bytes()), type=dict[str, list[list[int]]])
    except OSError as trouble:
        raise NotReady(f"cannot read {file}: {trouble.strerror or trouble}") from None

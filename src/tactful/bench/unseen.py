"""Things they never bought: what of the purchases of the last eight weeks of the year that are new to each household is among ten.

One grocer's year, by product and by type. Learned from the first 44 weeks; only what the household never had is named, by ours and by the others,
and only of things sold often. Of what else they bought ours hears the kind; the others have no way to.
"""

from collections.abc import Callable

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
LEARNED_DAYS = 44 * 7.0
LEAST_LINES: dict[Level, int] = {"product": 100, "type": 50}
"""Things sold less often are left out, as in the figures that ours are compared with."""
POOL = 200
"""Found, to name ten of the things sold often."""
MUST_HIT, MUST_BE_NOVEL = 0.50, 2.2
"""For products: of ten one found at least, and how far from what everybody has, bits."""


def run(console: Console, setting: Setting) -> int:
    """Compare ours with popularity, neighbours, EASE and factors; 0 where ours reaches what was promised for products."""
    lines = read_lines(quick=setting.quick)
    least_customers = 20 if setting.quick else 200
    reached = []
    for level, least in LEAST_LINES.items():
        purchases, everything = (purchase_table(lines, level, least_lines=at_least) for at_least in (least, 1))
        reached.append(compare(console, purchases, everything, title=level, then=lines.first_day + LEARNED_DAYS, least_customers=least_customers))
    return 0 if reached[0] else 1


def compare(console: Console, purchases: PurchaseTable, everything: PurchaseTable, *, title: str, then: float, least_customers: int) -> bool:
    """Name ten new things of those purchased for everybody, and print who was right; ``everything`` has what is sold too seldom to be named as well."""
    keys = len(purchases.catalog.groups)
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
    _, cost = measured(lambda: ours.train(everything.before(then)))
    ours.bind(everything.catalog)
    lists[OURS] = lists_of(truth.customers, _named_by(ours, purchases, everything.before(then)), cost)
    merits = {who: judge(truth, found.top) for who, found in lists.items()}
    console.print(merit_table(f"{title}: {len(truth.customers):,} households, {keys:,} things, {len(new):,} new purchases", lists, merits, ours=OURS))
    console.print(f"ahead of all others in recall: {'yes' if ahead_of_all(merits, ours=OURS) else 'no'}")
    return bool(merits[OURS].hit.mean() >= MUST_HIT and merits[OURS].novelty >= MUST_BE_NOVEL)


def _named_by(ours: LikeYou, purchases: PurchaseTable, known: PurchaseTable) -> Callable[[Ints], Ints]:
    """Ten by customer of ``purchases``, by all they are known to have had."""
    catalog = known.catalog
    styles = catalog.group_of[known.row]
    has = taste(baskets_of(known.customer, styles, known.day, customers=len(known.customers)), keys=len(catalog.groups))
    number = {name: i for i, name in enumerate(known.customers)}
    key_of = np.full(len(catalog.groups), NOTHING)
    code_of = {name: code for code, name in enumerate(catalog.groups)}
    key_of[[code_of[name] for name in purchases.catalog.groups]] = np.arange(len(purchases.catalog.groups))

    def ten(customer: int) -> Ints:
        line = has[number[purchases.customers[customer]]]
        found = key_of[ours.finds(line.indices.astype(np.int64), line.data.astype(np.float64), count=POOL)[0]]
        found = found[found != NOTHING][:LENGTH]
        return np.concatenate((found, np.full(LENGTH - len(found), NOTHING)))

    return lambda some: np.array([ten(customer) for customer in some.tolist()])

"""The library `cornac` (extra ``[cornac]``) as an oracle: whether the peers that we wrote down ourselves say what a published implementation says.

Only of some customers: it is asked for one at a time.
"""

from collections import OrderedDict
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from tactful.bench._cost import measured
from tactful.bench._lists import NOTHING, Truth, best_of, judge
from tactful.bench._peers import OwnThenPopular, Peer, UpCf
from tactful.recommend._baskets import Baskets

Ints = NDArray[np.int64]
ASKED = 200
SEED = 8321


def is_there() -> bool:
    """Whether the library and what its models import are installed."""
    try:
        import_module("cornac")
        import_module("similaripy")
    except ImportError:
        return False
    return True


def cross_check(title: str, truth: Truth, past: Baskets, *, peers: dict[str, Peer]) -> Table:
    """The same customers asked of ours and of the library's: recall of both, and what of the lists is the same."""
    chosen = np.sort(np.random.default_rng(SEED).permutation(truth.customers)[:ASKED])
    table = Table("at 10", "ours", "cornac's", "same things", "cornac's fit s", "µs", title=f"{title}: {len(chosen)} customers")
    some = _of(truth, chosen)
    for name, model in _models().items():
        _, cost = measured(lambda model=model: model.fit(_data(past, truth.keys)))  # type: ignore[misc]
        theirs, asking = measured(lambda model=model: np.concatenate([_list(model, past, one) for one in chosen.tolist()]))  # type: ignore[misc]
        ours = best_of(peers[name].score(chosen))
        same = np.mean([len(np.intersect1d(a[a != NOTHING], b[b != NOTHING])) / max((a != NOTHING).sum(), 1) for a, b in zip(ours, theirs, strict=True)])
        figures = (judge(some, ours).recall.mean(), judge(some, theirs).recall.mean())
        micros = asking.seconds / len(chosen) * 1e6
        table.add_row(name, *(f"{figure:.4f}" for figure in figures), f"{same:.1%}", f"{cost.seconds:.1f}", f"{micros:,.0f}")
    return table


def _models() -> dict[str, Any]:
    """The library's models under our names, with our parameters. Its TIFU-KNN is left out: it takes one mean over all neighbours and all things."""
    models = import_module("cornac.models")
    return {OwnThenPopular.name: models.GPTop(), UpCf.name: models.UPCF(recency=UpCf.latest, locality=UpCf.locality, asymmetry=UpCf.asymmetry)}


def _data(past: Baskets, keys: int) -> Any:
    """Everybody's baskets as the library wants them."""
    names = OrderedDict((key, key) for key in range(keys))
    lines = zip(past.customer.tolist(), past.basket.tolist(), past.key.tolist(), strict=True)
    rows = [(customer, f"{customer}-{basket}", key) for customer, basket, key in lines]
    return import_module("cornac.data").BasketDataset.build(rows, fmt="UBI", global_iid_map=names)


def _list(model: Any, past: Baskets, customer: int) -> Ints:
    """The library's ten for one customer, int64 [1, 10]."""
    first, last = np.searchsorted(past.customer, [customer, customer + 1])
    baskets = np.split(past.key[first:last], np.flatnonzero(np.diff(past.basket[first:last])) + 1)
    score = np.asarray(model.score(customer, [basket.tolist() for basket in baskets]), np.float32)
    return best_of(score[None])


def _of(truth: Truth, customers: Ints) -> Truth:
    """The truth about some customers."""
    pairs = truth.pairs[np.isin(truth.pairs // truth.keys, customers)]
    return Truth(customers=customers, pairs=pairs, had=truth.had, keys=truth.keys, buyers=truth.buyers, kind=truth.kind)

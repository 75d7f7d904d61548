"""Lists of ten, judged; and the ways of making them that ours are compared with."""

import gzip
import io
import json
import re

import numpy as np
import pytest
from rich.console import Console

from small_shop import purchase_table
from tactful.bench import Setting, next_basket, unseen
from tactful.bench._lists import NOTHING, Truth, best_of, judge
from tactful.bench._peers import FadingFrequency, OwnFrequency, Peer, TifuKnn
from tactful.model.errors import NotReady
from tactful.recommend._baskets import baskets_of

KEYS = 5


def truth_of(bought, had):
    """One customer, keys 0 to 4."""
    buyers = np.array([1.0, 1, 0, 0, 0])
    return Truth(customers=np.array([0]), pairs=np.array(bought), had=np.array(had), keys=KEYS, buyers=buyers, kind=np.array([0, 0, 1, 2, 3]))


def test_a_list_is_judged_by_hand():
    merits = judge(truth_of([0, 2, 4], [0, 1]), np.array([[0, 1, 2, NOTHING]]))
    assert merits.recall.tolist() == [pytest.approx(2 / 3)]
    assert (merits.recall_again.tolist(), merits.recall_new.tolist()) == ([1.0], [0.5])
    assert merits.ndcg.tolist() == [pytest.approx((1 + 0.5) / (1 + 1 / np.log2(3) + 0.5))]
    assert merits.already == pytest.approx(2 / 3)
    assert merits.twice == 0.25
    assert merits.coverage == 3 / 5


def test_what_is_never_proposed_leaves_a_gap():
    assert best_of(np.array([[0.1, -np.inf, 0.3]], np.float32)).tolist() == [[2, 0, NOTHING]]


def scored(kind: type[Peer]):
    baskets = baskets_of(np.array([0, 0, 0, 1], np.int32), np.array([0, 0, 1, 2], np.int32), np.array([1.0, 2.0, 3.0, 1.0]), customers=2)
    peer = kind()
    peer.fit(baskets, keys=KEYS)
    return peer.score(np.array([0]))[0]


def test_frequencies_by_hand():
    assert scored(OwnFrequency)[:2] == pytest.approx([2, 1], abs=1e-4)
    assert np.isneginf(scored(OwnFrequency)[2:]).all()
    assert scored(FadingFrequency)[:2] == pytest.approx([0.95 + 0.95**2, 1], abs=1e-4)
    assert scored(TifuKnn)[2] > 0


def said(measure):
    out = io.StringIO()
    measure(Console(file=out, width=200))
    return out.getvalue()


def test_the_next_basket_is_compared_with_ten_others():
    pytest.importorskip("implicit", reason="the research libraries are an extra")
    text = said(lambda console: next_basket.compare(console, "Ta-Feng", purchase_table(), parts=2, least_hits=5))
    assert all(peer.name in text for peer in next_basket.PEERS)
    assert "48 customers" in text


def test_our_peers_are_held_against_a_published_implementation():
    for library in ("implicit", "cornac", "similaripy"):
        pytest.importorskip(library, reason="the research libraries are extras")
    text = said(lambda console: next_basket.compare(console, "Ta-Feng", purchase_table(), parts=2, least_hits=5))
    assert "the same by cornac: 48 customers" in text
    shared = [float(share) for share in re.findall(r"([\d.]+)%", text.partition("by cornac")[2])]
    assert len(shared) == 2
    assert min(shared) > 80


def test_things_never_bought_are_compared_with_five_others():
    pytest.importorskip("implicit", reason="the research libraries are an extra")
    shop = purchase_table()
    text = said(lambda console: unseen.compare(console, shop, shop, title="product", then=shop.until_day - 56, least_customers=5))
    assert all(peer.name in text for peer in unseen.PEERS)
    assert "Tactful" in text


def test_the_files_of_ta_feng_become_baskets(tmp_path):
    folder = tmp_path / "tafeng"
    folder.mkdir()
    for name, baskets in (
        ("history", {"1": [[-1], [5, 7], [5], [-1]], "2": [[-1], [7], [9], [-1]]}),
        ("future", {"1": [[-1], [9], [-1]], "2": [[-1], [7], [-1]]}),
    ):
        (folder / f"tafeng_{name}.json.gz").write_bytes(gzip.compress(json.dumps(baskets).encode()))
    table = next_basket._ta_feng(folder, quick=False)
    assert [table.catalog.products[row].id for row in table.row.tolist()] == ["5", "7", "5", "9", "7", "9", "7"]
    assert table.day.tolist() == [-3, -3, -2, -1, -3, -2, -1]
    assert len(np.unique(table.order)) == 6


def test_missing_data_is_one_clear_line(tmp_path):
    with pytest.raises(NotReady, match=r"cannot read .*tafeng_history.json.gz: No such file"):
        next_basket._ta_feng(tmp_path / "tafeng", quick=False)


def test_a_setting_is_where_things_lie(tmp_path):
    assert Setting(data=tmp_path).quick is False

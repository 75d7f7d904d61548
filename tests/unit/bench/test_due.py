"""The benchmark of what is due, on a shop small enough to check by hand."""

import io

import numpy as np
import pytest
from rich.console import Console

from demo_year import made_up_year
from small_shop import NOW, purchase_table
from tactful.bench import due
from tactful.bench._cost import measured
from tactful.bench._grocer import lines_of
from tactful.bench._grocer import purchase_table as table_of
from tactful.bench._score import Ordered, average_precision, calibration_error, log_losses

SCORE, LABEL = np.array([0.9, 0.8, 0.8, 0.3]), np.array([True, True, False, False])


def test_order_is_judged_with_ties_as_half_right():
    assert Ordered(SCORE, LABEL).auc() == pytest.approx(3.5 / 4)
    assert Ordered(SCORE, LABEL).auc(np.array([1.0, 0.0, 2.0, 1.0])) == 1.0
    assert average_precision(np.array([3.0, 2.0, 1.0]), np.array([True, False, True])) == pytest.approx((1 + 2 / 3) / 2)


def test_probabilities_are_judged_by_what_came_true():
    came_true = np.arange(200) % 10 < 3
    assert calibration_error(np.full(200, 0.3), came_true) == pytest.approx(0.0)
    assert calibration_error(np.full(200, 0.5), came_true) == pytest.approx(0.2)
    assert log_losses(np.array([1.0, 0.5]), np.array([True, False])) == pytest.approx([0.0, np.log(2)], abs=1e-5)


def test_what_is_asked_and_what_came_of_it():
    said = io.StringIO()
    first_day = NOW.timestamp() // 86_400 - 348
    due.judge(Console(file=said, width=240), purchase_table(), "product", first_day=first_day)
    lines = [line.split("│")[1:] for line in said.getvalue().splitlines() if line.startswith("│")]
    rows, lists = ({line[0].strip(): line[1:] for line in lines if len(line) == columns} for columns in (8, 14))
    assert set(due.PEERS) | {due.OURS} <= set(rows)
    assert float(rows[due.OURS][0]) > float(rows["recency"][0])
    assert float(rows[due.OURS][3]) < float(rows["repeat share"][3])
    assert set(lists) == set(rows)
    assert lists[due.OURS][5].strip() == "100.0%"  # only what they had before is asked about
    assert float(lists[due.OURS][3]) > float(lists["recency"][3])
    low, high = (float(end) for end in lists[due.OURS][1].split("–"))
    assert low <= float(lists[due.OURS][0]) <= high


def test_the_grocers_lines_become_baskets_of_a_day_by_product_and_by_type():
    lines = lines_of(made_up_year(), quick=False)
    by_product, by_type = (table_of(lines, level, least_lines=1) for level in ("product", "type"))
    assert by_product.customers == ("7", "8", "9")
    milk = by_product.catalog.row_of["10"]
    assert by_product.catalog.types[by_product.catalog.type_of[milk]] == "GROCERY > FLUID MILK PRODUCTS > FLUID MILK WHITE ONLY"
    milk_of_any_kind = by_type.catalog.row_of["FLUID MILK WHITE ONLY"]
    assert by_type.catalog.types[by_type.catalog.type_of[milk_of_any_kind]] == "GROCERY > FLUID MILK PRODUCTS"
    assert np.bincount(by_product.customer).tolist() == [3, 1, 4]
    assert len(np.unique(by_product.order)) == 4


def test_cost_counts_what_was_taken():
    made, cost = measured(lambda: np.ones(8_000_000))
    assert made.sum() == 8_000_000
    assert cost.seconds >= 0
    assert cost.peak_mib == 0 or 40 < cost.peak_mib < 400

"""What goes together, judged in a shop where butter is bought with bread, and every bread with the other bread."""

import io

import numpy as np
import pytest
from rich.console import Console
from scipy.sparse import csr_matrix

from tactful.bench import complements
from tactful.catalog import build_table
from tactful.model.products import Product
from tactful.model.tables import PurchaseTable

NAMES = ("rye", "wheat", "butter", "soap", *(f"other-{n}" for n in range(12)))
KINDS = {"rye": "Bread", "wheat": "Bread"}
SHOP = build_table([Product(id=name, title=name, product_type=KINDS.get(name, name)) for name in NAMES], (), version=1)


def baskets():
    rng = np.random.default_rng(3)
    lines = []
    for order in range(600):
        basket = {"rye", "wheat", "butter"} if order % 2 else {"soap"}
        basket |= {f"other-{n}" for n in rng.choice(12, 2, replace=False)}
        lines += [(order % 60, SHOP.row_of[name], order // 6, order) for name in sorted(basket)]
    customer, row, day, order = np.array(sorted(lines, key=lambda line: (line[0], line[2], line[3]))).T
    return PurchaseTable(
        customer=customer.astype(np.int32), row=row.astype(np.int32), day=day.astype(float), order=order.astype(np.int32),
        customers=tuple(str(n) for n in range(60)), country=("",) * 60, until_day=100.0, catalog=SHOP,
    )  # fmt: skip


def test_lists_without_the_own_kind_are_told_from_those_with_it():
    said = io.StringIO()
    complements.compare(Console(file=said, width=240), baskets(), learned_until=80.0)
    rows = {line.split("│")[1].strip(): [cell.strip() for cell in line.split("│")[2:]] for line in said.getvalue().splitlines() if line.startswith("│")}
    assert set(complements.PEERS) | {complements.OURS} == set(rows)
    assert rows["P(other | shown)"][6] != "0.0%"
    assert rows["P(other | shown), other kinds only"][6] == rows[complements.OURS][6] == "0.0%"
    assert float(rows["P(other | shown), other kinds only"][1]) > 0.9
    assert all(0 < float(row[7].rstrip("%")) <= 100 and 0 < float(row[8].rstrip("%")) <= 100 for row in rows.values())
    assert all(float(row[13]) > 0 for row in rows.values())  # a list takes some time


def test_what_they_had_and_what_was_new_to_them_are_judged_apart():
    rye, butter, soap = (SHOP.row_of[name] for name in ("rye", "butter", "soap"))
    size = len(SHOP.products)
    others = np.zeros((3, size))
    others[0, [butter, soap]] = others[1, butter] = others[2, SHOP.row_of["wheat"]] = 1
    question = complements.Question(
        shown=np.full(3, rye), others=csr_matrix(others), kind=SHOP.type_of.astype(np.int64), household=np.array([0, 1, 2]), had=np.array([butter])
    )
    together = complements._together(baskets().before(80.0), np.array([rye]))
    found = complements._judge(question, np.array([[butter, complements.NOTHING]] * 3), together, np.zeros(3, np.int64))
    assert found.other.tolist() == [1, 1, pytest.approx(np.nan, nan_ok=True)]  # the third basket holds but another bread
    assert found.again.tolist() == [1, pytest.approx(np.nan, nan_ok=True), pytest.approx(np.nan, nan_ok=True)]
    assert found.new.tolist() == [0, 1, pytest.approx(np.nan, nan_ok=True)]  # what is new to the first is soap
    assert (found.same, found.had, found.named) == (0.0, pytest.approx(1 / 3), 1.0)


def test_what_is_shown_is_never_an_answer():
    question = complements._ask(baskets(), baskets().before(80.0), 80.0)
    assert np.asarray(question.others[np.arange(len(question.shown)), question.shown]).sum() == 0
    assert (np.asarray(question.others.sum(axis=1)).ravel() >= 1).all()

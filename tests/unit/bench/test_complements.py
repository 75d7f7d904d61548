"""What goes together, judged in a shop where butter is bought with bread, and every bread with the other bread."""

import io

import numpy as np
from rich.console import Console

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
    complements.compare(Console(file=said, width=160), baskets(), learned_until=80.0)
    rows = {line.split("│")[1].strip(): [cell.strip() for cell in line.split("│")[2:]] for line in said.getvalue().splitlines() if line.startswith("│")}
    assert set(complements.PEERS) | {complements.OURS} == set(rows)
    assert rows["P(other | shown)"][3] != "0.0%"
    assert rows["P(other | shown), other kinds only"][3] == rows[complements.OURS][3] == "0.0%"
    assert float(rows["P(other | shown), other kinds only"][1]) > 0.9
    assert all(0 < float(row[4].rstrip("%")) <= 100 and 0 < float(row[6].rstrip("%")) <= 100 for row in rows.values())


def test_what_is_shown_is_never_an_answer():
    question = complements._ask(baskets(), baskets().before(80.0), 80.0)
    assert np.asarray(question.others[np.arange(len(question.shown)), question.shown]).sum() == 0
    assert (np.asarray(question.others.sum(axis=1)).ravel() >= 1).all()

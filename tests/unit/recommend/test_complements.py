"""What goes with something: of another type, at once or after, and for the right model."""

import msgspec
import numpy as np
import pytest

from small_shop import CATALOG, NOW, PRODUCTS, STORES, ago, bought, customer_of, purchase_table, row
from tactful.catalog import build_table
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.model.tables import LOOK_KINDS, LookTable, PurchaseTable
from tactful.recommend._after import AfterConfig
from tactful.recommend._together import TogetherConfig
from tactful.recommend.completes import Completes, CompletesConfig, Partner

GRILLS = build_table(
    [
        *(Product(id=f"griddle-{inch}", title=f"Blackstone {inch} inch griddle", product_type="Garden > Grills > Griddles") for inch in (17, 22)),
        *(Product(id=f"cover-{inch}", title=f"Cover for {inch} inch griddle", product_type="Garden > Grills > Covers") for inch in (17, 22)),
        *(Product(id=f"camera-{brand}", title=f"{brand} camera", brand=brand, product_type="Photo > Cameras") for brand in ("Optika", "Lumo")),
        *(Product(id=f"battery-{brand}", title=f"Battery for {brand}", product_type="Photo > Batteries") for brand in ("Optika", "Lumo")),
        *(Product(id=f"other-{n}", title="Rice 500 g", product_type=f"Food > {n}") for n in range(20)),
    ],
    (),
    version=1,
)


def table(baskets, catalog=GRILLS):
    """Baskets of product ids as purchases of as many customers, one a day."""
    lines = [(n, catalog.row_of[name], float(n % 90), n) for n, basket in enumerate(baskets) for name in sorted(set(basket))]
    customer, thing, day, order = np.array(lines).T
    people = tuple(str(n) for n in range(len(baskets)))
    return PurchaseTable(
        customer=customer.astype(np.int32), row=thing.astype(np.int32), day=day, order=order.astype(np.int32),
        customers=people, country=("",) * len(people), until_day=90.0, catalog=catalog,
    )  # fmt: skip


def year_of_baskets(seed=1):
    """Griddles with a cover of either size, as people err; cameras with a battery; and two other things in every basket."""
    rng = np.random.default_rng(seed)
    baskets = []
    for _ in range(1200):
        basket = {f"other-{n}" for n in rng.choice(20, 2, replace=False)}
        which = rng.integers(4)
        if which == 0:
            basket |= {f"griddle-{rng.choice([17, 22])}", f"cover-{rng.choice([17, 22])}"}
        elif which == 1:
            basket |= {f"camera-{rng.choice(['Optika', 'Lumo'])}", f"battery-{rng.choice(['Optika', 'Lumo'])}"}
        baskets.append(basket)
    return baskets


def learned(purchases, config=None, catalog=None):
    source = Completes(config)
    source.train(purchases)
    source.bind(catalog or purchases.catalog)
    return source


def on_page(source, product_id, catalog=GRILLS):
    rows, probability = source.on_page(catalog.row_of[product_id])
    return dict(zip((catalog.product(r).id for r in rows.tolist()), probability.tolist(), strict=True))


@pytest.fixture(scope="module")
def shop():
    return learned(table(year_of_baskets()))


def test_sensitive_purchases_call_for_nothing():
    catalog = build_table([Product(id="camera", title="X", product_type="Pharmacy > X"), *PRODUCTS[1:3], *PRODUCTS[4:]], STORES, version=2)
    source = Completes()
    source.state.after = {"camera": [Partner("case", 0.5, 2.0)]}
    source.load(source.dump())
    source.bind(catalog)
    assert len(source(Moment(now=NOW), customer_of(bought(ago(5), "camera"), catalog=catalog)).rows) == 0


def test_complements_are_of_another_type_and_no_variant():
    config = CompletesConfig(least_buyers=1, after=AfterConfig(least_together=1, lift=0.0), together=TogetherConfig(sure=-9.0, least_together=0.1))
    eager = learned(purchase_table(), config)
    assert len(eager.after) > 4
    for anchor, (partners, probability) in (*eager.after.items(), *eager.at_once.items()):
        assert all(CATALOG.type_of[partner] != CATALOG.type_of[anchor] for partner in partners.tolist())
        assert all((probability > 0) & (probability <= 1))
        assert len(set(partners.tolist())) == len(partners) == len(probability)


@pytest.mark.parametrize("change", [{"product_type": "Electronics > Photo > Cameras"}, {"item_group_id": "camera"}], ids=["type", "style"])
def test_what_became_the_same_kind_of_thing_after_training_goes_with_it_no_more(change):
    products = [msgspec.structs.replace(product, **change) if product.id == "case" else product for product in PRODUCTS]
    source = learned(purchase_table(), catalog=build_table(products, STORES, version=2))
    assert row("case") not in source.after.get(row("camera"), ((),))[0]
    assert row("case") not in source.on_page(row("camera"))[0]


def test_the_probability_is_the_share_of_first_buyers():
    """Of 36 who bought a camera all came back for a case within the month; two of the anchors' windows are still open or not."""
    purchases = purchase_table()
    exact = learned(purchases, CompletesConfig(after=AfterConfig(shrink=0.0)))
    partners = dict(zip(*exact.after[row("camera")], strict=True))
    camera, case = (first_days(purchases, name) for name in ("camera", "case"))
    share = np.mean([customer in case and 0 <= case[customer] - day <= 30 for customer, day in camera.items()])
    assert partners[row("case")] == pytest.approx(share)


def first_days(purchases, product_id):
    bought_it = purchases.row == row(product_id)
    found = {}
    for customer, day in zip(purchases.customer[bought_it].tolist(), purchases.day[bought_it].tolist(), strict=True):
        found[customer] = min(day, found.get(customer, day))
    return found


def test_what_surely_follows_is_on_the_page_though_it_is_never_in_the_same_basket():
    """The case comes a week after the camera, and nobody bought one before; coffee they had before as often as after."""
    source = learned(purchase_table())
    page = dict(zip(*(column.tolist() for column in source.on_page(row("camera"))), strict=True))
    assert page[row("case")] > 0.5
    assert row("coffee") not in page


def test_what_is_in_every_basket_anyhow_goes_with_nothing(shop):
    assert not [name for name in on_page(shop, "griddle-17") if name.startswith("other-")]


def test_a_cover_of_the_other_size_does_not_fit_however_often_both_were_bought(shop):
    assert list(on_page(shop, "griddle-17")) == ["cover-17"]
    assert list(on_page(shop, "griddle-22")) == ["cover-22"]


def test_a_battery_for_another_brand_does_not_fit(shop):
    assert list(on_page(shop, "camera-Optika")) == ["battery-Optika"]


def test_what_nobody_has_bought_yet_goes_with_its_model_as_the_others_of_its_type_do(shop):
    new = [
        Product(id=f"cover-{name}", title=title, product_type="Garden > Grills > Covers") for name, title in (("b", "Tent for 17 inch griddle"), ("c", "Tent"))
    ]
    catalog = build_table([*GRILLS.products, *new], (), version=2)
    moved = Completes()
    moved.load(shop.dump())
    moved.bind(catalog)
    assert set(on_page(moved, "griddle-17", catalog)) == {"cover-17", "cover-b"}
    assert "cover-b" not in on_page(moved, "griddle-22", catalog)


def test_with_a_thing_nobody_has_bought_yet_goes_what_goes_with_its_type(shop):
    catalog = build_table([*GRILLS.products, Product(id="new", title="Blackstone griddle", product_type="Garden > Grills > Griddles")], (), version=2)
    moved = Completes()
    moved.load(shop.dump())
    moved.bind(catalog)
    assert set(on_page(moved, "new", catalog)) == {"cover-17", "cover-22"}


def test_two_things_on_offer_in_the_same_week_are_no_company():
    """Both are in most baskets of one week and in few of any other; within each week chance alone brings them together."""
    rng = np.random.default_rng(5)
    baskets = []
    for n in range(9000):
        offered = n % 90 < 7  # the first week
        basket = {f"other-{one}" for one in rng.choice(20, 2, replace=False)}
        basket |= {name for name in ("griddle-17", "battery-Lumo") if rng.random() < (0.6 if offered else 0.02)}
        baskets.append(basket)
    assert "battery-Lumo" not in on_page(learned(table(baskets)), "griddle-17")


def test_what_is_looked_at_instead_goes_with_it_no_more():
    """Bought together a little oftener than by chance, looked at together by everybody: those are compared."""
    source = Completes()
    purchases = table(year_of_baskets())
    source.train(purchases)
    source.state.at_once["camera-Optika"] = [Partner("battery-Optika", 0.5, 4.0), Partner("griddle-17", 0.2, 1.3)]
    days = np.repeat(np.arange(200), 2)
    rows = np.where(days % 2 == 0, GRILLS.row_of["camera-Optika"], GRILLS.row_of["other-1"])
    rows[1::2] = np.where(days[1::2] % 2 == 0, GRILLS.row_of["griddle-17"], GRILLS.row_of["other-2"])
    source.state.at_once |= {name: source.state.at_once.get(name, [Partner("cover-17", 0.1, 3.0)]) for name in ("griddle-17", "other-1", "other-2")}
    kind = np.full(400, LOOK_KINDS.index("view"), np.int8)
    looks = LookTable(customer=np.zeros(400, np.int32), row=rows.astype(np.int32), day=days.astype(float), kind=kind, until_day=90.0)
    assert source.watch(looks, purchases)["looked_at_instead"] >= 1
    assert [partner.product_id for partner in source.state.at_once["camera-Optika"]] == ["battery-Optika"]

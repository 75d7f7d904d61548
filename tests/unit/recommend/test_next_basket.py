"""What will be in the next basket, and what is new to somebody: learned from a made-up town where tea drinkers also buy honey."""

import msgspec
import numpy as np
import pytest
from scipy.sparse import csr_matrix

from small_shop import NOW, ago, bought, customer_of
from tactful.catalog import build_table
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.model.tables import PurchaseTable
from tactful.recommend._baskets import FEATURES, Proposed, baskets_of, features, learn_items
from tactful.recommend.like_you import Kinds, LikeYou, LikeYouConfig
from tactful.recommend.next_basket import NextBasket, NextBasketConfig
from tactful.words import built_in

THINGS = ("tea", "honey", "coffee", "sugar", "milk", "salt", *(f"other-{n}" for n in range(24)))
TOWN = build_table([Product(id=name, title=name.title(), product_type=f"Food > {name.title()}") for name in THINGS], (), version=1)
HOME = Moment(now=NOW)
ROW = TOWN.row_of


@pytest.fixture(scope="module")
def purchases():
    rng = np.random.default_rng(1)
    lines = []
    for customer in range(400):
        drink, sweet = ("tea", "honey") if customer % 2 else ("coffee", "sugar")
        for day in range(8):
            basket = {drink, f"other-{rng.integers(24)}"} | ({sweet} if rng.random() < 0.5 else set()) | ({"milk"} if rng.random() < 0.4 else set())
            lines += [(customer, ROW[name], day, customer * 8 + day) for name in sorted(basket)]
    customer, row, day, order = np.array(lines).T
    names = tuple(f"c{n}" for n in range(400))
    return PurchaseTable(
        customer=customer.astype(np.int32), row=row.astype(np.int32), day=day.astype(float), order=order.astype(np.int32),
        customers=names, country=("",) * 400, until_day=8.0, catalog=TOWN,
    )  # fmt: skip


def learned(source, purchases):
    source.train(purchases)
    source.bind(TOWN)
    return source


@pytest.fixture(scope="module")
def next_basket(purchases):
    return learned(NextBasket(NextBasketConfig(least_hits=100)), purchases)


@pytest.fixture(scope="module")
def like_you(purchases):
    return learned(LikeYou(), purchases)


def said(source, customer):
    found = source(HOME, customer)
    return {TOWN.product(row).id: (score, because) for row, score, because in zip(found.rows.tolist(), found.score.tolist(), found.because, strict=True)}


def tea_drinker(**fields):
    return customer_of(*(bought(ago(n), "tea", f"other-{n}", *(["milk"] if n % 2 else []), **fields) for n in range(1, 8)), catalog=TOWN)


def test_what_is_in_every_basket_leads_and_what_goes_with_it_follows(next_basket):
    found = said(next_basket, tea_drinker())
    assert next(iter(found)) == "tea"
    assert found["tea"][0] > 0.6
    assert found["honey"][0] > 2 * found["sugar"][0]
    assert found["tea"][1].code == "due_again"


def test_new_things_are_explained_by_what_speaks_for_them(next_basket, like_you):
    for source in (next_basket, like_you):
        _, because = said(source, tea_drinker())["honey"]
        assert (because.code, because.anchor) == ("like_you", ROW["tea"])
        assert because.evidence[0].at == ago(1)
        assert built_in().speak("en").reason(because, ROW["honey"], TOWN, now=NOW) == "Bought by many who buy Tea, as you do."


def test_finds_are_new_to_them(like_you):
    found = said(like_you, tea_drinker())
    assert next(iter(found)) == "honey"
    assert not {"tea", "other-1", "other-2"} & set(found)
    assert all(like_you.prior(score) <= 0.01 for score, _ in found.values())


def test_what_others_have_found_of_late_is_found_more_readily(purchases):
    late = LikeYou(LikeYouConfig(late_days=2.5))
    few = np.isin(purchases.row, [ROW["honey"], ROW["sugar"]]) & (purchases.day < 6) & (purchases.customer % 4 < 2)
    known = {name: getattr(purchases, name)[~few] for name in ("customer", "row", "day", "order")}
    learned(late, msgspec.structs.replace(purchases, **known))  # nobody of the first half of the town had them before the sixth day
    before = learned(LikeYou(LikeYouConfig(of_late=0.0)), msgspec.structs.replace(purchases, **known))
    more = {name: late.state.weight[name] / before.state.weight[name] for name in THINGS if name in before.state.weight}
    assert min(more["honey"], more["sugar"]) > max(more["tea"], more["coffee"], more["milk"])


def test_a_second_thing_of_a_type_makes_room_for_another_type(purchases):
    kinds = {name: "Food > Sweet" if name in {"honey", "sugar"} else f"Food > {name}" for name in THINGS}
    town = build_table([Product(id=name, title=name, product_type=kinds[name]) for name in THINGS], (), version=1)
    here = msgspec.structs.replace(purchases, catalog=town)
    own, once = np.array([town.group_of[town.row_of["tea"]], town.group_of[town.row_of["coffee"]]]), np.log1p([1.0, 1.0])
    alike, apart = (LikeYou(LikeYouConfig(same_type=share)) for share in (1.0, 0.5))
    told = []
    for source in (alike, apart):
        source.train(here)
        source.bind(town)
        styles, worth = source.finds(own, once, count=20)
        told.append(dict(zip([town.groups[style] for style in styles.tolist()], worth.tolist(), strict=True)))
    second = min(("honey", "sugar"), key=lambda name: told[0][name])
    assert told[1] == {name: worth * (0.5 if name == second else 1.0) for name, worth in told[0].items()}


def test_a_stranger_and_a_shop_too_young_get_nothing(next_basket, like_you, purchases):
    assert said(next_basket, customer_of(catalog=TOWN)) == said(like_you, customer_of(catalog=TOWN)) == {}
    few = msgspec.structs.replace(purchases, **{name: getattr(purchases, name)[purchases.customer < 20] for name in ("customer", "row", "day", "order")})
    assert said(learned(NextBasket(), few), tea_drinker()) == said(learned(LikeYou(), few), tea_drinker()) == {}


def test_gifts_teach_nothing_of_their_taste(next_basket, like_you):
    assert said(next_basket, tea_drinker(gift=True)) == said(like_you, tea_drinker(gift=True)) == {}


def test_what_they_have_speaks_as_one_of_its_type_and_of_all_above():
    shop = build_table(
        [
            Product(id=name, title=name, product_type=path)
            for name, path in (("fuji", "Food > Fruit > Apples"), ("pear", "Food > Fruit > Pears"), ("soap", "Soap"))
        ],
        (),
        version=1,
    )
    kinds, (fuji, pear, soap) = Kinds.of(shop), (shop.group_of[shop.row_of[name]] for name in ("fuji", "pear", "soap"))
    have = csr_matrix(np.log1p([[2.0, 1, 1], [0, 0, 3]]).astype(np.float32)[:, np.argsort([fuji, pear, soap])])
    everybody = [dict(zip(kinds.names, np.expm1(row).round(3).tolist(), strict=True)) for row in kinds.taste(have).toarray()]
    assert everybody[0] == {"Food": 3, "Food > Fruit": 3, "Food > Fruit > Apples": 2, "Food > Fruit > Pears": 1, "Soap": 1}
    assert everybody[1] == dict.fromkeys(kinds.names, 0) | {"Soap": 3}  # above soap there is nothing
    found, times = kinds.heard(np.array([fuji, pear, soap]), np.log1p([2.0, 1, 1]))
    assert {kinds.names[kind]: count for kind, count in zip(found.tolist(), np.expm1(times).round(3).tolist(), strict=True)} == everybody[0]


@pytest.mark.parametrize("kind", [NextBasket, LikeYou])
def test_saved_and_loaded_it_says_the_same(kind, next_basket, like_you):
    source = next_basket if kind is NextBasket else like_you
    other = kind()
    other.load(source.dump())
    other.bind(TOWN)
    customer = tea_drinker()
    assert said(other, customer) == said(source, customer) != {}


@pytest.mark.parametrize("kind", [NextBasket, LikeYou])
def test_a_smaller_catalogue_needs_no_training(kind, next_basket, like_you):
    other = kind()
    other.load((next_basket if kind is NextBasket else like_you).dump())
    left = build_table([product for product in TOWN.products if product.id != "honey"], (), version=2)
    other.bind(left)
    found = other(HOME, customer_of(*(bought(ago(7 * n), "tea", "milk") for n in range(1, 5)), catalog=left))
    assert all(0 <= row < len(left.products) for row in found.rows.tolist())
    assert [because.code for because in found.because].count("due_again") in ({2} if kind is NextBasket else {0})


def test_figures_of_a_thing_by_hand():
    day = np.array([1.2, 1.9, 4.0, 9.0])
    baskets = baskets_of(np.zeros(4, np.int32), np.array([0, 1, 0, 1], np.int32), day, customers=1)
    assert baskets.count.tolist() == [3]
    past, last = baskets.without_last()
    assert (past.key.tolist(), last.key.tolist()) == ([0, 1, 0], [1])
    proposed = Proposed(customer=np.zeros(3, np.int64), key=np.arange(3), alike=np.array([0.1, 0.2, 0.3]))
    table = features(baskets, proposed, learn_items(baskets, keys=3), type_of=np.arange(3))
    figure = {name: table[:, column].tolist() for column, name in enumerate(FEATURES)}
    assert table.shape == (3, len(FEATURES))
    assert figure["times"] == [2, 2, 0]
    assert figure["baskets_since"] == [1, 0, 99]
    assert figure["gap_before"] == [1, 2, -1]
    assert figure["fading_slowly"] == pytest.approx([0.95 + 0.95**2, 1 + 0.95**2, 0])
    assert figure["days_since"] == [5, 0, 999]
    assert figure["item_in_last"] == [0, 1, 0]
    assert figure["last_basket_size"] == [1, 1, 1]

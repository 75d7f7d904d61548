"""How long things last: learned from who buys again, and after how long."""

import math
from itertools import count

import pytest

from small_shop import CATALOG, NOW, PRODUCTS, ago, bought, engine_after, looked, row, tables_of
from tactful.app.engine import DecideRequest, Engine
from tactful.profile import fold_all, new_profile
from tactful.recommend.life import Life
from tactful.store.memory import MemoryStore
from tactful.workbench import MemoryWorkbench

OWNERS = 300


def owner_of_a_camera(number, *, replaced):
    name, since = {"user_id": f"owner-{number}"}, 1700 - number
    yield bought(ago(since), "camera", **name)
    if number < replaced:
        yield bought(ago(since - 950 - 2 * number), "camera-other", **name)


def shop_in_which(*, replaced):
    """Cameras were sold to 300, and so many of these bought a second one about two and a half years later; customers look at cameras again."""
    numbers = count()
    engine = Engine(MemoryStore(), new_id=lambda: f"d{next(numbers)}", workbench=MemoryWorkbench())
    engine.put_products(PRODUCTS)
    events = [event for number in range(OWNERS) for event in owner_of_a_camera(number, replaced=replaced)]
    for name, age in (("worn", 1500), ("used", 985), ("new", 120)):
        events.append(bought(ago(age), "camera", user_id=name))
        events += [looked("camera", ago(day), user_id=name) for day in (9, 6, 4, 2)]
    engine.record(sorted(events, key=lambda event: event.at), now=NOW)
    engine.train(now=NOW)
    return engine


@pytest.mark.parametrize(("replaced", "customer", "owned"), [(30, "worn", False), (30, "used", True), (30, "new", True), (5, "worn", True), (0, "worn", True)])
def test_a_durable_is_owned_until_it_has_served_as_long_as_such_things_do(replaced, customer, owned):
    decision = shop_in_which(replaced=replaced).decide(DecideRequest(user_id=customer, placement="home", limit=12, explain=True), now=NOW)
    codes = {item.product_id: item.code for item in decision.withheld}
    assert (codes.get("camera") == "already_bought") == owned


def lives_where(product_id, gaps):
    """What is learned where a hundred people bought a thing 700 days ago, and some of them another after so many days each."""
    profiles = []
    for number in range(100):
        days = [700, *([700 - gaps[number]] if number < len(gaps) else [])]
        profiles.append(fold_all(new_profile(f"u:c{number}"), [bought(ago(day), product_id, user_id=f"c{number}") for day in days]))
    life = Life()
    life.train(tables_of(*profiles)[0])
    life.bind(CATALOG)
    kind = CATALOG.type_of[row(product_id)]
    return life.days[kind], life.filler_days[kind]


FEW_AT_ONCE = [20] * 10 + [300] * 40
MOST_IN_TIME = [30] * 40 + [200] * 60


def test_the_few_who_buy_another_at_once_open_no_kind_for_everybody():
    closed, closed_to_fillers = lives_where("camera", FEW_AT_ONCE)
    assert 200 < closed <= 310
    assert closed_to_fillers == math.inf
    assert lives_where("coffee", MOST_IN_TIME) == (pytest.approx(30, abs=5), pytest.approx(200, abs=15))


def test_of_what_comes_in_sizes_one_has_several():
    closed, closed_to_fillers = lives_where("boots-39", FEW_AT_ONCE)
    assert closed == closed_to_fillers == pytest.approx(20)


@pytest.mark.parametrize(("customer", "bought_days_ago", "shown"), [("once", [400], False), ("twice", [700, 400], False), ("thrice", [600, 400, 200], True)])
def test_a_best_seller_is_not_for_who_has_one_of_its_kind(customer, bought_days_ago, shown):
    engine = engine_after([])
    events = [bought(ago(day), "camera", user_id=customer) for day in bought_days_ago]
    for number in range(100):
        name = {"user_id": f"owner-{number}"}
        events += [bought(ago(700), "camera", **name), *([bought(ago(400), "camera", **name)] if number < 60 else [])]
        events += [bought(ago(number % 20 + 1), "camera-other", user_id=f"new-{number}")]
    engine.record(sorted(events, key=lambda event: event.at), now=NOW)
    engine.train(now=NOW)
    decision = engine.decide(DecideRequest(user_id=customer, placement="home", explain=True), now=NOW)
    assert ("camera-other" in {item.product_id for item in decision.items}) == shown
    assert shown or {item.product_id: item.code for item in decision.withheld}["camera-other"] == "need_closed"

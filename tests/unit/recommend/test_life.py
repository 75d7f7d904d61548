"""How long things last: learned from who buys again, and after how long."""

from itertools import count

import pytest

from small_shop import NOW, PRODUCTS, ago, bought, looked
from tactful.app.engine import DecideRequest, Engine
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

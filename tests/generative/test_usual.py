"""Whatever was ordered and said: the usual is the same each time, never unsure, never forbidden, never private."""

from hypothesis import given
from hypothesis import strategies as st

from small_shop import CATALOG, NOW, ago, bought, customer_of, happened
from tactful.model.events import OrderLine, PreferenceStated
from tactful.model.moment import Here
from tactful.recommend import usual_of
from tactful.recommend._habit import Habit

lines = st.builds(
    OrderLine,
    product_id=st.sampled_from(["coffee", "milk", "bread", "vitamins", "unheard-of"]),
    options=st.none() | st.fixed_dictionaries({"milk": st.sampled_from(["oat", "dairy", "whole"])}),
)
orders = st.lists(st.tuples(st.floats(0.01, 40), st.lists(lines, min_size=1, max_size=2), st.booleans(), st.sampled_from(["pos", "web"])), max_size=25)
preferences = st.lists(
    st.tuples(st.sampled_from(["allergy", "avoid", "usual"]), st.sampled_from(["dairy", "coffee;milk=dairy", "milk", "vitamins"])), max_size=3
)
heres = st.builds(Here, zone=st.sampled_from(["Europe/London", "Asia/Tokyo"]), kind=st.sampled_from([None, "store", "web"]))


@given(orders, preferences, heres)
def test_the_usual_is_considerate(orders, preferences, here):
    events = [bought(ago(days), lines=tuple(line), gift=gift, channel=channel) for days, line, gift, channel in orders]
    events += [happened(PreferenceStated, ago(1), key=key, value=value) for key, value in preferences]
    customer = customer_of(*events)
    usual = usual_of(customer, here, now=NOW)
    assert usual == usual_of(customer, here, now=NOW)
    if usual is None:
        return
    assert 0.6 <= usual.confidence <= 1.0
    assert usual.prefill == (usual.confidence >= 0.8)
    assert not CATALOG.sensitive[CATALOG.row_of[usual.product_id]]
    if any(key in {"allergy", "avoid"} and value == "dairy" for key, value in preferences):
        assert usual.options.get("milk") not in {"dairy", "whole"}


@given(st.lists(st.tuples(st.lists(st.sampled_from("abc"), unique=True, max_size=2), st.sampled_from(["morning", "evening"])), max_size=30))
def test_shares_are_shares(occasions):
    habit = Habit()
    for chosen, situation in occasions:
        habit.learn(chosen, [situation])
    shares = list(habit.foretell(["morning"]).values())
    assert all(0 <= share < 1 for share in shares)
    assert shares == sorted(shares, reverse=True)

"""What comes next in a visit: learned from a made-up town where who looks at a tent looks at a stove next, and who looks at a desk, at a lamp."""

import numpy as np
import pytest

from small_shop import NOW, ago, bought, carted, customer_of, happened, looked, tables_of
from tactful.catalog import build_table
from tactful.model.events import RecommendationDismissed
from tactful.model.moment import Moment
from tactful.model.products import Product
from tactful.model.tables import DAY_SECONDS, LookTable, PurchaseTable
from tactful.recommend._visits import FEATURES, PRIOR_WEIGHTS, VisitIndex, Visits, VisitsConfig, learn_weights, likely
from tactful.recommend.this_visit import ThisVisit
from tactful.words import built_in

CAMP, OFFICE = ("tent", "stove", "mat", "rope"), ("desk", "lamp", "chair", "shelf")
THINGS = (*CAMP, *OFFICE, *(f"other-{n}" for n in range(12)))
TOWN = build_table([Product(id=name, title=name.title(), product_type=f"Shop > {name.title()}") for name in THINGS], (), version=1)
ROW = TOWN.row_of
HOME = Moment(now=NOW, limit=20)
END = NOW.timestamp() / DAY_SECONDS


def log_of(visits=400, *, buys=True):
    """So many visits, one a customer, a quarter of an hour each; every second buys the last thing looked at two days later."""
    rng = np.random.default_rng(1)
    looks, lines = [], []
    for customer in range(visits):
        first, second, *rest = CAMP if customer % 2 else OFFICE
        seen = [first, second, *rng.choice(rest, 1), f"other-{rng.integers(12)}"]
        start = END - 60 + 50 * customer / visits
        looks += [(customer, start + n / 96 / 4, ROW[name]) for n, name in enumerate(seen)]
        if buys and customer % 4 < 2:
            lines.append((customer, ROW[second], start + 2, customer))
    who, day, row = np.array(looks).T
    table = LookTable(customer=who.astype(np.int32), day=day, row=row.astype(np.int32), kind=np.zeros(len(who), np.int8), until_day=END)
    buyer, what, when, order = np.array(lines).T if lines else np.empty((4, 0))
    purchases = PurchaseTable(
        customer=buyer.astype(np.int32), row=what.astype(np.int32), day=when, order=order.astype(np.int32),
        customers=tuple(f"c{n}" for n in range(visits)), country=("",) * visits, until_day=END, catalog=TOWN,
    )  # fmt: skip
    return table, purchases


def learned(visits=400, *, buys=True):
    looks, purchases = log_of(visits, buys=buys)
    source = ThisVisit()
    source.train(purchases)
    source.watch(looks, purchases)
    source.bind(TOWN)
    return source


@pytest.fixture(scope="module")
def this_visit():
    return learned()


def visitor(*names, minutes=5, events=()):
    """Somebody who looked at these, a minute apart, the last some minutes ago."""
    looks = [looked(name, ago(minutes=minutes + len(names) - n)) for n, name in enumerate(names)]
    return customer_of(*looks, *events, catalog=TOWN)


def said(source, customer, moment=HOME):
    found = source(moment, customer)
    return {TOWN.product(row).id: (score, because) for row, score, because in zip(found.rows.tolist(), found.score.tolist(), found.because, strict=True)}


def test_what_others_looked_at_next_comes_first(this_visit):
    assert next(iter(said(this_visit, visitor("tent")))) == "stove"
    assert next(iter(said(this_visit, visitor("desk")))) == "lamp"


def test_nothing_is_shown_that_the_visit_has_seen(this_visit):
    assert not {"tent", "stove"} & set(said(this_visit, visitor("tent", "stove")))


def test_the_reason_names_a_look_of_theirs_and_its_event(this_visit):
    customer = visitor("desk", "tent")
    _, because = said(this_visit, customer)["stove"]
    assert built_in().speak("en").reason(because, ROW["stove"], TOWN, now=NOW) == "Looked at by others who looked at Tent."
    assert because.evidence[0].message_id == customer.profile.products["tent"].looks[-1].event_id


def test_what_few_looked_at_together_is_not_said_to_be_so(this_visit):
    found = said(this_visit, visitor("tent"))
    anchors = {name: because.anchor for name, (_, because) in found.items()}
    assert anchors["stove"] == ROW["tent"]
    assert anchors["lamp"] is None
    assert built_in().speak("en").reason(found["lamp"][1], ROW["lamp"], TOWN, now=NOW) == "Looked at by others in visits like yours."


def test_a_visit_ends_half_an_hour_after_the_last_sign(this_visit):
    assert said(this_visit, visitor("tent", minutes=29))
    assert said(this_visit, visitor("tent", minutes=31)) == {}


@pytest.mark.parametrize(
    "after",
    [bought(ago(minutes=1), "tent"), happened(RecommendationDismissed, ago(minutes=1), reason="by_mistake", product_id="tent")],
    ids=["bought", "a slip"],
)
def test_what_is_settled_asks_for_nothing_more(this_visit, after):
    assert said(this_visit, visitor("tent", events=[after])) == {}


def test_a_stranger_is_known_by_the_page_alone(this_visit):
    assert next(iter(said(this_visit, customer_of(catalog=TOWN), Moment(now=NOW, featured=(ROW["desk"],))))) == "lamp"
    assert said(this_visit, customer_of(catalog=TOWN)) == {}


def test_a_cart_is_a_look_too(this_visit):
    assert next(iter(said(this_visit, customer_of(carted("tent", ago(minutes=3)), catalog=TOWN)))) == "stove"


def test_the_score_is_how_often_it_is_bought_within_the_week(this_visit):
    score, _ = said(learned(visits=2400), visitor("tent"))["stove"]
    assert 0.3 < score < 0.7  # half of them buy it
    assert said(learned(buys=False), visitor("tent"))["stove"][0] <= 0.1  # none did: a stated prior


def test_too_few_visits_teach_nothing():
    assert said(learned(visits=40), visitor("tent")) == {}


def test_saved_and_loaded_it_says_the_same(this_visit):
    copy = ThisVisit()
    copy.load(this_visit.dump())
    copy.bind(TOWN)
    customer = visitor("tent", "mat")
    assert said(copy, customer) == said(this_visit, customer)
    assert learned().dump() == this_visit.dump()


def test_what_is_no_longer_sold_is_not_shown_and_what_is_new_needs_no_training(this_visit):
    smaller = build_table([Product(id="new", title="New"), *(product for product in TOWN.products if product.id != "stove")], (), version=2)
    this_visit = learned()
    this_visit.bind(smaller)
    customer = customer_of(looked("new", ago(minutes=3)), looked("tent", ago(minutes=2)), catalog=smaller)
    found = this_visit(HOME, customer)
    assert len(found) > 0
    assert "stove" not in {smaller.product(row).id for row in found.rows.tolist()}


def test_looks_of_long_visits_and_of_several_customers_are_kept_apart():
    looks, purchases = log_of(60)
    assert ThisVisit().watch(looks, purchases)["visits"] == 60
    _, nobody = tables_of(catalog=TOWN)
    assert ThisVisit().watch(nobody, purchases) == {"visits": 0}


def visits_of(*visits):
    return Visits(thing=np.concatenate([np.array(visit) for visit in visits]), start=np.cumsum([0, *map(len, visits)]))


def test_neighbours_and_steps_by_hand():
    index = VisitIndex(visits_of([0, 1, 2], [0, 1], [3, 4]), VisitsConfig(), things=5)
    things, features = index.features(np.array([0]))
    known = {thing: dict(zip(FEATURES, row, strict=True)) for thing, row in zip(things.tolist(), np.exp(features).tolist(), strict=True)}
    assert set(known) == {0, 1, 2}  # 3 and 4 were never near
    # Twice 1 directly after 0, once 2 two looks after it, which counts exp(-1/1.5).
    far = np.exp(-1 / 1.5)
    assert known[1]["beside_last"] == pytest.approx(2 / (2 + far), abs=1e-4)
    assert known[1]["after_last"] == pytest.approx(1.0, abs=1e-4)
    near = {0: 2 * 1.5, 1: 2 * np.exp(-1 / 3), 2: np.exp(-2 / 3)}
    assert {thing: row["neighbours"] for thing, row in known.items()} == pytest.approx({t: v / sum(near.values()) for t, v in near.items()}, abs=1e-4)
    assert index.together(0, np.array([1, 2, 3])).tolist() == [2, 1, 0]


def test_probabilities_sum_to_one_and_weights_are_learned_alike_twice():
    visits = visits_of(*([n % 3, 3 + n % 3, 6 + n % 4] for n in range(3000)))
    weights, examples = learn_weights(visits, VisitsConfig(), things=10, seed=1)
    assert examples > 200
    assert weights.tolist() == learn_weights(visits, VisitsConfig(), things=10, seed=1)[0].tolist()
    things, features = VisitIndex(visits, VisitsConfig(), things=10).features(np.array([1]))
    probability = likely(features, weights)
    assert probability.sum() == pytest.approx(1)
    assert things[probability.argmax()] == 4
    assert probability.max() > likely(features, np.array(PRIOR_WEIGHTS)).max() - 0.05

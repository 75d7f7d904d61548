"""What the rules are told of the candidates of a shelf."""

import numpy as np
import pytest

from small_shop import CATALOG, NOW, ago, bought, customer_of, row
from tactful.app.facts import shelf_facts
from tactful.model.candidates import Because, Shelf
from tactful.model.moment import Moment
from tactful.model.verdicts import Needs
from tactful.policy import Thresholds
from tactful.recommend import Recommender
from tactful.recommend._rhythm import Rhythm, Rhythms

HOME = Moment(now=NOW)


def facts_of(customer, *, needs=Needs.NOTHING, style_again=0.5, kind_again=0.5, searched=False, moment=HOME, **because):
    """The facts of a tote that may be due again, in a shop where so large a share buys the very tote, or any, a second time."""
    recommender = Recommender()
    rhythms = Rhythms(types={"Bags > Totes": Rhythm(repeat_share=kind_again)}, groups={"tote": Rhythm(repeat_share=style_again)})
    recommender.components["due_again"].state.rhythms = rhythms
    recommender.bind(CATALOG)
    rows = np.array([row("tote-tan")], np.int32)
    shelf = Shelf(
        rows=rows, groups=CATALOG.group_of[rows], types=CATALOG.type_of[rows], score=np.array([0.5]), because=(Because(code="due_again", **because),),
        source=np.array(["due_again"]), alive=np.ones(1, np.bool_), searched=searched,
    )  # fmt: skip
    return shelf_facts(shelf, moment, customer, needs=needs, recommender=recommender, thresholds=Thresholds())


@pytest.mark.parametrize(
    ("days", "style_again", "kind_again", "seldom"),
    [
        *[(1, 0.1, 0.5, True), (2, 0.1, 0.5, False), (1, 0.5, 0.5, False)],
        *[(2, 0.5, 0.18, True), (3, 0.5, 0.18, False), (3, 0.5, 0.1, True), (4, 0.5, 0.1, False)],
    ],
)
def test_a_second_of_what_lasts_is_no_habit_and_a_third_is_unless_nobody_has_such_a_habit(days, style_again, kind_again, seldom):
    customer = customer_of(*(bought(ago(50 * n), "tote-tan") for n in range(1, days + 1)))
    facts = facts_of(customer, needs=Needs.OWNED | Needs.LIFE, style_again=style_again, kind_again=kind_again)
    assert facts.seldom_again.tolist() == [seldom]


@pytest.mark.parametrize(
    ("because", "ratio"),
    [
        ({"last_at": ago(20), "every_days": 20.0}, 1.0),
        ({"last_at": ago(20), "every_days": 20.0, "kind_at": ago(2), "kind_days": 20.0}, 0.1),
        ({"last_at": ago(20), "every_days": 20.0, "kind_at": ago(2), "kind_days": 1.0}, 1.0),
        ({"last_at": ago(20), "kind_at": ago(2), "kind_days": 4.0}, 0.5),
        ({"last_at": ago(20), "every_days": 20.0, "kind_at": ago(2)}, 1.0),
    ],
    ids=["the thing alone", "another of its kind since", "others often", "this one once", "the kind on one day only"],
)
def test_how_much_of_the_usual_gap_has_passed_goes_by_the_kind_as_well(because, ratio):
    facts = facts_of(customer_of(), needs=Needs.RHYTHM, **because)
    assert facts.elapsed_ratio.tolist() == pytest.approx([ratio])


def test_without_a_rhythm_nothing_has_passed():
    assert np.isnan(facts_of(customer_of(), needs=Needs.RHYTHM, last_at=ago(20)).elapsed_ratio).all()


@pytest.mark.parametrize(("because", "least"), [({"kind_days": None}, 0.05), ({"kind_days": 20.0}, 0.004)], ids=["bought on one day", "again and again"])
def test_one_purchase_of_a_kind_is_no_filler_on_a_page(because, least):
    facts = facts_of(customer_of(), last_at=ago(20), kind_at=ago(20), **because)
    assert facts.threshold.tolist() == [least]


@pytest.mark.parametrize(
    ("searched", "page", "contextual"), [(True, "camera", True), (False, "camera", False), (False, "tote-black", True), (True, None, True)]
)
def test_what_they_search_for_is_at_hand_whatever_the_page_is_about(searched, page, contextual):
    moment = Moment(now=NOW, featured=(row(page),) if page else ())
    assert facts_of(customer_of(), needs=Needs.INTEREST, searched=searched, moment=moment).contextual.tolist() == [contextual]

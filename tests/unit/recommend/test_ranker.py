"""One order for what all sources propose: learned where it is ahead, and only there; never against a source's word, and never against a rare kind of want."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rankings import OUTRANKS, SOURCES, proposed, week
from small_shop import CATALOG, NOW, ago, bought, customer_of, row
from tactful.model.candidates import Because, Candidates
from tactful.model.moment import Moment
from tactful.recommend import Recommender, slate_of
from tactful.recommend._proposed import FIGURES, Proposed, SourceScores, figures_of
from tactful.recommend.considering import Considering
from tactful.recommend.ranker import Ranker, Ranking, learn_ranking, names_of, strongest

LEARNED, MERITS = learn_ranking(proposed())
NONE = np.inf
FIGURES_OF_NEW = [0.0, NONE, NONE, 4.0, 20.0, 3.0]
FIGURES_OF_HAD = [12.0, 30.0, NONE, 4.0, 20.0, 3.0]


@pytest.fixture
def ranking():
    assert LEARNED is not None
    return LEARNED


def asked(ranking, told, figures):
    """The probabilities of some rows."""
    told = np.array(told)
    return ranking(strongest(told, OUTRANKS), told, np.array(figures))


def test_it_is_learned_where_all_together_tell_more_than_the_strongest_word(ranking):
    later = proposed(seed=2)
    word = strongest(later.told, OUTRANKS)
    foretold = ranking(word, later.told, later.figures)
    ours, theirs = (np.log(p[later.wanted]).sum() + np.log1p(-p[~later.wanted]).sum() for p in (foretold, word))
    assert ours > theirs
    assert foretold.mean() == pytest.approx(later.wanted.mean(), rel=0.1)
    assert MERITS["log_loss"] < MERITS["log_loss_of_strongest_word"]


def test_it_is_not_learned_from_few_purchases_nor_where_it_adds_nothing():
    few, facts = learn_ranking(proposed(2_000))
    assert few is None
    assert facts["wanted"] < 500
    nothing, facts = learn_ranking(proposed(matters=False))
    assert nothing is None
    assert facts["ahead"] < 2 * facts["standard_error"]


@settings(deadline=None)
@given(st.integers(0, len(SOURCES) - 1), st.floats(0.001, 0.9), st.floats(1.01, 5.0), st.sampled_from([FIGURES_OF_NEW, FIGURES_OF_HAD]))
def test_a_source_that_is_surer_never_makes_a_thing_less_likely(source, probability, times, figures):
    told = np.full((2, len(SOURCES)), np.nan)
    told[:, source] = probability, min(probability * times, 0.99)
    less, more = asked(LEARNED, told, [figures, figures])
    assert more >= less - 1e-12


def test_what_goes_with_a_new_camera_is_not_judged_with_the_biscuits_that_never_went_with_the_coffee():
    """Company is proposed often to who has had the anchor for years, in vain, and hardly ever to who has just bought one. Few bought anything of either."""
    rng = np.random.default_rng(3)
    n = 24_000
    kind = rng.choice(["due", "stale company", "fresh company", "best seller"], n, p=[0.3, 0.298, 0.002, 0.4])
    told = np.full((n, len(SOURCES)), np.nan)
    figures = np.tile(FIGURES_OF_NEW, (n, 1))
    due, company = kind == "due", np.char.endswith(kind, "company")
    told[due, 0], told[company, 1], told[kind == "best seller", 3] = rng.beta(1, 9, due.sum()), 0.1, 0.03
    figures[due] = FIGURES_OF_HAD
    figures[:, FIGURES.index("since_anchor")] = np.select([kind == "stale company", kind == "fresh company"], [300.0, 6.0], NONE)
    wanted = rng.random(n) < np.select([due, kind == "stale company", kind == "fresh company"], [0.1, 0.0007, 0.0], 0.001)
    ranking, _ = learn_ranking(week(told=told, figures=figures, wanted=wanted, customer=np.sort(rng.integers(0, 300, n)), row=rng.integers(0, 50, n)))
    assert ranking is not None
    told = [[np.nan, 0.1, np.nan, np.nan], [np.nan, 0.1, np.nan, np.nan], [np.nan, np.nan, np.nan, 0.03]]
    figures = [[0, NONE, 6, 4, 20, 3], [0, NONE, 300, 4, 20, 3], FIGURES_OF_NEW]
    fresh, stale, best_seller = asked(ranking, told, figures)
    assert fresh > best_seller
    assert fresh > stale
    fresh, stale, _ = asked(msgspec.structs.replace(ranking, curve=None), told, figures)
    assert fresh > 2 * stale


def test_every_correction_has_a_name(ranking):
    assert len(names_of(ranking.sources)) == len(ranking.weight)
    assert len(set(names_of(ranking.sources))) == len(ranking.weight)


def test_the_figures_are_of_the_customer_the_thing_and_what_it_follows():
    customer = customer_of(bought(ago(40), "coffee"), bought(ago(10), "coffee", "camera"))
    rows = np.array([row("coffee"), row("case")], np.int32)
    coffee, case = figures_of(rows, customer, place=np.array([0, 1, 1]), followed=np.array([-1, row("camera"), row("coffee")]), now=NOW).tolist()
    assert coffee == pytest.approx([2, 10, NONE, 2, 2, 10])
    assert case == pytest.approx([0, NONE, 10, 2, 2, 10])
    nobody = figures_of(rows[:1], customer_of(), place=np.array([0]), followed=np.array([row("camera")]), now=NOW)
    assert nobody.tolist() == [[0, NONE, NONE, 0, 0, NONE]]


def test_customers_stand_one_after_the_other_and_who_never_spoke_is_left_out():
    def one(*products):
        found = [SourceScores(source="popular_here", candidates=Candidates.of([(row(name), 0.2, Because(code="popular_here")) for name in products]))]
        outranks = {"due_again": 1, "popular_here": 0}
        return Proposed.to_one(found if products else [], outranks, customer_of(), bought=CATALOG.group_of[[row("tote-black")]], now=NOW)

    both = Proposed.together([one("milk", "tote-tan"), one(), one("milk")])
    assert (both.sources, both.outranks) == (("popular_here",), (0,))
    assert both.customer.tolist() == [0, 0, 2]
    assert {CATALOG.product(r).id: wanted for r, wanted in zip(both.row.tolist(), both.wanted.tolist(), strict=True)} == {"milk": False, "tote-tan": True}


class Saying(Considering):
    """Proposes one novel for .2; what they asked for themselves where ``stated``."""

    def __init__(self, source="observed_here"):
        self.source = source

    def __call__(self, moment, customer):
        return Candidates.of([(row("novel"), 0.2, Because(code="considering", source=self.source))])

    def prior(self, score):
        return score


HEARD = ("due_again", "popular_here")
UPSIDE_DOWN = Ranking(sources=HEARD, weight=tuple(-2.0 if name == "new:word" else 0.0 for name in names_of(HEARD)))
"""Thinks the less of a new thing the surer a source is of it."""


def shop(**sources):
    """A recommender that knows best sellers, and other sources in place of its own; with a ranking that turns them around."""
    recommender = Recommender()
    recommender.components["popular_here"].state.weekly = {"": {"milk": 0.8, "case": 0.3}}
    recommender.components |= sources
    recommender.bind(CATALOG)
    recommender.components["ranker"].state.ranking = UPSIDE_DOWN
    return recommender


def worth_by_id(shelf):
    return dict(zip([CATALOG.product(r).id for r in shelf.rows.tolist()], shelf.worth.tolist(), strict=True))


def test_it_puts_in_order_and_withholds_nothing():
    recommender, somebody, here = shop(), customer_of(bought(ago(3), "camera")), Moment(now=NOW, limit=50)
    after = recommender.shelf(here, somebody)
    recommender.components["ranker"].state.ranking = None
    before = recommender.shelf(here, somebody)
    assert (after.rows.tolist(), after.score.tolist()) == (before.rows.tolist(), before.score.tolist())
    assert before.ranked is None
    milk_first, case_first = ([CATALOG.product(int(shelf.rows[i])).id for i in slate_of(shelf, here, somebody).shown] for shelf in (before, after))
    assert milk_first.index("milk") < milk_first.index("case")
    assert case_first.index("case") < case_first.index("milk")


@pytest.mark.parametrize(
    ("moment", "customer"),
    [
        (Moment(now=NOW, placement="product", featured=(row("camera"),)), customer_of(bought(ago(3), "camera"))),
        (Moment(now=NOW, placement="outreach"), customer_of(*(bought(ago(n), "coffee") for n in (29, 22, 15, 8)))),
        (Moment(now=NOW), customer_of()),
    ],
    ids=["a page about something", "a message", "a stranger"],
)
def test_it_does_not_speak_where_it_has_never_listened(moment, customer):
    shelf = shop().shelf(moment, customer)
    assert len(shelf)
    assert shelf.ranked is None


def test_the_word_of_a_source_that_it_never_heard_stays():
    shelf = shop(considering=Saying()).shelf(Moment(now=NOW), customer_of(bought(ago(3), "camera")))
    assert worth_by_id(shelf)["novel"] == 0.2


def test_nothing_that_they_asked_for_is_thought_less_of():
    recommender = shop(considering=Saying("stated"))
    doubtful = names_of((*HEARD, "considering"))
    ranking = Ranking(sources=(*HEARD, "considering"), weight=tuple(-9.0 if name == "new" else 0.0 for name in doubtful))
    recommender.components["ranker"].state.ranking = ranking
    worth = worth_by_id(recommender.shelf(Moment(now=NOW), customer_of(bought(ago(3), "camera"))))
    assert worth["novel"] == 0.2
    assert worth["milk"] < 0.01


def test_saved_and_loaded_it_ranks_the_same(ranking):
    one, other = Ranker(), Ranker()
    one.state.ranking = ranking
    other.load(one.dump())
    assert other.state == one.state
    assert msgspec.msgpack.decode(one.dump())["ranking"]["sources"] == list(SOURCES)

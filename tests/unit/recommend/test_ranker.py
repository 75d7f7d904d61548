"""One order for what all sources propose: learned where it is ahead, and only there; never against a source's word, and never against a rare kind of want."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rankings import VOICES, doubting, proposed, week
from small_shop import CATALOG, NOW, ago, bought, customer_of, row
from tactful.model.candidates import Because, Candidates
from tactful.model.moment import Moment
from tactful.recommend import Recommender, slate_of
from tactful.recommend._proposed import Proposed, SourceScores, Voice, figures_of
from tactful.recommend.considering import Considering
from tactful.recommend.ranker import REGIMES, Ranker, learn_ranking, names_of, strongest

LEARNED, MERITS = learn_ranking(proposed())
NEVER = np.inf
OF_NEW, OF_NEW_IN_TIME, OF_HAD = [0.0, 0.0, NEVER, 4.0, 20.0, 3.0], [0.0, 1.0, NEVER, 4.0, 20.0, 3.0], [12.0, 0.0, 30.0, 4.0, 20.0, 3.0]


@pytest.fixture
def ranking():
    assert LEARNED is not None
    return LEARNED


def test_it_is_learned_where_all_together_tell_more_than_the_strongest_word(ranking):
    later = proposed(seed=2)
    word, foretold = strongest(later.told, VOICES), ranking(later.told, later.figures)
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
@given(
    st.lists(st.one_of(st.none(), st.floats(0.001, 0.9)), min_size=3, max_size=3),
    st.integers(0, len(VOICES) - 1),
    st.floats(0.001, 0.9),
    st.floats(1.0, 5.0),
    st.sampled_from([OF_NEW, OF_NEW_IN_TIME, OF_HAD]),
)
def test_a_source_that_is_surer_never_makes_a_thing_less_likely(others, source, probability, times, figures):
    told = np.full((2, len(VOICES)), np.nan)
    told[:, [i for i in range(len(VOICES)) if i != source]] = [np.nan if one is None else one for one in others]
    told[:, source] = probability, min(probability * times, 0.99)
    less, more = LEARNED(told, np.array([figures, figures]))
    assert more >= less - 1e-12


@settings(deadline=None)
@given(st.floats(0.001, 0.9), st.integers(1, len(VOICES) - 1), st.floats(0.001, 0.9), st.sampled_from([OF_NEW, OF_NEW_IN_TIME]))
def test_what_another_source_speaks_for_too_is_not_less_likely(probability, source, other, figures):
    told = np.full((2, len(VOICES)), np.nan)
    told[:, 3 if source == 1 else 1] = probability
    told[1, source] = other
    alone, with_another = LEARNED(told, np.array([figures, figures]))
    assert with_another >= alone - 1e-12


def test_what_goes_with_a_new_camera_is_not_judged_with_the_biscuits_that_never_went_with_the_coffee():
    """Company is proposed often to who has had the anchor for years, in vain, and hardly ever to who has just bought one. Few bought anything of either."""
    rng = np.random.default_rng(3)
    n = 24_000
    kind = rng.choice(["due", "stale company", "fresh company", "best seller"], n, p=[0.3, 0.298, 0.002, 0.4])
    told = np.full((n, len(VOICES)), np.nan)
    due, company = kind == "due", np.char.endswith(kind, "company")
    told[due, 0], told[company, 1], told[kind == "best seller", 3] = rng.beta(1, 9, due.sum()), 0.1, 0.03
    figures = np.select([due[:, None], (kind == "fresh company")[:, None]], [np.array([OF_HAD]), np.array([OF_NEW_IN_TIME])], np.array([OF_NEW]))
    wanted = rng.random(n) < np.select([due, kind == "stale company", kind == "fresh company"], [0.1, 0.0007, 0.0], 0.001)
    ranking, _ = learn_ranking(week(told=told, figures=figures, wanted=wanted, customer=np.sort(rng.integers(0, 300, n)), row=rng.integers(0, 50, n)))
    assert ranking is not None
    company, best_seller = [np.nan, 0.1, np.nan, np.nan], [np.nan, np.nan, np.nan, 0.03]
    fresh, stale, popular = ranking(np.array([company, company, best_seller]), np.array([OF_NEW_IN_TIME, OF_NEW, OF_NEW]))
    assert fresh > 0.03
    assert max(stale, popular) < 0.003


def test_every_correction_has_a_name(ranking):
    assert len(names_of(ranking.voices)) == len(ranking.weight)
    assert len(set(names_of(ranking.voices))) == len(ranking.weight)


def following(*pairs):
    """What a source found that proposes a product because of another."""
    found = [(row(product), 0.2, Because(code="completes", anchor=None if anchor is None else row(anchor))) for product, anchor in pairs]
    return SourceScores(voice=Voice("completes", follows_days=30.0), candidates=Candidates.of(found))


def test_the_figures_are_of_the_customer_the_thing_and_what_it_follows():
    customer = customer_of(bought(ago(40), "coffee"), bought(ago(10), "coffee", "camera"))
    rows = np.array([row("coffee"), row("case"), row("bread")], np.int32)
    found = [following(("case", "camera"), ("bread", "coffee"), ("coffee", None))]
    coffee, case, bread = figures_of(rows, np.array([1, 2, 0]), found, customer=customer, now=NOW).tolist()
    assert coffee == pytest.approx([2, 0, 10, 2, 2, 10])
    assert case == pytest.approx([0, 1, NEVER, 2, 2, 10])
    assert bread == pytest.approx([0, 0, NEVER, 2, 2, 10])
    nobody = figures_of(rows[:1], np.array([0]), [following(("case", "camera"))], customer=customer_of(), now=NOW)
    assert nobody.tolist() == [[0, 0, NEVER, 0, 0, NEVER]]


def test_customers_stand_one_after_the_other_and_who_never_spoke_is_left_out():
    due, popular = Voice("due_again", outranks=1), Voice("popular_here")

    def one(*products):
        found = [SourceScores(voice=popular, candidates=Candidates.of([(row(name), 0.2, Because(code="popular_here")) for name in products]))]
        return Proposed.to_one(found if products else [], [due, popular], customer_of(), bought=CATALOG.group_of[[row("tote-black")]], now=NOW)

    both = Proposed.together([one("milk", "tote-tan"), one(), one("milk")])
    assert both.voices == (popular,)
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


UPSIDE_DOWN = doubting(0.0, -2.0, "due_again", "popular_here")
"""The less of a new thing the surer a source is of it: no ranking that was learned is so."""


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
    recommender.components["ranker"].state.ranking = doubting(-9.0, 0.0, "due_again", "popular_here", "considering")
    worth = worth_by_id(recommender.shelf(Moment(now=NOW), customer_of(bought(ago(3), "camera"))))
    assert worth["novel"] == 0.2
    assert worth["milk"] < 0.01


def test_saved_and_loaded_it_ranks_the_same(ranking):
    one, other = Ranker(), Ranker()
    one.state.ranking = ranking
    other.load(one.dump())
    assert other.state == one.state
    assert len(other.state.ranking.words.level) == len(REGIMES)

"""All sources together: one reason a product, and the right one."""

from small_shop import CATALOG, NOW, ago, bought, customer_of, row
from tactful.model.candidates import Because, Candidates
from tactful.model.moment import Moment
from tactful.recommend import Recommender
from tactful.recommend._rhythm import Rhythm, Rhythms
from tactful.recommend.considering import Considering


def shelf_of(recommender, customer, **fields):
    recommender.bind(CATALOG)
    shelf = recommender.shelf(Moment(now=NOW, **fields), customer)
    return {CATALOG.product(int(r)).id: (str(source), float(score)) for r, source, score in zip(shelf.rows, shelf.source, shelf.score, strict=True)}


def test_what_is_due_again_is_not_hidden_behind_a_best_seller():
    recommender = Recommender()
    popular = recommender.components["popular_here"]
    popular.state.weekly = {"": {"coffee": 0.9, "milk": 0.8}}
    regular = customer_of(*(bought(ago(n), "coffee") for n in (29, 22, 15, 8)))
    shelf = shelf_of(recommender, regular)
    assert shelf["coffee"][0] == "due_again"
    assert shelf["coffee"][1] < 0.9
    assert shelf["milk"] == ("popular_here", 0.8)


def test_how_often_the_very_style_is_bought_again_is_told_of_a_style_and_of_its_kind():
    recommender = Recommender()
    seldom, often = Rhythm(repeat_share=0.05), Rhythm(repeat_share=0.6)
    rhythms = Rhythms(types={"Electronics > Photo > Cameras": seldom, "Food > Drinks > Coffee": often}, groups={"camera": often, "coffee": seldom})
    recommender.components["due_again"].state.rhythms = rhythms
    recommender.bind(CATALOG)
    style, kind = (dict(zip(CATALOG.groups, shares.tolist(), strict=True)) for shares in (recommender.repeat_share(), recommender.kind_repeat_share()))
    assert (style["camera"], kind["camera"], kind["camera-other"]) == (0.6, 0.05, 0.05)
    assert (style["coffee"], kind["coffee"]) == (0.05, 0.6)


class Saying(Considering):
    """Proposes one novel with a score of its own."""

    def __init__(self, score):
        self.score = score

    def __call__(self, moment, customer):
        return Candidates.of([(row("novel"), self.score, Because(code=f"scored {self.score}"))])

    def prior(self, score):
        return score


def test_of_two_sources_the_likelier_gives_the_reason():
    recommender = Recommender()
    recommender.components |= {"considering": Saying(0.2), "completes": Saying(0.9), "popular_here": Saying(0.5)}
    assert shelf_of(recommender, customer_of())["novel"] == ("scored 0.9", 0.9)


def test_a_message_asks_only_sources_that_may_write():
    recommender = Recommender()
    recommender.components["popular_here"].state.weekly = {"": {"milk": 0.8}}
    regular = customer_of(*(bought(ago(n), "coffee") for n in (29, 22, 15, 8)))
    assert set(shelf_of(recommender, regular, placement="outreach")) == {"coffee"}


def test_a_page_about_something_pushes_best_sellers_of_other_departments_back():
    recommender = Recommender()
    recommender.components["popular_here"].state.weekly = {"": {"milk": 0.8, "case": 0.2}}
    anywhere = shelf_of(recommender, customer_of())
    on_page = shelf_of(recommender, customer_of(), placement="product", featured=(row("camera"),))
    assert (anywhere["milk"][1], anywhere["case"][1]) == (0.8, 0.2)
    assert on_page["milk"][1] < on_page["case"][1] == 0.2

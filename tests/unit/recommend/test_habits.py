"""Sizes, the usual, rhythms, and the sentences of reasons."""

from datetime import UTC, datetime, timedelta

import pytest

from small_shop import CATALOG, NOW, ago, bought, customer_of, happened, purchase_table, row
from tactful.catalog import build_table
from tactful.model.candidates import Because, Evidence
from tactful.model.events import OrderCompleted, OrderLine
from tactful.model.products import Product, spoken_title
from tactful.recommend import sizes_of, usual_of, wears
from tactful.recommend._pairs import summarise
from tactful.recommend._rhythm import Rhythm, Rhythms, learn_rhythms
from tactful.recommend._sizes import fitting_variant, size_kind
from tactful.words import built_in

SHOES = ("Shoes", True)


@pytest.mark.parametrize(("size", "kind"), [("39", SHOES), (" 39 ", SHOES), ("M", ("Shoes", False)), ("6.5", SHOES)])
def test_numbers_and_letters_are_two_kinds_of_size(size, kind):
    assert size_kind(Product(id="p", title="P", product_type="Shoes > Boots", size=size)) == kind


def test_the_size_is_that_of_late_and_never_a_gift_s():
    def size(*events):
        return sizes_of(customer_of(*events), now=NOW)

    assert size(*(bought(ago(100 + n), "boots-42") for n in range(2)), *(bought(ago(n), "boots-39") for n in range(1, 3))) == {SHOES: "39"}
    assert size(bought(ago(9), "boots-39"), bought(ago(1), "boots-42", gift=True)) == {SHOES: "39"}
    assert size(bought(ago(9), "coffee")) == {}


def test_an_unknown_size_fits_everybody():
    assert wears(row("boots-42"), {}, CATALOG)
    assert wears(row("coffee"), {SHOES: "39"}, CATALOG)
    assert not wears(row("boots-42"), {SHOES: "39"}, CATALOG)


def variants(**stock):
    """Four shirts of one style; named ones are out of stock."""
    return build_table(
        [
            Product(
                id=f"{color}-{size}",
                title="Shirt",
                item_group_id="shirt",
                product_type="Clothes > Shirts",
                color=color,
                size=size,
                availability=stock.get(f"{color}_{size}", "in_stock"),
            )
            for color in ("red", "blue")
            for size in ("S", "M")
        ],
        (),
        version=1,
    )


@pytest.mark.parametrize(
    ("asked", "stock", "given"),
    [
        ("red-M", {}, "red-M"),
        ("red-S", {}, "red-M"),
        ("blue-S", {}, "blue-M"),
        ("blue-S", {"blue_M": "out_of_stock"}, "red-M"),
        ("blue-M", {"blue_M": "out_of_stock"}, "red-M"),
        ("blue-M", {"blue_M": "out_of_stock", "red_M": "out_of_stock"}, "blue-M"),
        ("blue-S", {"blue_M": "out_of_stock", "red_M": "out_of_stock"}, "blue-M"),
    ],
)
def test_the_variant_that_fits(asked, stock, given):
    catalog = variants(**stock)
    found = fitting_variant(row(asked, catalog), {("Clothes", False): "M"}, catalog)
    assert catalog.product(found).id == given


def test_no_variant_fits_then_it_stays_as_it_is():
    catalog = variants()
    assert fitting_variant(row("red-S", catalog), {("Clothes", False): "XL"}, catalog) == row("red-S", catalog)


def coffee(days_ago, product_id="coffee", gift=False, **options):
    line = OrderLine(product_id=product_id, options=options or None)
    return happened(OrderCompleted, ago(days_ago), order_id=f"o{days_ago}{product_id}", lines=(line,), gift=gift)


def test_a_daily_habit_is_offered_with_its_options():
    usual = usual_of(customer_of(*(coffee(n, size="small", milk="oat") for n in range(1, 7)), coffee(7, size="large")), now=NOW)
    assert (usual.product_id, usual.options) == ("coffee", {"size": "small", "milk": "oat"})
    assert 0.75 < usual.confidence < 1


@pytest.mark.parametrize(
    "events",
    [
        [coffee(n) for n in range(1, 4)],
        [coffee(7 * n) for n in range(1, 8)],
        [coffee(30 + n) for n in range(1, 8)],
        [coffee(n, gift=True) for n in range(1, 8)],
        [coffee(n, size=("small", "large")[n % 2]) for n in range(1, 8)],
        [coffee(n, "vitamins") for n in range(1, 8)],
        [coffee(n, "unheard-of") for n in range(1, 8)],
    ],
    ids=["too few", "too seldom", "over", "for others", "now this now that", "private", "no longer sold"],
)
def test_without_a_clear_habit_there_is_no_usual(events):
    assert usual_of(customer_of(*events), now=NOW) is None


def test_a_new_habit_takes_over():
    usual = usual_of(customer_of(*(coffee(n, size="large") for n in range(6, 12)), *(coffee(n, size="small") for n in range(1, 6))), now=NOW)
    assert usual.options == {"size": "small"}


def test_of_two_habits_the_clearer_is_meant():
    events = [coffee(n, size="small" if n > 1 else "large") for n in range(1, 8)] + [coffee(n, "milk") for n in range(1, 8)]
    assert usual_of(customer_of(*events), now=NOW).product_id == "milk"


def test_a_child_outgrows_a_size_and_a_grown_up_does_not():
    coats = build_table([Product(id=f"{who}-104", title="Coat", product_type="Coats", size="104", age_group=who) for who in ("kids", "adult")], (), version=1)

    def size(who, days):
        return sizes_of(customer_of(bought(ago(days), f"{who}-104"), catalog=coats), now=NOW)

    assert size("kids", 400) == {}
    assert size("kids", 100) == size("adult", 400) == {("Coats", True): "104"}


def test_rhythms_fall_back_from_style_to_type_to_everywhere():
    purchases = purchase_table()
    rhythms = learn_rhythms(summarise(purchases.customer, CATALOG.group_of[purchases.row], purchases.day), CATALOG)
    assert rhythms.groups["milk"].gap_days < rhythms.groups["coffee"].gap_days
    assert rhythms.groups["coffee"].repeat_share > 0.8
    assert rhythms.groups["camera"].repeat_share < 0.2
    assert rhythms.groups["coffee"].spread < 0.5
    grown = build_table([*CATALOG.products, Product(id="milk-2", title="Soy", product_type="Food > Drinks > Milk"), Product(id="x", title="X")], (), version=2)
    by_group = dict(zip(grown.groups, rhythms.of_groups(grown), strict=True))
    assert by_group["milk-2"] == rhythms.types["Food > Drinks > Milk"]
    assert by_group["x"] == rhythms.everywhere


def test_without_a_log_rhythms_are_the_priors():
    assert set(Rhythms().of_groups(CATALOG)) == {Rhythm()}


def text(code, product_id="coffee", **fields):
    return built_in().speak("en").reason(Because(code=code, **fields), row(product_id), CATALOG, now=NOW)


LAST = ago(12)
LOOKS = tuple(Evidence(message_id=f"m{n}", at=ago(n)) for n in (1, 2, 2.1))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (text("due_again", every_days=13.6, last_at=LAST), "You buy Peakroast coffee about every 14 days, last on 20 February."),
        (text("due_again", every_days=4.0, last_at=LAST), "You bought Peakroast coffee on 20 February."),
        (text("due_again", every_days=4.0, last_at=LAST, stocked_days=8.0), "You buy Peakroast coffee about every 4 days, last on 20 February."),
        (text("due_again", every_days=0.5), "You buy Peakroast coffee about every day."),
        (text("due_again", last_at=LAST), "You bought Peakroast coffee on 20 February."),
        (text("due_again"), "You bought Peakroast coffee."),
        (text("completes", "case", anchor=row("camera"), anchor_at=ago(100)), "Goes with the Optika X10 you bought on 24 November 2025."),
        (text("completes", "case", anchor=row("camera")), "Goes with the Optika X10."),
        (text("considering", "tote-tan", anchor=row("tote-black"), evidence=LOOKS), "Alder tote, which you looked at on 2 days."),
        (text("considering", "camera-other", anchor=row("camera"), evidence=LOOKS[:1]), "Of the same kind as Optika X10, which you looked at on 3 March."),
        (text("popular_here"), "Bought often here."),
        (text("popular_here", place="GB"), "Bought often in your country."),
        (text("cart_waiting", "novel"), "A long novel is still in your basket."),
    ],
)
def test_reasons_are_one_short_sentence(said, sentence):
    assert said == sentence


@pytest.mark.parametrize(("title", "spoken"), [("Tote, Tan, L", "Tote"), ("Tote, L, Tan", "Tote, L"), ("Tan tote", "Tan tote")])
def test_titles_are_spoken_without_colour_and_size(title, spoken):
    assert spoken_title(Product(id="p", title=title, color="Tan", size="L")) == spoken


def test_a_date_of_this_year_has_no_year():
    new_year = datetime(2026, 1, 1, tzinfo=UTC)
    assert "2025" in built_in().speak("en").reason(Because(code="due_again", last_at=new_year - timedelta(days=1)), 0, CATALOG, now=new_year)

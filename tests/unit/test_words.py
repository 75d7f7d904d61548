"""What is said in every language: complete, in the right form, to the right person, and never pushy, pitiful, coy or knowing."""

import re
import sys
from datetime import UTC, datetime

import msgspec
import pytest

from small_shop import CATALOG, NOW, PRODUCTS, ago, row
from tactful.catalog import build_table
from tactful.model.candidates import Because, Evidence
from tactful.model.decisions import Item, Message, Reason
from tactful.model.errors import InvalidInput
from tactful.outreach import discover_triggers
from tactful.words import SHIPPED, Links, Phrasebook, built_in, letter, lint
from tactful.words._manners import IN
from tactful.words._reasons import REASONS

LANGUAGES = ["en", "fr", "de", "ar"]
TRIGGERS = [trigger.name for trigger in discover_triggers()]
EN = built_in().speak("en")
LINKS = Links(unsubscribe_url="https://s.example/u/1", preferences_url="https://s.example/me/1")

NEVER = (
    r"!",
    r"\boops\b",
    r"\bmiss(ed)? you\b",
    r"\bcome back\b",
    r"\bhurry\b",
    r"\bquick(ly)?\b",
    r"\blast chance\b",
    r"\bdon.t (miss|forget|wait)\b",
    r"\bonly \d+ left\b",
    r"\bbefore it.s gone\b",
    r"\bnow or never\b",
    r"\bends? (soon|today|tonight)\b",
    r"\blimited\b",
    r"\bforgot(ten)?\b",
    r"\babandon(ed)?\b",
    r"\bsad\b|\bsorry\b|\blonely\b",
    r"\bjust for you\b|\bhand.?picked\b",
    r"\bwe (saw|noticed|know)\b",
)


def reasons(words):
    """Every sentence a reason can become, with much and with little behind it."""
    little = {"evidence": (Evidence(message_id="m1", at=ago(3)),)}
    much = {"evidence": tuple(Evidence(message_id=f"m{n}", at=ago(n)) for n in (3, 4, 5)), "anchor": row("camera-other"), "anchor_at": ago(9)}
    much |= {"every_days": 12.0, "last_at": ago(11), "place": "GB", "times": 3, "seen_price": 12.0, "percent_off": 20.0, "expires_at": ago(-9)}
    own = much | {"anchor": row("camera"), "source": "stated"}
    return [words.reason(Because(code=code, **facts), row("camera"), CATALOG, now=NOW) for code in REASONS for facts in (little, much, own)]


def message(words, *titles, trigger="due_again", channel="email"):
    said = words.reason(Because(code="due_again", every_days=12.0), row("coffee"), CATALOG, now=NOW)
    items = tuple(Item(product_id="coffee", group_id="coffee", score=1.0, reason=Reason(code="due_again", text=said, source="observed_here")) for _ in titles)
    subject = words.subject(trigger, titles)
    return Message(message_id="m", trigger=trigger, channel=channel, send_at=NOW, items=items, subject=subject, text=words.text(items), locale=words.locale)


def said(words):
    subjects = [words.subject(trigger, titles) for trigger in TRIGGERS for titles in (["Coffee"], ["Coffee", "Milk"], ["Coffee", "Milk", "Bread"])]
    return [*reasons(words), *subjects, message(words, "Coffee").text]


@pytest.mark.parametrize("pattern", NEVER)
def test_never_said(pattern):
    shop = [*EN.sentences("silence").values(), *EN.sentences("withheld").values()]
    assert [sentence for sentence in [*said(EN), *shop] if re.search(pattern, sentence, re.IGNORECASE)] == []


def test_subjects_are_short_and_reasons_end_with_a_full_stop():
    for language in LANGUAGES:
        words = built_in().speak(language)
        assert all(len(words.subject(trigger, ["Coffee", "Milk"])) < 65 for trigger in TRIGGERS)
        shop = [*words.sentences("silence").values(), *words.sentences("withheld").values()]
        assert all(sentence.endswith(".") and "  " not in sentence for sentence in [*reasons(words), *shop])


def test_every_reason_and_every_trigger_has_its_sentences():
    assert {key.split(".")[1] for key in EN.phrases if key.startswith("reason.")} == set(REASONS)
    assert {f"subject.{trigger}" for trigger in TRIGGERS} == {key for key in EN.phrases if key.startswith("subject.")}
    assert {trigger for trigger in TRIGGERS if not EN.explains(trigger)} == {"still_welcome"}


def test_what_is_shipped_has_no_fault():
    assert [str(fault) for fault in lint()] == []


@pytest.mark.parametrize("language", ["fr", "de", "ar"])
def test_other_languages_say_nothing_in_english(language):
    def words_of(sentences):
        return {word.lower() for sentence in sentences for word in re.findall(r"[^\W\d_]{3,}", sentence)}

    names = words_of(product.title for product in PRODUCTS) | {"milk", "stock", "article", "nan", "was"}
    assert words_of(said(built_in().speak(language))) & (words_of(said(EN)) - names) == set()


@pytest.mark.parametrize(
    ("wishes", "locale"),
    [
        (["fr-CA", "de"], "fr-CA"),
        (["fr_FR"], "fr-FR"),
        (["ja", None, "de-AT", "fr"], "de-AT"),
        (["not a locale", "ar-EG"], "ar-EG"),
        (["fr-FR-u-co-phonebk"], "fr"),
        (["tlh", ""], "en"),
        (["en-US"], "en-US"),
    ],
)
def test_the_first_wish_that_is_spoken_here_holds(wishes, locale):
    assert Phrasebook().speak(*wishes).locale == locale


def because(**facts):
    return Because(code="due_again", every_days=13.6, last_at=datetime(2025, 12, 28, tzinfo=UTC), **facts)


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en", "You buy Peakroast coffee about every 14 days, last on 28 December 2025."),
        ("en-US", "You buy Peakroast coffee about every 14 days, last on December 28, 2025."),
        ("fr", "Vous achetez Peakroast coffee environ tous les 14 jours, la dernière fois le 28 décembre 2025."),
        ("de", "Sie kaufen Peakroast coffee etwa alle 14 Tage, zuletzt am 28. Dezember 2025."),
        ("ar", "تشتري \u2068Peakroast coffee\u2069 كل 14 يومًا تقريبًا، وآخر مرة في 28 ديسمبر 2025."),
    ],
)
def test_a_reason_in_each_language(locale, sentence):
    assert built_in().speak(locale).reason(because(), row("coffee"), CATALOG, now=datetime(2026, 1, 5, tzinfo=UTC)) == sentence


@pytest.mark.parametrize(
    ("locale", "price"),
    [("en", "8.50 EUR; it was 9.00"), ("fr", "8,50\xa0€ ; le prix était de 9,00\xa0€"), ("de", "8,50\xa0€; als Sie es ansahen, waren es 9,00\xa0€")],
)
def test_money_is_written_as_in_the_language(locale, price):
    cheaper = build_table([msgspec.structs.replace(PRODUCTS[0], sale_price=msgspec.structs.replace(PRODUCTS[0].price, amount=8.5))], (), version=2)
    assert price in built_in().speak(locale).reason(Because(code="price_drop", seen_price=9.0), 0, cheaper, now=NOW)


@pytest.mark.parametrize(("n", "form"), [(1, "كل يوم "), (2, "كل يومين "), (3, "كل 3 أيام "), (11, "كل 11 يومًا "), (100, "كل 100 يوم ")])
def test_arabic_counts_in_five_ways(n, form):
    assert form in built_in().speak("ar").reason(Because(code="due_again", every_days=n), row("coffee"), CATALOG, now=NOW)


def test_a_title_cannot_turn_or_break_the_sentence_around_it():
    assert EN.subject("new_style", ["Mug\r\nBcc: all \u202etxt"]) == "New: Mug Bcc: all txt"
    assert EN.subject("new_style", ["كوب"]) == "New: \u2068كوب\u2069"
    assert built_in().speak("ar").subject("new_style", ["Mug\u2069"]) == "جديد: \u2068Mug\u2069"
    assert EN.subject("new_style", ["{title} %s {0}"]) == "New: {title} %s {0}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_letter_has_its_reason_and_both_ways_out(language, channel):
    words = built_in().speak(language)
    found = letter(words, message(words, "Coffee", channel=channel), LINKS, products={}, sender=["Peakroast Ltd", "1 High Street, London"])
    for part in (found.text, found.html):
        assert LINKS.unsubscribe_url in part
        assert LINKS.preferences_url in part
        assert message(words, "Coffee").items[0].reason.text in part
        assert "1 High Street, London" in part
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in found.html
    assert not re.search(r"\{\w*\}", found.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_whether_we_are_welcome_is_a_letter_without_products(language):
    words = built_in().speak(language)
    planned = msgspec.structs.replace(message(words, "Coffee", trigger="still_welcome"), items=(), subject=words.subject("still_welcome", []))
    found = letter(words, planned, LINKS, products={})
    question = words.say("letter.question")
    assert found.text.startswith(question)
    assert question in found.html
    assert words.say("letter.closing") not in found.text + found.html
    assert LINKS.unsubscribe_url in found.text


def test_links_that_the_shop_does_not_have_leave_no_empty_line_of_words():
    planned = message(EN, "Coffee")
    bare = letter(EN, planned, None, products={})
    assert bare.text == planned.items[0].reason.text
    assert EN.say("letter.closing") not in bare.html, "without a link there is nothing to tap"
    one = letter(EN, planned, Links(unsubscribe_url="https://s.example/u/1"), products={})
    assert one.text == f"{planned.text}\nUnsubscribe: https://s.example/u/1"
    assert "None" not in one.html


def test_a_letter_escapes_what_the_catalogue_says_and_links_only_to_the_web():
    evil = msgspec.structs.replace(PRODUCTS[0], title='<script>alert("x")</script>', link="javascript:alert(1)", image_link="https://s.example/mug.png")
    table = build_table([evil], (), version=2)
    text = EN.reason(because(), 0, table, now=NOW)
    item = Item(product_id="coffee", group_id="coffee", score=1.0, reason=Reason(code="due_again", text=text, source="observed_here"))
    planned = msgspec.structs.replace(message(EN, evil.title), items=(item,))
    found = letter(EN, planned, LINKS, products={"coffee": evil})
    assert "<script" not in found.html
    assert "javascript:" not in found.html + found.text
    assert 'src="https://s.example/mug.png"' in found.html
    linked = letter(EN, planned, LINKS, products={"coffee": msgspec.structs.replace(evil, link="https://s.example/mug")})
    assert '<a href="https://s.example/mug"' in linked.html
    assert "https://s.example/mug\n" in linked.text


def test_a_shop_changes_one_sentence_and_keeps_the_rest():
    own = Phrasebook({"fr.toml": '[subject]\ncart_waiting = "Votre panier : {what}"\n', "fr-CA.toml": '[subject]\nnew_style = "Arrivage : {what}"\n'})
    assert own.speak("fr-BE").subject("cart_waiting", ["Thé"]) == "Votre panier : Thé"
    assert own.speak("fr-CA").subject("cart_waiting", ["Thé"]) == "Votre panier : Thé"
    assert own.speak("fr-CA").subject("new_style", ["Thé"]) == "Arrivage : Thé"
    assert own.speak("fr").subject("new_style", ["Thé"]) == "Nouveau : Thé"


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("en.toml", '[subject]\ncart_waiting = "Hurry, {what}"', "subject.cart_waiting: false urgency: 'Hurry'"),
        ("en.toml", '[subject]\ncart_waiting = "{what} in your basket!"', "an exclamation mark"),
        ("en.toml", '[letter]\nclosing = "We miss you."', "letter.closing: pity: 'miss you'"),
        ("en.toml", '[subject]\nnew_style = "Just for you: {what}"', "false friendship"),
        ("en.toml", '[reason.cart_waiting]\nwaits = "We saw you put {title} in."', "knowing too much"),
        ("en.toml", '[reason.cart_waiting]\nwaits = "{title}, because you are pregnant."', "knowing too much"),
        ("en.toml", '[reason.cart_waiting]\nwaits = "You forgot {title}."', "blame"),
        ("fr.toml", '[letter]\nclosing = "Vous nous manquez."', "pity"),
        ("fr.toml", '[subject]\nnew_style = "Dernière chance : {what}"', "false urgency"),
        ("de.toml", '[subject]\nnew_style = "Nur heute: {what}"', "false urgency"),
        ("de.toml", '[letter]\nclosing = "Wir vermissen Sie."', "pity"),
        ("ar.toml", '[subject]\nnew_style = "اليوم فقط: {what}"', "false urgency"),
        ("ar.toml", '[letter]\nclosing = "اشتقنا إليك."', "pity"),
        ("en.toml", '[subject]\ncart_waiting = "Your basket"', "lacks {what}"),
        ("en.toml", '[subject]\ncart_waiting = "{first_name}, {what}"', "knows no {first_name}"),
        ("en.toml", '[subject]\ncart_waitng = "{what}"', "did you mean subject.cart_waiting?"),
        ("en.toml", '[subject]\ncart_waiting = "{what.__class__}"', "a placeholder is a name in braces"),
        ("en.toml", '[subject]\ncart_waiting = "{what"', "expected '}'"),
        ("en.toml", "[subject]\ncart_waiting = 3", "expected a sentence"),
        ("en.toml", '[subject]\ncart_waiting = { one = "{what}", other = "{what}" }', "has one form"),
        ("ar.toml", '[list]\nmore = { one = "{title} {n}", other = "{title} {n}" }', "lacks the plural zero, two, few, many"),
        ("ar.toml", '[list]\nmore = "{title}"', "needs the plural forms"),
        ("en.toml", '[letter]\ntext = "{reasons} {closing} {answer} {leave} {preferences_url}"', "letter.text: lacks {unsubscribe_url}"),
        ("en.toml", '[letter]\ntext = "{closing} {answer} {leave} {preferences_url} {unsubscribe_url}"', "letter.text: lacks {reasons}"),
        ("en.toml", "[subject", "en.toml: no valid TOML"),
        ("es.toml", '[subject]\ncart_waiting = "{what}"', "es.toml: reason.due_again.since: is missing"),
        ("welsh.toml", "", "named like a language"),
        ("notes.txt", "", "not known"),
        ("letter.html", "<p>{{ subject }}</p>", "a letter has a way out"),
        ("letter.html", "{{ unsubscribe_url }}{{ preferences_url }}", "a letter says why it comes"),
        ("letter.html", "{% for item in items %}", "letter.html: line 1"),
        ("letter.html", "{{ first_name }}", "is undefined"),
    ],
)
def test_the_linter_refuses(file, text, fault):
    found = [str(each) for each in lint({file: text})]
    assert any(fault in each and each.startswith(file) for each in found), found
    with pytest.raises(InvalidInput) as error:
        Phrasebook({file: text})
    assert fault in error.value.message


def test_the_same_rules_of_manners_hold_in_every_language():
    assert {frozenset(rules) for rules in IN.values()} == {frozenset(IN["en"])}
    assert set(IN) == set(LANGUAGES)
    assert {name.removesuffix(".toml") for name in SHIPPED if name.endswith(".toml")} >= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_takes_few_steps(language):
    words, reason, calls = built_in().speak(language), because(), []
    words.reason(reason, row("coffee"), CATALOG, now=NOW)
    sys.setprofile(lambda _, event, __: calls.append(event) if event.endswith("call") else None)
    try:
        words.reason(reason, row("coffee"), CATALOG, now=NOW)
    finally:
        sys.setprofile(None)
    assert len(calls) < 60  # about twenty; reading or compiling a phrase anew takes hundreds


@pytest.mark.parametrize("language", ["fr", "de", "ar"])
def test_the_customers_page_is_said_in_their_language(language):
    ours, theirs = EN.phrases, built_in().speak(language).phrases
    same = {key for key in ours if key.startswith(("page.", "evidence.")) and theirs[key] == ours[key]}
    assert same == set()


def test_a_notification_is_its_reasons_and_a_text_message_has_its_ways_out():
    push, sms = (letter(EN, message(EN, "Coffee", channel=channel), LINKS, products={}) for channel in ("push", "sms"))
    assert push.text == message(EN, "Coffee").items[0].reason.text
    assert LINKS.unsubscribe_url in sms.text
    assert LINKS.preferences_url in sms.text

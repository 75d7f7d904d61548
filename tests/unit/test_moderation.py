"""What customers want on products: names pass, hate does not, however it is spelt, and doubt goes to a person."""

import pytest

from tactful.app.moderate import moderate
from tactful.app.requests import ModerateRequest
from tactful.model.errors import InvalidInput
from tactful.moderation import VERDICTS, judge
from tactful.words import built_in


@pytest.mark.parametrize(
    "text",
    [
        *("Frederick 9", "Scunthorpe Utd", "Penistone", "Essex", "Cockburn", "Wixhausen", "Matsushita", "Montenegro", "Schwarzenegger", "Assad", "Arsenal 14"),
        *("Zoë & Chloé", "Nguyễn 10", "Bitte nicht stören", "Je t'aime maman", "محمد ٧", "مبروك يا سارة", "Москва", "Müller 88", "Class of 88"),
        *("Est. 12.06.2021", "14 02 2020 - 14 02 2024", "52.5200 N 13.4050 E", "Kill Bill", "Gas station", "No woman no cry", "Go Turks", "Tote bag", ""),
    ],
)
def test_names_dates_and_places_pass(text):
    assert judge(text) == "fine"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *((text, "abuse") for text in ("f u c k off", "F.U.C.K", "FUUUUCK", "fu\u200bck", "ＦＵＣＫ", "🅵🆄🅲🅺", "fսck", "nїgger", "N1gg3r", "F1CK D1CH", "sh!t")),
        *((text, "abuse") for text in ("nique ta mère", "Hurensöhne", "hijo de puta", "كس أمك", "شرموطة", "пошел на хуй")),
        *((text, "hate") for text in ("GAS THE JEWS", "hang all the jews", "death to Muslims", "Muslims out", "gays must die", "white power", "Sieg Heil")),
        *((text, "hate") for text in ("Ausländer raus", "J.u.d.e.n raus", "mort aux juifs", "الموت لليهود", "G4S THE J3WS")),
        *((text, "threat") for text in ("I will kill you, Anna", "ich bring dich um", "kys")),
    ],
)
def test_what_is_plain_is_refused_however_it_is_spelt(text, found):
    assert judge(text) == found
    assert VERDICTS[judge(text)] == "refuse"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *((text, "coarse") for text in ("Dick", "pussy cat", "fuckyou", "merde")),
        *((text, "hate_code") for text in ("1488", "HH 88", "88", "🖕")),
        *((text, "notorious") for text in ("Hitler", "H i t l e r", "H1tler", "Isis")),
        *((text, "contact_details") for text in ("anna@mail.example", "www.casino.example", "ring +44 7700 900123", "0171 2345678")),
        ("Lеna", "disguised"),  # with a Cyrillic е
        ("a" * 501, "too_long"),
    ],
)
def test_what_may_be_a_name_or_mean_something_else_goes_to_a_person(text, found):
    assert judge(text) == found
    assert VERDICTS[found] == "review"


def test_a_coarse_word_of_one_language_may_be_a_plain_word_of_another():
    assert (judge("Rosette", locale="de-AT"), judge("Rosette", locale="fr")) == ("coarse", "fine")


def test_the_customer_is_told_in_their_language_and_a_picture_is_looked_at_by_a_person():
    told = moderate(ModerateRequest(text="Ausländer raus", locale="de-DE"), built_in().speak("de-DE"))
    assert (told.verdict, told.code, told.message[:34]) == ("refuse", "hate", "Das bringen wir nicht auf Produkte")
    assert moderate(ModerateRequest(image="https://shop.example/photo.jpg"), built_in().speak("en")).verdict == "review"
    for neither_or_both in (ModerateRequest(), ModerateRequest(text="a", image="b")):
        with pytest.raises(InvalidInput, match="either text or image"):
            moderate(neither_or_both, built_in().speak("en"))


@pytest.mark.parametrize("locale", ["en", "de", "fr", "ar"])
def test_every_finding_has_words(locale):
    assert all(built_in().speak(locale).say(f"moderation.{code}") for code in VERDICTS)

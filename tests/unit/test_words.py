"""How we speak: no pity, no hurry, no shouting, wherever a sentence comes from."""

import re

import pytest
from tactful.recommend._reasons import _SENTENCES

from small_shop import CATALOG, NOW, ago, row
from tactful.model.candidates import Because, Evidence
from tactful.model.decisions import Item, Reason
from tactful.outreach import discover_triggers, subject_of, text_of
from tactful.policy import SILENCE, WITHHELD
from tactful.recommend import reason_text

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
TRIGGERS = [trigger.name for trigger in discover_triggers()]


def reasons():
    """Every sentence a reason can become, with much and with little behind it."""
    little = {"evidence": (Evidence(message_id="m1", at=ago(3)),)}
    much = little | {"anchor": row("camera-other"), "anchor_at": ago(9), "every_days": 12.0, "last_at": ago(11), "place": "GB"}
    return [reason_text(Because(code=code, **facts), row("camera"), CATALOG, now=NOW) for code in _SENTENCES for facts in (little, much)]


def messages():
    items = [Item(product_id="coffee", group_id="coffee", score=1.0, reason=Reason(code="x", text="You buy it.", source="observed_here"))]
    return [subject_of(trigger, titles) for trigger in TRIGGERS for titles in (["Coffee"], ["Coffee", "Milk", "Bread"])] + [text_of(items)]


SAID = [*reasons(), *messages(), *SILENCE.values(), *WITHHELD.values()]


@pytest.mark.parametrize("pattern", NEVER)
def test_never_said(pattern):
    assert [sentence for sentence in SAID if re.search(pattern, sentence, re.IGNORECASE)] == []


def test_subjects_are_short_and_reasons_end_with_a_full_stop():
    assert all(len(subject_of(trigger, ["Coffee", "Milk"])) < 60 for trigger in TRIGGERS)
    assert all(sentence.endswith(".") and "  " not in sentence for sentence in [*reasons(), *SILENCE.values(), *WITHHELD.values()])


def test_every_message_names_its_reason_and_the_way_out():
    text = messages()[-1]
    assert text.startswith("You buy it.\n")
    assert "stops" in text.splitlines()[-1]


def test_every_trigger_has_a_sentence():
    assert set(TRIGGERS) <= set(_SENTENCES)

"""The policy as data: what may be set, what is refused, and what holds where."""

import tomllib
from datetime import time

import pytest

from small_shop import NOW, PRODUCTS, STORES, ago, happened
from tactful.app.policy import Policy, default_parts, settable
from tactful.app.policy_file import read_policy, starting_policy
from tactful.model.errors import InvalidInput, NotReady
from tactful.model.events import BackInStockRequested, ConsentUpdated, Identified, MessageDelivered, PreferenceStated, Traits
from tactful.model.profile import Profile
from tactful.wiring import load_policy, open_engine, policy_of, start_policy

ANYBODY = Profile(customer_id="u:ann")


def held(policy, part, profile=ANYBODY, **where):
    rules = policy.rules(profile, **where)
    return next(each for each in (*rules.shelf, *rules.contact, *rules.triggers, rules.thresholds) if type(each).__name__ == part)


def mistakes(text):
    with pytest.raises(InvalidInput) as error:
        read_policy(text, file="t.toml")
    return error.value.message.split("; t.toml: ")


def test_the_starting_policy_sets_nothing_and_shows_every_default():
    text = starting_policy()
    assert tomllib.loads(text) == {}
    uncommented = "\n".join(line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ") and not line.startswith("#   "))
    policy = read_policy(uncommented)
    assert all(setting.value == setting.default for setting in policy.settings())
    assert all(setting.source == "file" for setting in policy.settings())


@pytest.mark.parametrize("setting", list(Policy().settings()), ids=lambda setting: setting.key)
def test_every_setting_says_what_it_means(setting):
    assert setting.means.endswith(".")
    assert setting.source == "default"


def test_every_field_of_every_rule_and_trigger_is_a_setting():
    fields = {f"{part}.{name}" for part, holder in default_parts().items() for name in type(holder).__struct_fields__}
    assert fields == {f"{part}.{name}" for part, holder in default_parts().items() for name in settable(type(holder))}


def test_what_the_file_says_holds_and_says_so():
    policy = read_policy("[contact.never_responds]\npatience = 5\n[contact.quiet_hours]\nopens = 10:30:00\n[thresholds.message]\ndue_again = 0.7\n")
    assert held(policy, "NeverResponds").patience == 5
    assert held(policy, "QuietHours").opens == time(10, 30)
    assert held(policy, "Thresholds").message["due_again"] == 0.7
    assert held(policy, "Thresholds").message["new_style"] == Policy().rules(ANYBODY).thresholds.message["new_style"]
    sources = {setting.key: setting.source for setting in policy.settings()}
    assert sources["contact.never_responds.patience"] == "file"
    assert sources["contact.never_responds.first_gap_days"] == "default"


def test_every_mistake_is_named_at_once():
    found = mistakes("""
        [contcat.too_soon]
        [contact.never_responds]
        patience = 0
        patiense = 4
        [contact.frequency_cap]
        caps = [{ most = 1, hours = 24, channel = "fax" }]
        [contact.quiet_hours]
        opens = "early"
        [contact.too_soon.same_channel_hours]
        emial = 3
        [thresholds]
        here = 7
        [channels.fax.contact]
        [channels.sms.shelf]
        [shelf.sensitive]
        off = true
        [segments.none.thresholds]
        here = 0.1
    """)
    assert found == [
        "t.toml: contcat: not known; did you mean contact?",
        "contact.never_responds.patience: expected `int` >= 1",
        "contact.never_responds.patiense: not known; did you mean patience?",
        "contact.frequency_cap.caps: invalid enum value 'fax' at [0].channel",
        "contact.quiet_hours.opens: invalid RFC3339 encoded time",
        "contact.too_soon.same_channel_hours.emial: not known; did you mean email?",
        "thresholds.here: expected `float` <= 1.0",
        "shelf.sensitive.off: not known; allowed: nothing, it has no settings",
        "channels.fax: not known; allowed: email, sms, push",
        "channels.sms.shelf: not known; allowed: contact",
        'segments.none.when: say who belongs to the segment, for example when = { country = ["FR"] }',
    ]


@pytest.mark.parametrize(("text", "said"), [("patience = = 3", "no valid TOML"), ("contact = 3", "expected a table"), ("[segments.a]\nwhen = 3", "expected")])
def test_what_is_no_policy_at_all_is_refused_in_a_line(text, said):
    assert said in mistakes(text)[0]


def test_a_placement_has_its_own_thresholds():
    policy = read_policy("[placements.cart.thresholds]\nhere = 0.5\n")
    assert held(policy, "Thresholds", placement="cart").here == 0.5
    assert held(policy, "Thresholds", placement="home").here == 0.004
    assert [(setting.scope, setting.value) for setting in policy.settings() if setting.scope] == [("placements.cart", 0.5)]


def test_a_segment_outranks_a_channel():
    policy = read_policy("""
        [channels.sms.contact.quiet_hours]
        opens = 11:00:00
        closes = 19:00:00
        [segments.ann]
        when = { customers = ["ann"] }
        [segments.ann.contact.quiet_hours]
        opens = 12:00:00
    """)
    hours = held(policy, "QuietHours", channel="sms")
    assert (hours.opens, hours.closes) == (time(12), time(19))
    assert held(policy, "QuietHours", Profile(customer_id="u:bob"), channel="sms").opens == time(11)
    assert held(policy, "QuietHours", Profile(customer_id="u:bob"), channel="email").opens == time(9)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path):
    with pytest.raises(NotReady, match=r"gone\.toml cannot be read"):
        load_policy(tmp_path / "gone.toml")
    (tmp_path / "tactful.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="not UTF-8"):
        policy_of(tmp_path)


def test_a_policy_is_written_once(tmp_path):
    file = start_policy(tmp_path)
    file.write_text("[contact.never_responds]\npatience = 5\n", encoding="utf-8")
    start_policy(tmp_path)
    assert held(policy_of(tmp_path), "NeverResponds").patience == 5


MONTHLY = """
[segments.monthly]
when = { preference = { letters = "monthly" } }
[segments.monthly.contact.frequency_cap]
caps = [{ most = 1, hours = 720 }]
"""


@pytest.mark.parametrize(("policy", "letters", "silent"), [("", "monthly", False), (MONTHLY, "monthly", True), (MONTHLY, "weekly", False)])
def test_the_engine_keeps_the_policy_of_its_directory(tmp_path, policy, letters, silent):
    (tmp_path / "tactful.toml").write_text(policy, encoding="utf-8")
    engine = open_engine(tmp_path)
    engine.put_products(PRODUCTS, now=ago(400))
    engine.put_stores(STORES)
    reachable = [
        happened(Identified, ago(300), traits=Traits(email="ann@customers.example", timezone="Europe/London")),
        happened(ConsentUpdated, ago(300), purpose="marketing", channel="email", granted=True),
        happened(PreferenceStated, ago(200), key="letters", value=letters),
        happened(MessageDelivered, ago(10), channel="email", contact_id="m"),
    ]
    asked = happened(BackInStockRequested, ago(30), product_id="novel")
    engine.record([*reachable, asked], now=NOW)
    plan = next(iter(engine.plan(["ann"], now=NOW)))
    engine.store.close()
    assert (plan.silence is not None and plan.silence.code == "frequency_cap") == silent

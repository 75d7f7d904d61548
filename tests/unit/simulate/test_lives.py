"""Lives: the same chances under every policy, and reactions that follow from the hidden truth."""

import msgspec
import pytest

from tactful.simulate.judgement import Truth
from tactful.simulate.life import Life
from tactful.simulate.parameters import WORLDS, read_world
from tactful.simulate.play import PAST_DAYS, Setup, play, play_shard, replay
from tactful.simulate.policies.blast_all import BlastAll
from tactful.simulate.policies.silence import Silence
from tactful.simulate.scorecard import gap, score
from tactful.simulate.shop import changes, feed, open_shop
from tactful.simulate.truth import LEAD, WANTED, ends_here, meet

BASELINES = ("silence", "blast_all", "calendar_caps", "oracle")
SMALL = Setup(world="fashion", customers=24, months=6, policies=BASELINES, shard=8)


def shop_of(world="fashion", days=180.0):
    return open_shop(read_world(world), seed=1, days=days)


def somebody(shop, number=0):
    return meet(shop, number, seed=1, past=PAST_DAYS, days=180.0)


def lived(shop, person, policy):
    life = Life(shop, person, seed=1, past=PAST_DAYS, days=180.0)
    life.begin(policy)
    life.rule_from(0)
    life.live(180.0)
    return life


@pytest.mark.parametrize("world", WORLDS)
def test_every_assumption_has_a_source(world):
    read = read_world(world)
    assert [name for name, one in {**read.assumptions, **read.weights}.items() if len(one.source) < 7] == []


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_processes():
    alone = play(SMALL, workers=1, progress=lambda _: None)
    together = play(SMALL, workers=2, progress=lambda _: None)
    assert msgspec.json.encode(alone) == msgspec.json.encode(together)
    assert msgspec.json.encode(alone) != msgspec.json.encode(play(msgspec.structs.replace(SMALL, seed=2), workers=1, progress=lambda _: None))


def test_a_person_is_the_same_whoever_else_there_is():
    shop = shop_of()
    assert somebody(shop, 3) == somebody(shop, 3)
    assert somebody(shop, 3) != somebody(shop, 4)


def test_the_past_is_the_same_under_every_policy():
    shop = shop_of("grocery")
    person = somebody(shop)
    seen = []
    for policy in (Silence(shop), BlastAll(shop)):
        life = Life(shop, person, seed=1, past=PAST_DAYS, days=180.0)
        told = []
        policy.saw = told.append
        life.begin(policy)
        life.live(0)
        seen.append(told)
    assert seen[0] == seen[1]
    assert len(seen[0]) > 10


def test_who_wants_nothing_for_half_a_year_has_signed_up_all_the_same():
    shop, told = shop_of(), []
    person = somebody(shop)
    person = msgspec.structs.replace(person, wants=tuple(want for want in person.wants if want.opens > 30))
    life = Life(shop, person, seed=1, past=PAST_DAYS, days=180.0)
    policy = Silence(shop)
    policy.saw = told.append
    life.begin(policy)
    life.live(0)
    assert "identify" in {seen.event for seen in told}
    assert max(seen.day for seen in told) <= 0


def test_help_and_goodwill_only_ever_turn_an_end_towards_here():
    shop = shop_of()
    turned = 0
    for number in range(20):
        for want in somebody(shop, number).wants:
            if want.kind in WANTED:
                plain = ends_here(want, shop.world, goodwill=0.5, helped=0.0)
                helped = ends_here(want, shop.world, goodwill=0.6, helped=0.2)
                turned += plain != helped
                assert plain != "here" or helped == "here"
    assert turned > 0


def test_an_item_is_judged_by_the_truth_of_the_day():
    shop = shop_of("grocery")
    person = somebody(shop)
    truth = Truth(shop, person)
    want = next(one for one in person.wants if one.kind == "replenish" and one.gap > 8 and one.opens > 0)
    assert truth.judge(want.style, want.closes - LEAD * want.gap / 2) == "helpful"
    truth.end(want, "elsewhere", day=want.closes)
    assert truth.judge(want.style, want.closes + 0.01) in {"too_early", "helpful"}


def test_a_slip_and_a_gift_are_mistakes_to_show():
    shop = shop_of()
    for number in range(30):
        person = somebody(shop, number)
        truth = Truth(shop, person)
        for want in person.wants:
            if want.kind == "gift" and truth.served(want.style, want.closes + 1) is None and shop.world.types[want.type].kind == "durable":
                assert truth.judge(want.style, want.closes + 1) in {"gift", "slip", "research", "looked_once", "trip", "someone_else"}
                return
    pytest.fail("nobody gave a gift")


def test_who_never_consented_is_never_written_to_and_blasting_costs_goodwill():
    shop = shop_of()
    people = [somebody(shop, number) for number in range(30)]
    lives = [lived(shop, person, BlastAll(shop)) for person in people]
    assert {life.person.consented for life in lives} == {True, False}
    assert all(not life.sends for life in lives if not life.person.consented)
    written = [life for life in lives if life.person.consented]
    assert sum(life.goodwill for life in written) < 0.5 * len(written)


def test_nobody_is_written_to_after_unsubscribing():
    outcomes = [outcome for outcome in play_shard(msgspec.structs.replace(SMALL, customers=60, shard=60, months=12), 0) if outcome.policy == "blast_all"]
    gone = [outcome for outcome in outcomes if outcome.counts.get("unsubscribed", 0) + outcome.counts.get("complained", 0)]
    assert gone
    assert all(outcome.counts["messages"] < 3 * 52 for outcome in gone)


def test_a_replay_without_changes_is_the_life_itself():
    outcomes = play_shard(SMALL, 0)
    assert [one.counts for one in replay(SMALL, outcomes)] == [one.counts for one in outcomes]


def test_a_heavier_weight_annoys_more_in_a_replay():
    def annoyance(outcomes):
        return sum(one.counts["annoyance_thousandths"] for one in outcomes) / sum(one.counts["messages"] for one in outcomes)

    blasted = [one for one in play_shard(SMALL, 0) if one.policy == "blast_all" and one.counts.get("messages")]
    heavier = replay(msgspec.structs.replace(SMALL, changed=(("contact_weight", 4.0),)), blasted)
    assert annoyance(heavier) > annoyance(blasted) + 100


def test_the_scorecard_compares_person_by_person():
    outcomes = play(SMALL, workers=1, progress=lambda _: None)
    card = score(SMALL, outcomes)
    silent = card.row("silence").figures
    assert silent["value_gained"].value == silent["value_gained"].low == 0
    assert card.row("oracle").figures["mistaken_outreach"].value == 0
    assert card.row("oracle").figures["value"].value > card.row("blast_all").figures["value"].value
    assert gap(SMALL, outcomes, better="oracle", worse="blast_all").value > 0


def test_the_feed_grows_as_styles_arrive():
    shop = shop_of()
    arrived = {style.number for _, style in changes(shop, 0, 180)}
    assert len(feed(shop, day=180)) > len(feed(shop, day=0))
    assert arrived

"""The command, and Tactful living in the simulator through its own doors."""

import json

import pytest

from tactful.cli._application import run as main
from tactful.simulate import Setup, play, score
from tactful.simulate.promises import Promise
from tactful.simulate.scorecard import Figure
from tactful.simulate.screen import annoyances, grid, must_hold, picture, verdict
from tactful.simulate.sensitivity import Flip

SMALL = Setup(world="grocery", customers=12, months=3, policies=("tactful", "silence", "oracle"), shard=12)


@pytest.fixture(scope="module")
def outcomes():
    return play(SMALL, workers=1, progress=lambda _: None)


def test_tactful_lives_through_its_public_doors(outcomes):
    tactful = [outcome for outcome in outcomes if outcome.policy == "tactful"]
    assert len(tactful) == 12
    assert any(outcome.shelves for outcome in tactful)
    card = score(SMALL, outcomes)
    assert "wants_kept" not in card.row("silence").figures or card.row("silence").figures["wants_kept"].value == 0
    assert card.row("tactful").figures["messages_a_year"].value < 60


def test_the_scorecard_is_a_table_and_a_picture(outcomes):
    card = score(SMALL, outcomes)
    assert grid(card).row_count > 8
    assert annoyances(card).row_count >= 1
    drawn = picture(card)
    assert drawn.startswith("<svg")
    assert "tactful" in drawn
    assert verdict([]).startswith("No conclusion")
    assert "gift x0.5 (against blast all)" in verdict([Flip(assumption="gift", factor=0.5, against="blast_all", value=-1.0)])


def test_the_command_prints_json_and_draws(capsys, tmp_path):
    code = main(["simulate", "--world", "electronics", "--customers", "10", "--months", "1", "--workers", "1", "--json", "--svg", str(tmp_path)])
    said = json.loads(capsys.readouterr().out)
    assert code == 1
    missed = [promise["name"] for promise in said["mustHold"] if not promise["kept"]]
    assert "value" in missed  # nobody can tell after one month of ten people
    assert len(said["mustHold"]) == 7
    assert {row["policy"] for row in said["scorecards"][0]["rows"]} >= {"tactful", "blast_all", "silence", "oracle"}
    assert (tmp_path / "electronics-1.svg").read_text().startswith("<svg")


def test_what_must_hold_is_told_with_figure_and_interval():
    figure = Figure(value=0.95, low=0.9, high=0.97)
    promise = Promise(world="grocery", name="wants_kept", title="own wants kept", figure=figure, bound=0.9, kept=True, share=True)
    table = must_hold([promise])
    assert [list(column.cells) for column in table.columns] == [["grocery"], ["own wants kept"], ["95.0 % (90.0-97.0)"], ["90 %"], [""], ["kept"]]


def test_an_unknown_world_is_one_clear_line(capsys):
    assert main(["simulate", "--world", "moon"]) == 2
    assert capsys.readouterr().err.strip() == "tactful: no world 'moon': use one of grocery, fashion, electronics"


def test_a_shop_tries_its_own_policy_beside_tactful_as_shipped(capsys, tmp_path):
    file = tmp_path / "tactful.toml"
    file.write_text("[contact.holdout]\npercent = 100.0\n", encoding="utf-8")
    setup = Setup(world="grocery", customers=10, months=4, policies=("tactful", "yours"), shard=10, policy_file=str(file))
    lives = play(setup, workers=1, progress=lambda _: None)
    wrote = {policy: sum(len(life.sends) for life in lives if life.policy == policy) for policy in setup.policies}
    assert wrote["tactful"] > 0
    assert wrote["yours"] == 0
    assert main(["simulate", "--policy", str(file), "--world", "grocery", "--customers", "10", "--months", "1", "--workers", "1", "--json"]) == 1
    (card,) = json.loads(capsys.readouterr().out)["scorecards"]
    assert [row["policy"] for row in card["rows"]][:2] == ["tactful", "yours"]


def test_its_own_policy_as_shipped_lives_the_same_lives(tmp_path):
    file = tmp_path / "tactful.toml"
    file.write_text("", encoding="utf-8")
    setup = Setup(world="fashion", customers=4, months=1, policies=("tactful", "yours"), shard=4, policy_file=str(file))
    lives = play(setup, workers=1, progress=lambda _: None)
    counts = {policy: [life.counts for life in lives if life.policy == policy] for policy in setup.policies}
    assert counts["tactful"] == counts["yours"]


def test_a_policy_with_a_mistake_is_one_clear_line(capsys, tmp_path):
    file = tmp_path / "tactful.toml"
    file.write_text("[contact.holdout]\npercent = 101.0\n", encoding="utf-8")
    assert main(["simulate", "--policy", str(file)]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "percent" in line
    assert main(["simulate", "--policy", str(tmp_path / "none.toml")]) != 0
    assert len(capsys.readouterr().err.strip().splitlines()) == 1

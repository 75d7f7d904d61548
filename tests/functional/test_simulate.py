"""The command, and Tactful living in the simulator through its own doors."""

import json

import pytest

from tactful.cli._application import run as main
from tactful.simulate import Setup, play, score
from tactful.simulate.screen import annoyances, grid, picture, verdict
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
    assert code == 0
    assert {row["policy"] for row in said["scorecards"][0]["rows"]} >= {"tactful", "blast_all", "silence", "oracle"}
    assert (tmp_path / "electronics-1.svg").read_text().startswith("<svg")


def test_an_unknown_world_is_one_clear_line(capsys):
    assert main(["simulate", "--world", "moon"]) == 2
    assert capsys.readouterr().err.strip() == "tactful: no world 'moon': use one of grocery, fashion, electronics"

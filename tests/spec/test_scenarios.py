"""Every scenario of this repository is played. One marked "not yet" that holds must lose its mark; one without a mark must hold."""

import pytest

from documentation import all_scenarios, not_yet
from tactful.rehearse import InProcess, play, verdict_lines

pytestmark = pytest.mark.xdist_group("scenarios")  # one worker, so that the shop is read and trained once


@pytest.fixture(scope="module")
def target():
    with InProcess() as target:
        yield target


@pytest.mark.parametrize("scenario", all_scenarios(), ids=lambda scenario: scenario.name)
def test_scenario(scenario, target):
    outcome = play(scenario, target)
    reason = not_yet().get(scenario.name)
    if reason is None:
        assert outcome.holds, "\n".join(verdict_lines(outcome))
    else:
        assert not outcome.holds, f"{scenario.name} holds now: remove its line from scenarios/status.toml and run make docs"


def test_every_mark_names_a_scenario_and_a_reason():
    assert set(not_yet()) <= {scenario.name for scenario in all_scenarios()}
    assert all(reason.strip() for reason in not_yet().values())

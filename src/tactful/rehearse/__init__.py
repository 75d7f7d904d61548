"""Scenarios: stories of customers, and what a considerate shop would do, played against an engine or a server."""

from tactful.rehearse.in_process import InProcess
from tactful.rehearse.over_http import OverHttp
from tactful.rehearse.play import Outcome, Shortfall, play
from tactful.rehearse.scenario import Scenario, read_scenarios
from tactful.rehearse.targets import Target
from tactful.rehearse.words import answer_lines, verdict_lines

__all__ = ["InProcess", "Outcome", "OverHttp", "Scenario", "Shortfall", "Target", "answer_lines", "play", "read_scenarios", "verdict_lines"]

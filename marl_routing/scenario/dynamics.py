"""Verbs, incidents and learning as the core reads them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.conversation_record import NUM_STRATEGIES
from marl_routing.core.record import Sizes
from marl_routing.scenario.incidents import Incidents
from marl_routing.scenario.schema import Scenario
from marl_routing.scenario.service import Speed
from marl_routing.scenario.tables import patience_bits
from marl_routing.scenario.teams import speeds
from marl_routing.scenario.verbs import Defer

Desk = NDArray[np.void]

OFF = -1
ROUNDING = 1e-9  # steps: 0.3 minutes are three steps of 0.1


class Columns(NamedTuple):
    """Where the verbs stand in an action mask."""

    first: list[int]  # of each verb, in the core's order; -1: off
    actions: int  # all columns


def verb_columns(scenario: Scenario, slots: int) -> Columns:
    """Give each verb that is on its block after pass and the accepts of the visible slots."""
    teams, used = len(scenario.agents.teams or ()), set(scenario.verbs.used)
    if scenario.customers is not None:
        used.add("respond")
    widths = {
        "escalate": slots,
        "defer": slots,
        "swarm": len(scenario.agents.names),
        "request_info": 1,
        "release": 1,
        "transfer": teams,
        "respond": NUM_STRATEGIES,
    }
    first, actions = [], 1 + slots
    for verb, width in widths.items():
        first.append(actions if verb in used else OFF)
        actions += width if verb in used else 0
    first.insert(-1, 0 if "reassign" in used else OFF)  # an operator's: no column
    return Columns(first, actions)


def deferral_steps(defer: Defer, step_minutes: float) -> int:
    """Steps by which a deferral moves a deadline."""
    return max(1, int(np.ceil(defer.minutes / step_minutes - ROUNDING)))


def fill(desk: Desk, scenario: Scenario, sizes: Sizes) -> None:
    """Write what a record of `rules_dtype` says of verbs, teams, incidents and learning."""
    _fill_verbs(desk, scenario, sizes)
    _fill_teams(desk, scenario)
    _fill_incidents(desk, scenario)
    learning = scenario.service.learning
    if learning is not None:
        speed = scenario.service.speed or Speed()
        desk["learning_rate"] = learning.per_ticket
        desk["speed_at_0"], desk["speed_at_1"] = speed.at_0, speed.at_1


def _fill_verbs(desk: Desk, scenario: Scenario, sizes: Sizes) -> None:
    verbs, step = scenario.verbs, scenario.time.step_minutes
    desk["verb_at"] = verb_columns(scenario, sizes.slots).first
    costs = [0.0 if verb is None else verb.cost for _, verb in verbs]
    desk["operation_costs"][0, : len(costs)] = costs
    if verbs.defer is not None:
        desk["defer_steps"] = deferral_steps(verbs.defer, step)
        desk["most_deferrals"] = verbs.defer.at_most
    if verbs.request_info is not None:
        desk["info_shrink"] = verbs.request_info.shrink
        desk["info_bits"] = _bits(verbs.request_info.mean_minutes, step)
    desk["release_loses_work"] = verbs.release is not None and verbs.release.work == "lost"


def _fill_teams(desk: Desk, scenario: Scenario) -> None:
    names = scenario.agents.teams or ()
    team_of = np.array([OFF if t is None else names.index(t) for t in scenario.agents.team_of])
    desk["team_of"] = team_of
    able = speeds(scenario) > 0
    for team in range(len(names)):
        desk["team_serves"][0, team] = able[team_of == team].any(axis=0)


def _fill_incidents(desk: Desk, scenario: Scenario) -> None:
    incidents, step = scenario.incidents or Incidents(), scenario.time.step_minutes
    regression, block = incidents.regression, incidents.block
    dependency, reopen = incidents.dependency, incidents.reopen
    if regression is not None:
        desk["regression_probability"] = regression.probability
        desk["regression_growth"] = regression.growth
        desk["most_regressions"] = regression.at_most
    if block is not None:
        desk["block_probability"] = block.probability
        desk["block_bits"] = _bits(block.mean_minutes, step)
    if dependency is not None:
        desk["dependency_probability"] = dependency.probability
        desk["dependency_within"] = dependency.within
    if reopen is not None:
        desk["reopen_at_0"], desk["reopen_at_1"] = reopen.line.at_0, reopen.line.at_1
        desk["reopen_bits"] = _bits(reopen.mean_minutes, step)
        desk["reopen_work_share"] = reopen.work_share
        desk["most_reopens"] = reopen.at_most


def _bits(mean_minutes: float, step_minutes: float) -> NDArray[np.float64]:
    return patience_bits(np.array(mean_minutes / step_minutes))

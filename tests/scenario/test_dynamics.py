"""Verbs, incidents and learning: what the core is told of them."""

from typing import Any

import numpy as np
import pytest

from marl_routing.core import parameters
from marl_routing.scenario import Scenario, compile_scenario, list_scenarios, load_scenario
from marl_routing.scenario.calendar import sla_counts
from marl_routing.scenario.capacity import capacity
from marl_routing.scenario.tables import patience_bits
from marl_routing.scenario.verbs import Verbs
from tests.scenario.bases import listed, plain

VERBS = list(Verbs.model_fields)
TARGETS = {"resolution_minutes": [60, None]}
TEAMS = ["first", "second"]


def with_verbs(*names: str, **changes: Any) -> Scenario:
    """The plain desk (three agents, four slots) with these verbs, and what they need."""
    verbs: dict[str, Any] = {name: {} for name in names}
    return plain(protocol__verbs=verbs, sla=TARGETS, agents__teams=TEAMS, **changes)


def rules_of(scenario: Scenario) -> Any:
    return compile_scenario(scenario).rules.desk[0]


def test_verbs_in_the_order_of_the_core() -> None:
    in_order = [getattr(parameters, name.upper()) for name in (*VERBS, "respond")]
    assert in_order == list(range(parameters.NUM_VERBS))


@pytest.mark.parametrize(
    ("names", "columns", "actions"),
    [
        ([], [-1] * 8, 5),
        (VERBS, [5, 9, 13, 16, 17, 18, 0, -1], 20),
        (["swarm", "transfer"], [-1, -1, 5, -1, -1, 8, -1, -1], 10),
        (["defer", "release"], [-1, 5, -1, -1, 9, -1, -1, -1], 10),
        (["request_info", "escalate"], [5, -1, -1, 9, -1, -1, -1, -1], 10),
        (["reassign"], [-1] * 6 + [0, -1], 5),
    ],
)
def test_blocks_of_actions(names: list[str], columns: list[int], actions: int) -> None:
    desk = compile_scenario(with_verbs(*names))
    assert desk.rules.desk[0]["verb_at"].tolist() == columns
    assert desk.sizes.actions == actions
    assert desk.sizes.dynamic == bool(names)


@pytest.mark.parametrize("name", list_scenarios())
def test_actions_of_shipped_scenarios(name: str) -> None:
    scenario = load_scenario(name)
    sizes = compile_scenario(scenario).sizes
    verbs = scenario.verbs
    k_columns = sum(verb is not None for verb in (verbs.escalate, verbs.defer)) * sizes.slots
    one_column = sum(verb is not None for verb in (verbs.request_info, verbs.release))
    swarm = sizes.agents * (verbs.swarm is not None)
    transfer = sizes.teams * (verbs.transfer is not None)
    respond = 8 * (scenario.customers is not None)
    assert sizes.actions == 1 + sizes.slots + k_columns + one_column + swarm + transfer + respond
    assert scenario.dynamic == sizes.dynamic


def test_costs_and_sizes_of_verbs() -> None:
    verbs = {
        "defer": {"minutes": 25, "at_most": 4, "cost": 0.5},
        "request_info": {"mean_minutes": 40, "shrink": 0.1},
        "release": {"work": "lost", "cost": 0},
    }
    time = {"step_minutes": 2}
    rules = rules_of(plain(protocol__verbs=verbs, sla=TARGETS, time=time))
    np.testing.assert_array_equal(rules["operation_costs"], [0, 0.5, 0, 1, 0, 0, 0, 0])
    assert (rules["defer_steps"], rules["most_deferrals"]) == (13, 4)
    assert rules["info_shrink"] == 0.1
    np.testing.assert_array_equal(rules["info_bits"], patience_bits(np.array(20.0)))
    assert rules["release_loses_work"] == 1
    kept = rules_of(with_verbs("release"))
    assert kept["release_loses_work"] == 0
    assert not kept["info_bits"].any()


@pytest.mark.parametrize(
    ("minutes", "step", "steps"), [(60, 60, 1), (61, 60, 2), (0.1, 60, 1), (0.3, 0.1, 3)]
)
def test_deferrals_are_whole_steps(minutes: float, step: float, steps: int) -> None:
    desk = with_verbs("defer", exact=True, time__step_minutes=step)
    desk = load_scenario(desk, protocol__verbs__defer__minutes=minutes)
    assert rules_of(desk)["defer_steps"] == steps


def test_incidents() -> None:
    incidents = {
        "regression": {"probability": 0.1, "growth": 0.5, "at_most": 2},
        "block": {"probability": 0.2, "mean_minutes": 30},
        "dependency": {"probability": 0.3, "within": 7},
        "reopen": {"mean_minutes": 90, "work_share": 0.4, "at_most": 5},
    }
    desk = plain(incidents=incidents, time__step_minutes=3, sla__pauses_while_pending=True)
    assert desk.dynamic
    rules = rules_of(desk)
    regression = [rules[f"regression_{key}"] for key in ("probability", "growth")]
    assert [*regression, rules["most_regressions"]] == [0.1, 0.5, 2]
    assert rules["block_probability"] == 0.2
    np.testing.assert_array_equal(rules["block_bits"], patience_bits(np.array(10.0)))
    assert (rules["dependency_probability"], rules["dependency_within"]) == (0.3, 7)
    assert (rules["reopen_at_0"], rules["reopen_at_1"]) == (0.2, 0.05)
    assert (rules["reopen_work_share"], rules["most_reopens"]) == (0.4, 5)
    np.testing.assert_array_equal(rules["reopen_bits"], patience_bits(np.array(30.0)))
    assert compile_scenario(desk).sizes.tickets == 256  # as many may be on their way back as open
    assert rules["sla_pauses"] == 1


def test_one_number_stands_for_every_expertise() -> None:
    desk = plain(incidents__reopen={"probability": 0.1, "mean_minutes": 60})
    rules = rules_of(desk)
    assert rules["reopen_at_0"] == rules["reopen_at_1"] == 0.1
    line = plain(incidents__reopen={"probability": {"at_0": 0.3}, "mean_minutes": 60})
    assert (rules_of(line)["reopen_at_0"], rules_of(line)["reopen_at_1"]) == (0.3, 0.05)
    for scenario in (desk, line):
        assert Scenario.parse(scenario.to_dict()) == scenario


def test_learning_needs_the_line_of_speed() -> None:
    desk = plain(service__learning={"per_ticket": 0.1}, service__speed={"at_0": 0.2, "at_1": 2})
    assert desk.dynamic
    rules = rules_of(desk)
    assert (rules["learning_rate"], rules["speed_at_0"], rules["speed_at_1"]) == (0.1, 0.2, 2)
    default = rules_of(plain(service__learning={}))
    assert default["learning_rate"] == 0.02
    assert (default["speed_at_0"], default["speed_at_1"]) == (0.5, 1)


def test_off_is_off() -> None:
    """A desk that says nothing of dynamics tells the core nothing of them."""
    desk = compile_scenario(plain())
    rules = desk.rules.desk[0]
    assert not plain().dynamic
    assert desk.sizes[-5:] == (5, 0, False, False, 0)
    assert set(rules["verb_at"]) == {-1}
    assert set(rules["team_of"]) == {-1}
    zero = [name for name in rules.dtype.names if name.startswith(("regress", "block", "reopen"))]
    zero += ["operation_costs", "dependency_probability", "learning_rate", "sla_pauses"]
    assert not any(np.any(rules[name]) for name in zero)
    assert not plain(incidents={}, protocol__verbs={}).dynamic
    assert compile_scenario(plain(incidents={})).sizes == desk.sizes


def test_null_turns_off() -> None:
    desk = load_scenario("everything_on", incidents=None, **{"protocol.verbs": None})
    assert desk.dynamic  # agents still learn
    desk = load_scenario(desk, service__learning=None)
    assert not desk.dynamic
    fewer = load_scenario("everything_on", incidents__block=None, protocol__verbs__defer=None)
    assert "block" not in fewer.incidents.used  # type: ignore[union-attr]
    assert "defer" not in fewer.verbs.used


def test_teams_take_the_agents_in_turn() -> None:
    desk = compile_scenario(plain(agents={"count": 5, "generator": "uniform", "teams": TEAMS}))
    assert desk.team_names == ("first", "second")
    assert desk.sizes.teams == 2
    assert desk.rules.desk[0]["team_of"].tolist() == [0, 1, 0, 1, 0]
    assert compile_scenario(plain()).team_names == ()


def test_teams_of_listed_agents_and_what_they_serve() -> None:
    own = {"agents__team__1__team": "first", "agents__team__2__team": "second"}
    rules = rules_of(listed([1, 0], [0, 1], [0, 1], agents__teams=TEAMS, **own))
    assert rules["team_of"].tolist() == [0, 0, 1]
    assert rules["team_serves"].tolist() == [[1, 1], [0, 1]]


def test_dynamic_desks_know_which_steps_the_sla_counts() -> None:
    """Friday 16:00 to Monday 10:00, an hour a step; business from 09:00 to 17:00."""
    time = {
        "step_minutes": 60,
        "horizon_steps": 66,
        "start": {"weekday": "friday", "time": "16:00"},
    }
    sla = {"clock": "business"}
    calm = compile_scenario(plain(time=time, sla=sla, exact=True)).rules.calendar
    learning = {"service__learning": {}, "exact": True, "time": time}
    business = compile_scenario(plain(**learning, sla=sla)).rules.calendar
    np.testing.assert_array_equal(business[:, :-1], calm)
    assert np.flatnonzero(business[:, -1]).tolist() == [0, 65, 66]
    always = compile_scenario(plain(**learning)).rules.calendar
    assert always[:, -1].all()


@pytest.mark.parametrize("step", [0.1, 7, 146 / 60, 95])
def test_business_minutes_are_those_of_the_deadlines(step: float) -> None:
    """As the minute at which the step begins lies in them or not; no step is lost to rounding."""
    hours = {"opens": "09:00", "closes": "17:00", "days": ["monday", "wednesday"]}
    time = {"step_minutes": step, "horizon_steps": 3000, "business_hours": hours}
    counts = sla_counts(plain(time=time, exact=True).time, "business")
    minutes = np.round(540 + step * np.arange(3001), 9) % 10_080
    days, rest = np.divmod(minutes, 1440)
    np.testing.assert_array_equal(counts, np.isin(days, [0, 2]) & (rest >= 540) & (rest < 1020))


def test_with_shifts_the_counting_steps_come_last() -> None:
    shifts = {"agents__shifts": [{"starts": "09:00", "ends": "12:00"}]}
    times = compile_scenario(plain(**shifts, service__learning={})).rules.calendar
    assert times.shape[1] == 1 + 2 * 2 + 3 + 1 + 1
    assert times[:, -1].all()
    np.testing.assert_array_equal(times[:, -2], 0)  # the day
    np.testing.assert_array_equal(times[[0, 179, 180], -3], [1, 1, 0])


def test_a_load_is_a_share_of_what_the_people_there_can_do() -> None:
    """Verbs and incidents change nothing of it; shifts and days off do."""
    desk = load_scenario("everything_on")
    rate, _ = capacity(desk)
    calm = load_scenario(desk, incidents=None, protocol={}, service__learning=None)
    assert capacity(calm)[0] == pytest.approx(rate)
    always = load_scenario(desk, agents__shifts=[], agents__absence=0)
    assert rate < 0.95 * capacity(always)[0]
    cdf = compile_scenario(desk).rules.arrival_cdf
    means = (1 - cdf).sum(axis=1)  # tickets a step in each phase
    minutes = np.array([90, 20])
    assert means @ minutes / minutes.sum() == pytest.approx(0.75 * rate / 60)

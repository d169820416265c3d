"""Which scenarios have exact numbers, and why others have none."""

from typing import Any

import pytest

from marl_routing.scenario import Scenario, load_scenario
from marl_routing.theory import NotSolvedError, instance_of

SHIFT = {"starts": "09:00", "ends": "17:00"}


def changed(name: str = "exact/mm2", **overrides: Any) -> Scenario:
    return load_scenario(name, **overrides)


@pytest.mark.parametrize(
    ("overrides", "model"),
    [
        ({"queue__max_open_tickets": 4}, "M/M/2/4"),
        ({"arrivals": {"process": "poisson", "load": 0.5}}, "M/M/2"),
        (
            {"arrivals": {"process": "poisson", "load": 1.5}, "queue__max_open_tickets": 9},
            "M/M/2/9",
        ),
        ({"arrivals": {"process": "bernoulli", "probabilities": [0.3]}}, "Geo/Geo/2"),
        ({"patience": {"mean_minutes_by_category": [9.0]}}, "M/M/2+M"),
        ({"service__law": "deterministic"}, "M/D/2"),
        ({"time__step_minutes": 0.5}, "M/M/2"),
        ({"agents__capacity": 5}, "M/M/2"),
        (
            {"service": {"mean_minutes": 4}, "agents__generator": "nested", "agents__count": 1},
            "M/M/1",
        ),
    ],
)
def test_models_follow_from_the_fields(overrides: dict[str, Any], model: str) -> None:
    if model == "M/M/1":
        overrides = overrides | {"arrivals__rate_per_hour": 9.0}
    assert instance_of(changed(**overrides)).model == model


def test_load_and_rate_say_the_same() -> None:
    by_load = instance_of(changed(arrivals={"process": "poisson", "load": 0.8})).exact
    assert by_load.backlog == pytest.approx(instance_of(changed()).exact.backlog)


def test_half_the_step_is_half_way_to_continuous_time() -> None:
    gaps = []
    for step in (1.0, 0.5):
        instance = instance_of(changed(time__step_minutes=step))
        assert instance.limit is not None
        gaps.append(instance.limit.backlog - instance.exact.backlog)
    assert gaps[1] == pytest.approx(gaps[0] / 2, rel=0.05)


def test_a_priority_that_never_comes_has_no_number() -> None:
    mix = {"priority_mix": [0.0, 0.4, 0.6], "process": "poisson", "rate_per_hour": 21.0}
    three = changed("exact/mm2_priorities", priorities=["never", "urgent", "other"], arrivals=mix)
    never, *others = instance_of(three).exact.sojourn_by_priority
    two = instance_of(load_scenario("exact/mm2_priorities")).exact.sojourn_by_priority
    assert never != never  # nan
    assert others == pytest.approx(list(two))


@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        ({"protocol": {"kind": "bid"}}, "protocol.kind: expected accept"),
        ({"protocol__verbs": {"release": {}}}, "verbs"),
        ({"agents__shifts": [SHIFT]}, "agents: expected a team that is always there"),
        ({"agents__concurrency": 2}, "agents.concurrency: expected 1, got 2"),
        ({"service__minutes": [[4.0], [5.0]]}, "service: expected one mean handle time"),
        ({"service": {"law": "gamma", "cv": 1.0, "minutes": [[4.0], [4.0]]}}, "service.law"),
        ({"service": {"law": "deterministic", "minutes": [[2.5], [2.5]]}}, "in whole steps"),
        ({"queue__order": "deadline"}, "queue.order"),
        ({"queue__max_per_category": 3}, "queue.max_per_category"),
        ({"queue__window": "oldest", "queue__size": 1}, "queue.window"),
        ({"queue__max_open_tickets": 1}, "queue.max_open_tickets"),
        ({"arrivals": {"process": "poisson", "rate_per_hour": 0.0}}, "no tickets ever arrive"),
        ({"arrivals__rate_per_hour": 29.9999, "queue__max_open_tickets": 90000}, "the backlog"),
        (
            {"service__law": "deterministic", "arrivals__rate_per_hour": 31.0},
            "the load is 1.03",
        ),
        (
            {"service__law": "deterministic", "queue__max_open_tickets": 12},
            "queue.max_open_tickets: 12 may be reached",
        ),
        (
            {"service__law": "deterministic", "patience": {"mean_minutes_by_category": [9.0]}},
            "patience: expected none",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:.*is smaller than the team")
def test_what_is_not_solved_says_why(overrides: dict[str, Any], why: str) -> None:
    with pytest.raises(NotSolvedError, match=why):
        instance_of(changed(**overrides))


@pytest.mark.parametrize(
    "name", ["saas_balanced", "overload_monday", "support_bfsi", "exact/x_desk"]
)
def test_shipped_scenarios_are_beyond_theory(name: str) -> None:
    with pytest.raises(NotSolvedError):
        instance_of(load_scenario(name))

"""What is wrong with verbs, teams, incidents or learning is answered in one sentence."""

from typing import Any

import pytest

from marl_routing.scenario import ScenarioError, load_scenario
from tests.scenario.bases import PLAIN, listed, plain

BLOCK = {"probability": 0.1, "mean_minutes": 30}
REOPEN = {"mean_minutes": 60}
TARGETS = {"resolution_minutes": [60, 90]}
ONE_AGENT = {"count": 1, "generator": "uniform"}

WRONG: list[tuple[str, Any, str]] = [
    ("protocol.verbs.escalat", {}, "protocol.verbs.escalat: unknown key, did you mean 'escalate'"),
    ("protocol.verbs.swarm", True, "protocol.verbs.swarm: expected a section with keys, got True"),
    ("protocol.verbs.swarm", {"cost": -1}, "protocol.verbs.swarm.cost: expected a number >= 0"),
    ("protocol.verbs.swarm", {"minutes": 5}, "protocol.verbs.swarm.minutes: unknown key"),
    ("protocol.verbs.defer", {"minutes": 0}, "protocol.verbs.defer.minutes: expected a number > 0"),
    ("protocol.verbs.defer", {"at_most": 0}, "protocol.verbs.defer.at_most: expected a number > 0"),
    ("protocol.verbs.defer", {}, "protocol.verbs.defer: only with sla.resolution_minutes"),
    (
        "protocol.verbs.request_info",
        {"mean_minutes": 0.5},
        "protocol.verbs.request_info.mean_minutes: expected at least a step (1 minutes), got 0.5",
    ),
    (
        "protocol.verbs.request_info",
        {"shrink": 1},
        "protocol.verbs.request_info.shrink: expected a number < 1, got 1",
    ),
    (
        "protocol.verbs.release",
        {"work": "kep"},
        "protocol.verbs.release.work: expected one of 'kept' or 'lost', got 'kep'",
    ),
    ("protocol.verbs.transfer", {}, "protocol.verbs.transfer: only with at least two agents.teams"),
    ("protocol", {"kind": "bid", "verbs": {}}, "protocol.verbs: only with kind accept"),
    ("protocol", {"kind": "bid", "verbs": {"swarm": {}}}, "protocol.verbs: only with kind accept"),
    ("agents.teams", [], "agents.teams: expected a list that is not empty, got []"),
    ("agents.teams", ["a", "a"], "agents.teams: expected different names, got 'a' twice"),
    ("agents.teams", list("abcd"), "agents.teams: expected an agent in each, 'd' has none"),
    ("incidents.blok", {}, "incidents.blok: unknown key, did you mean 'block'?"),
    ("incidents.block", {"probability": 0.1}, "incidents.block.mean_minutes: is required"),
    ("incidents.block", BLOCK | {"probability": 2}, "incidents.block.probability: expected a numb"),
    ("incidents.block", BLOCK | {"mean_minutes": 0.5}, "incidents.block.mean_minutes: expected at"),
    ("incidents.regression", {"probability": 0.1}, "incidents.regression.growth: is required"),
    (
        "incidents.regression",
        {"probability": 0.1, "growth": 0},
        "incidents.regression.growth: expected a number > 0, got 0",
    ),
    ("incidents.dependency", {}, "incidents.dependency.probability: is required"),
    (
        "incidents.dependency",
        {"probability": 0.1, "within": 65},
        "incidents.dependency.within: expected a number <= 64, got 65",
    ),
    (
        "incidents.dependency",
        {"probability": 0.1, "within": 0},
        "incidents.dependency.within: expected a number > 0, got 0",
    ),
    ("incidents.reopen", {}, "incidents.reopen.mean_minutes: is required"),
    ("incidents.reopen", {"mean_minutes": 0.9}, "incidents.reopen.mean_minutes: expected at least"),
    (
        "incidents.reopen",
        REOPEN | {"probability": 1.5},
        "incidents.reopen.probability: expected a number <= 1, got 1.5",
    ),
    (
        "incidents.reopen",
        REOPEN | {"probability": "often"},
        "incidents.reopen.probability: expected a number, got 'often'",
    ),
    (
        "incidents.reopen",
        REOPEN | {"probability": {"at_0": 1.5}},
        "incidents.reopen.probability.at_0: expected a number <= 1, got 1.5",
    ),
    (
        "incidents.reopen",
        REOPEN | {"probability": {"at_2": 0.5}},
        "incidents.reopen.probability.at_2: unknown key, did you mean 'at_",
    ),
    (
        "incidents.reopen",
        REOPEN | {"work_share": 0},
        "incidents.reopen.work_share: expected a number > 0, got 0",
    ),
    ("sla.pauses_while_pending", 1, "sla.pauses_while_pending: expected true or false, got 1"),
    ("service.learning", {"per_ticket": 0}, "service.learning.per_ticket: expected a number > 0"),
    ("service.learning", {"per_ticket": 2}, "service.learning.per_ticket: expected a number <= 1"),
    (
        "service",
        {"minutes": [[9, 9]] * 3, "learning": {}},
        "service.learning: only where speed follows expertise, and minutes gives it",
    ),
    ("reward.preset", "triag", "reward.preset: expected one of 'holding_cost', 'routing', 'triage"),
    ("reward.weights.operations", 1, "weights.operations: unknown key, did you mean 'operation'?"),
    ("reward.weights.reopened", "x", "reward.weights.reopened: expected a number, got 'x'"),
]


@pytest.mark.parametrize(("path", "value", "sentence"), WRONG)
def test_a_wrong_value_is_named(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(ScenarioError) as error:
        plain(**{path: value})
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def refuses(sentence: str, **changes: Any) -> None:
    with pytest.raises(ScenarioError) as error:
        plain(**changes)
    assert sentence in str(error.value)


def test_verbs_that_nobody_could_use() -> None:
    one_priority = {"priorities": ["only"], "protocol__verbs": {"escalate": {}}}
    refuses("protocol.verbs.escalate: only with at least two priorities", **one_priority)
    for verb in ("swarm", "reassign"):
        alone = {"agents": ONE_AGENT, "protocol__verbs": {verb: {}}}
        refuses(f"protocol.verbs.{verb}: only with at least two agents", **alone)
    no_target = {"protocol__verbs": {"defer": {}}, "sla__resolution_minutes": [None, None]}
    refuses("protocol.verbs.defer: only with sla.resolution_minutes", **no_target)
    one_team = {"agents__teams": ["all"], "protocol__verbs": {"transfer": {}}}
    refuses("protocol.verbs.transfer: only with at least two agents.teams", **one_team)


def test_deferrals_that_would_last_for_ever() -> None:
    defer = {"minutes": 10_000, "at_most": 1001}
    sentence = "protocol.verbs.defer.minutes: expected at most 10000000 steps in at_most deferrals"
    refuses(sentence, sla=TARGETS, protocol__verbs={"defer": defer})


def test_a_team_that_is_not_listed() -> None:
    with pytest.raises(ScenarioError, match=r"agents.team.0.team: expected agents.teams, got 'a'"):
        listed([1, 1], [1, 1], agents__team__0__team="a")
    with pytest.raises(ScenarioError, match=r"team.1.team: expected one of a, b, got 'c'"):
        listed([1, 1], [1, 1], agents__teams=["a", "b"], agents__team__1__team="c")


def test_verbs_have_defaults() -> None:
    desk = load_scenario(PLAIN, sla=TARGETS, protocol__verbs={"escalate": {}, "defer": {}})
    assert list(desk.verbs.used) == ["escalate", "defer"]
    assert desk.verbs.defer is not None
    assert (desk.verbs.defer.minutes, desk.verbs.defer.at_most) == (60, 2)

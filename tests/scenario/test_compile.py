"""What the core is told: sizes, rules, rewards, warnings."""

import warnings
from typing import Any

import numpy as np
import pytest

from marl_routing.core import fields, parameters
from marl_routing.core.record import NEVER
from marl_routing.core.terms import TERMS
from marl_routing.scenario import compile_scenario, list_scenarios, load_scenario
from marl_routing.scenario.reward import TermWeights
from tests.scenario.bases import plain


def weights_of(**changes: Any) -> dict[str, float]:
    rules = compile_scenario(plain(**changes)).rules.desk[0]
    return dict(zip(TERMS, rules["weights"].tolist(), strict=True))


@pytest.mark.parametrize("name", list_scenarios())
def test_widths_are_the_number_of_names(name: str) -> None:
    scenario = load_scenario(name)
    sizes = compile_scenario(scenario).sizes
    per_category = scenario.queue.window == "per_category"
    one_hot = scenario.observation.identity == "one_hot"
    peers = {"none": 0, "summary": 1, "full": 2}[scenario.observation.peers]
    shape = sizes.agents, sizes.categories, sizes.slots
    bidding, shifts = scenario.protocol.kind == "bid", scenario.agents.come_and_go
    flags = bidding, shifts, scenario.dynamic, scenario.customers is not None
    entries = fields.observation_fields(*shape, one_hot, per_category, peers, *flags)
    assert len(entries) == sizes.own + sizes.private + sizes.shared
    assert sizes.private == (4 if bidding else 3) * sizes.slots
    assert len({entry.name for entry in entries}) == len(entries)
    assert all(entry.low in (-1, 0) and entry.high == 1 for entry in entries)


def test_sizes_of_windows() -> None:
    assert compile_scenario(plain(agents__count=7)).sizes.slots == 2 * 4
    assert compile_scenario(plain(agents__count=1)).sizes.slots == 2 * 2
    oldest = compile_scenario(plain(queue={"window": "oldest", "size": 6})).sizes
    assert (oldest.slots, oldest.lists) == (6, 1)
    assert compile_scenario(plain(queue={"window": "oldest"})).sizes.slots == 3
    by_priority = plain(queue={"order": "priority"})
    assert compile_scenario(by_priority).sizes.lists == 4
    assert compile_scenario(plain(queue__max_open_tickets=100)).sizes.tickets == 128
    assert compile_scenario(plain(queue__max_open_tickets=64)).sizes.tickets == 64


def test_horizons_share_sizes() -> None:
    sizes = {compile_scenario(plain(time__horizon_steps=n)).sizes for n in (1, 100, 511)}
    assert len(sizes) == 1
    assert compile_scenario(plain(time__horizon_steps=512)).sizes.bins == 1024


def test_wide_observations_name_what_they_hold() -> None:
    off = (False, False, False, False)
    names = [f.name for f in fields.observation_fields(2, 2, 3, False, False, 1, *off)]
    assert names[:3] == ["identity", "expertise[0]", "expertise[1]"]
    assert names[names.index("slot_category[0,0]") :][:3] == [
        "slot_category[0,0]",
        "slot_category[0,1]",
        "slot_category[1,0]",
    ]
    assert names[-8:-4] == ["idle_share", "mean_load", "idle_able[0]", "idle_able[1]"]
    assert names[-4:] == ["queue_length[0]", "queue_length[1]", "backlog", "clock"]


def test_rules_follow_the_sections() -> None:
    scenario = plain(
        time__warm_up_steps=9,
        time__step_minutes=2,
        service__switch_minutes=3,
        queue={"order": "deadline", "window": "oldest", "size": 5, "max_per_category": 7},
        protocol={"arbitration": "longest_idle", "on_conflict": "next_of_category"},
        observation={"peers": "summary", "identity": "rank"},
    )
    rules = compile_scenario(scenario).rules.desk[0]
    assert rules["warm_up_steps"] == 9
    assert rules["switch_steps"] == 1.5
    assert rules["queue_order"] == parameters.BY_DEADLINE
    assert rules["per_category"] == 0
    assert rules["max_per_category"] == 7
    assert rules["arbitration"] == parameters.LONGEST_IDLE
    assert rules["next_of_category"] == 1
    assert rules["peers"] == parameters.PEERS_SUMMARY
    assert rules["one_hot_identity"] == 0
    assert rules["memoryless"] == 1
    assert compile_scenario(plain()).rules.desk[0]["max_per_category"] == NEVER


def test_patience_by_priority_or_category() -> None:
    off = compile_scenario(plain()).rules.desk[0]
    assert off["has_patience"] == 0
    assert not off["patience_bits"].any()
    by_priority = plain(time__step_minutes=5, patience__mean_minutes_by_priority=[20, None])
    rules = compile_scenario(by_priority).rules.desk[0]
    assert rules["has_patience"] == 1
    np.testing.assert_array_equal(rules["patience_bits"][0], rules["patience_bits"][1])
    assert rules["patience_bits"][0, 0, 0] == pytest.approx(0.75 / 1.75)
    assert (rules["patience_bits"][:, 1, :30] == 1).all()
    by_category = plain(patience__mean_minutes_by_category=[20, 40])
    bits = compile_scenario(by_category).rules.desk[0]["patience_bits"]
    np.testing.assert_array_equal(bits[:, 0], bits[:, 1])
    assert (bits[0, 0, :5] != bits[1, 0, :5]).all()


def test_weights_have_the_names_of_the_terms() -> None:
    assert set(TermWeights.model_fields) == set(TERMS)


def test_holding_cost() -> None:
    """Losing a ticket costs as much as holding it until its deadline, and the breach."""
    weights = weights_of(sla__resolution_minutes=[30, 90])
    assert weights["waiting"] == 1
    assert weights["sla_breach"] == -20
    assert weights["abandoned"] == weights["dropped"] == -(90 + 20)
    rules = compile_scenario(plain(sla__resolution_minutes=[30, 90])).rules.desk[0]
    np.testing.assert_array_equal(rules["waiting_weights"], [-1, -1])
    assert rules["sharing"] == 1
    assert weights_of()["dropped"] == -(480 + 20)  # no target: the whole episode
    assert weights_of(sla__resolution_minutes=[30, 1000])["dropped"] == -(480 + 20)
    costly = {"reward.weights": {"waiting": [-1, -3], "sla_breach": -5}}
    weights = weights_of(sla__resolution_minutes=[30, 90], **costly)
    assert weights["dropped"] == -(3 * 90 + 5)
    assert weights_of(reward__weights={"dropped": -1})["dropped"] == -1


def test_holding_cost_until_a_business_deadline() -> None:
    """Late on Friday an hour of business lasts until Monday."""
    start = {"weekday": "friday", "time": "16:30"}
    weights = weights_of(
        time__start=start,
        time__step_minutes=30,
        exact=True,
        sla={"resolution_minutes": [60, 60], "clock": "business"},
    )
    assert weights["dropped"] == -(2 * 65 + 20)


def test_routing_preset() -> None:
    weights = weights_of(reward__preset="routing")
    paid = {name: weight for name, weight in weights.items() if weight}
    assert paid == pytest.approx(
        {"accept_base": 10, "expertise_bonus": 5, "resolution_time": -0.1, "imbalance": -5}
    )
    rules = compile_scenario(plain(reward__preset="routing")).rules.desk[0]
    assert rules["sharing"] == 0
    assert not rules["waiting_weights"].any()
    assert weights_of(reward={"preset": "routing", "weights": {"waiting": -2}})["waiting"] == 1


def test_triage_preset() -> None:
    """What is lost costs a breach, as does what is late."""
    weights = weights_of(reward__preset="triage")
    paid = {name: weight for name, weight in weights.items() if weight}
    assert paid == pytest.approx(
        {
            "resolved": 1,
            "sla_breach": -0.2,
            "idle_with_backlog": -0.05,
            "context_switch": -0.05,
            "operation": -0.02,
            "abandoned": -0.2,
            "dropped": -0.2,
        }
    )
    assert compile_scenario(plain(reward__preset="triage")).rules.desk[0]["sharing"] == 1
    own = {"operation": -1, "reopened": -3, "sla_breach": -2, "dropped": -9}
    weights = weights_of(reward={"preset": "triage", "weights": own, "sharing": 0.5})
    assert (weights["operation"], weights["reopened"]) == (-1, -3)
    assert (weights["abandoned"], weights["dropped"]) == (-2, -9)


def test_holding_cost_until_a_deadline_that_moves() -> None:
    """Deferrals count in full; nobody knows how long a clock pauses."""
    promised: dict[str, Any] = {"sla__resolution_minutes": [30, 90], "time__step_minutes": 2}
    defer = {"minutes": 25, "at_most": 2}
    weights = weights_of(**promised, protocol__verbs__defer=defer)
    assert weights["dropped"] == -(45 + 2 * 13 + 20)
    assert (
        weights_of(**promised, protocol__verbs__defer=defer | {"at_most": 100})["dropped"] == -500
    )
    asking = {"protocol__verbs__request_info": {}, "sla__pauses_while_pending": True}
    assert weights_of(**promised, **asking)["dropped"] == -500
    assert weights_of(**promised, sla__pauses_while_pending=True)["dropped"] == -(45 + 20)


@pytest.mark.parametrize("name", list_scenarios())
def test_shipped_scenarios_warn_of_nothing(name: str) -> None:
    compile_scenario.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile_scenario(load_scenario(name))


def test_pitfalls_are_warned_of() -> None:
    with pytest.warns(UserWarning, match=r"mean handle time of 1\.\d+ steps is shorter than 2"):
        compile_scenario(plain(name="quick", service__mean_minutes=1))
    with pytest.warns(UserWarning, match=r"queue.size \(2\) is smaller than the team \(3\)"):
        compile_scenario(plain(queue={"window": "oldest", "size": 2}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile_scenario(plain(exact=True, service__mean_minutes=1))
        compile_scenario(plain(service={"law": "deterministic", "mean_minutes": 1}))
        beyond = {"protocol.on_conflict": "next_of_category"}
        compile_scenario(plain(queue={"window": "oldest", "size": 2}, **beyond))

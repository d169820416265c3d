"""Nothing can be farmed: idlers, hoarders and those who refuse work earn less than who serves."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing import DeskBatch
from marl_routing.core.batch import Batch
from marl_routing.core.parameters import Parameters
from marl_routing.core.record import NEVER
from marl_routing.core.terms import TERMS
from marl_routing.core.view import DeskView
from marl_routing.evaluation.protocol import choose
from marl_routing.evaluation.statistics import paired_difference
from marl_routing.policies import load_policy
from marl_routing.policies.policy import Actions, Masks, Policy
from marl_routing.scenario import Scenario, compile_scenario, list_scenarios, load_scenario
from tests.core.desks import open_tickets

# Two agents and few tickets are noisier than a team.
EPISODES: dict[str | Scenario, int] = {"small_desk": 128}  # others: 32

Floats = NDArray[np.float64]


class Hoarder:
    """Takes whatever is on top as long as there is room, and lets it lie."""

    name = "hoarder"

    def reset(self, seed: int) -> None:
        """Nothing to forget."""

    def act(self, view: DeskView, masks: Masks) -> Actions:
        legal = masks[:, :, 1 : 1 + view.slots.shape[1]]
        return np.where(legal.any(axis=2), legal.argmax(axis=2) + 1, 0).astype(np.int32)


class Refuser:
    """An honest rule that leaves some tickets to others, who do not exist."""

    name = "refuser"

    def __init__(self, refuses: Callable[[DeskView], NDArray[np.bool_]], rule: str) -> None:
        self._refuses, self._rule = refuses, load_policy(rule)

    def reset(self, seed: int) -> None:
        self._rule.reset(seed)

    def act(self, view: DeskView, masks: Masks) -> Actions:
        left = masks.copy()
        left[:, :, 1 : 1 + view.slots.shape[1]] *= ~self._refuses(view)[:, None, :]
        return self._rule.act(view, left)


def longest(view: DeskView) -> NDArray[np.bool_]:
    """Tickets of the category that takes longest even to its fastest agent."""
    steps = np.where(view.handle_steps > 0, view.handle_steps, np.inf)
    refused: NDArray[np.bool_] = view.category == steps.min(axis=0).argmax()
    return refused


def critical(view: DeskView) -> NDArray[np.bool_]:
    """The tickets whose customers give up first: let them."""
    refused: NDArray[np.bool_] = view.priority == 0
    return refused


def farmers(rule: str) -> dict[str, Policy]:
    """Tricksters, but for their tricks like an honest rule."""
    return {
        "hoarder": Hoarder(),
        "refuses_long_work": Refuser(longest, rule),
        "refuses_the_critical": Refuser(critical, rule),
    }


FARMERS = farmers("best_skill")


def honest_rule(name: str) -> str:
    """With customers one has to talk to them."""
    return "best_skill" if load_scenario(name).customers is None else "table_greedy"


def returns(scenario: str | Scenario, policy: Policy) -> Floats:
    """Reward of whole episodes of seeds 0, 1, ..."""
    batch = DeskBatch(scenario, EPISODES.get(scenario, 32))
    batch.reset(0)
    policy.reset(0)
    for _ in range(batch.scenario.time.horizon_steps):
        batch.step(choose(policy, batch.view(), batch.action_masks))
    return np.array([kpis["reward"] for kpis in batch.final_metrics if kpis is not None])


@pytest.mark.parametrize("name", list_scenarios())
def test_always_passing_is_worse_than_chance(name: str) -> None:
    passing, chance = (returns(name, load_policy(policy)) for policy in ("pass", "random"))
    assert paired_difference(passing, chance).high < 0


@pytest.mark.parametrize("name", list_scenarios())
def test_a_farmer_earns_less_than_an_honest_rule(name: str) -> None:
    rule = honest_rule(name)
    honest = returns(name, load_policy(rule))
    for farmer, policy in farmers(rule).items():
        assert paired_difference(returns(name, policy), honest).high < 0, farmer


@pytest.mark.parametrize("name", list_scenarios())
def test_losing_a_ticket_never_costs_less_than_keeping_it(name: str) -> None:
    """Until its deadline, and being late: whoever turns customers away saves nothing."""
    desk = compile_scenario(load_scenario(name)).rules.desk[0]
    calendar = compile_scenario(load_scenario(name)).rules.calendar
    weights = dict(zip(TERMS, desk["weights"], strict=True))
    due = calendar[:, 1 + desk["priority_cdf"].shape[1] :]
    steps = (due - np.arange(len(due))[:, None])[due < NEVER].clip(max=desk["horizon_steps"])
    longest_wait = int(steps.max(initial=0)) or int(desk["horizon_steps"])
    keeping = longest_wait * desk["waiting_weights"].min() + weights["sla_breach"]
    assert keeping < 0
    assert weights["abandoned"] <= keeping
    # A drop also counts as a breach.
    assert weights["dropped"] + weights["sla_breach"] <= keeping


def best_pay(parameters: Parameters, category: int, priority: int) -> float:
    """The most that anyone can earn with a ticket under the preset `routing`."""
    desk = parameters.rules.desk[0]
    weights = dict(zip(TERMS, desk["weights"].tolist(), strict=True))
    able = desk["speed"][:, category] > 0
    urgency = parameters.sizes.priorities - priority
    pay = weights["accept_base"] + weights["expertise_bonus"] * desk["expertise"][able, category]
    pay += weights["resolution_time"] * desk["handle_steps"][able, category] * urgency
    return max(0.0, float(pay.max()))


@pytest.mark.parametrize("farmer", [*FARMERS, "honest", "random"])
@pytest.mark.parametrize("name", ["saas_balanced", "saas_hard", "overload_monday"])
def test_an_accept_is_paid_once_a_ticket(name: str, farmer: str) -> None:
    """Under `routing` nobody earns more than one best accept for each ticket that was seen."""
    scenario = load_scenario(name, reward={"preset": "routing"})
    rules = {"honest": "best_skill", "random": "random"}
    policy = load_policy(rules[farmer]) if farmer in rules else FARMERS[farmer]
    batch = Batch(compile_scenario(scenario), autoreset=False)
    batch.reset(0)
    policy.reset(0)
    seen: dict[int, float] = {}
    for _ in range(scenario.time.horizon_steps):
        for row in batch.states["tickets"][0][open_tickets(batch)[0]]:
            if row["number"] not in seen:
                pay = best_pay(batch.parameters, int(row["category"]), int(row["priority"]))
                seen[int(row["number"])] = pay
        batch.step(choose(policy, batch.view(), batch.action_masks))
    metrics = batch.metrics()
    accepts = metrics["term_accept_base"]
    assert accepts == batch.states["accepts"][0] <= len(seen)
    assert metrics["term_expertise_bonus"] <= accepts
    assert metrics["term_resolved"] == metrics["resolved"] <= accepts
    assert metrics["reward"] <= math.fsum(seen.values())


def test_a_dispatcher_is_paid_once_a_ticket_and_not_for_tricks() -> None:
    """Holding back, agents that do not exist, and the same ticket again earn nothing."""
    scenario = load_scenario("saas_balanced", reward={"preset": "routing"})
    batch = Batch(compile_scenario(scenario), autoreset=False)
    batch.reset(0)
    earned, placed = 0.0, 0
    for step in range(scenario.time.horizon_steps):
        while (ticket := batch.offer()) >= 0:
            if step % 3 == 0:
                batch.hold(ticket)
            elif step % 3 == 1:
                assert not batch.place(ticket, batch.num_agents).any()
            else:
                earned += float(batch.place(ticket, placed % batch.num_agents).sum())
                placed += 1
                with pytest.raises(ValueError, match="queued ticket"):
                    batch.place(ticket, 0)
        batch.step(np.zeros((1, batch.num_agents), np.int32))
        assert not batch.rewards.any()
    metrics = batch.metrics()
    assert metrics["term_accept_base"] == placed == batch.states["accepts"][0]
    assert metrics["reward"] == pytest.approx(earned, rel=1e-5)

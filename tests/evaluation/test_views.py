"""Episodes of the single-agent views: those of the views themselves, by whatever chooses."""

from functools import partial
from typing import Any

import numpy as np
import pytest

from marl_routing.evaluation.seeds import VALIDATION
from marl_routing.evaluation.views import VIEWS, compare_in_view, play_view
from marl_routing.policies import load_policy
from marl_routing.policies.talking import TalkingPolicy
from marl_routing.scenario import Scenario, load_scenario
from marl_routing.views.conversation import CustomerSupport
from marl_routing.views.dispatcher import TicketDispatcher
from marl_routing.views.triage import TicketTriage
from marl_routing.views.triage_rules import triage_rule
from tests.vector.playing import SHORT
from tests.vector.test_views import BUGS

BANK = load_scenario("support_bfsi")
SEED = VALIDATION + 3


def dispatch(env: TicketDispatcher, seen: Any, info: Any) -> Any:
    """`least_loaded`, again."""
    free = np.flatnonzero(info["action_mask"])
    return free[seen["agent_workload"][free].argmin()]


def say(env: CustomerSupport, seen: Any, info: Any) -> Any:
    policy = load_policy("calm_then_solve")
    assert isinstance(policy, TalkingPolicy)
    return policy.answer(env)


ALONE = {  # view, its desk, a rule: the single view, and the same rule there
    ("dispatcher", "least_loaded"): (SHORT, TicketDispatcher, dispatch),
    ("triage", "rule"): (BUGS, TicketTriage, lambda e, s, i: triage_rule(s, e.operation_masks())),
    ("conversation", "calm_then_solve"): (BANK, CustomerSupport, say),
}


@pytest.mark.parametrize(("view", "rule"), ALONE)
def test_rows_earn_what_the_single_view_earns(view: str, rule: str) -> None:
    desk, single, choose = ALONE[view, rule]
    episodes = play_view(VIEWS[view], desk, VIEWS[view].rules[rule], 3, SEED)
    env: Any = single(desk)
    for place, kpis in enumerate(episodes):
        seen, info = env.reset(seed=SEED + place)
        total, steps, over = 0.0, 0, False
        while not over:
            seen, reward, terminated, truncated, info = env.step(choose(env, seen, info))
            total, steps, over = total + reward, steps + 1, terminated or truncated
        assert kpis["reward"] == pytest.approx(total)
        assert kpis["reward_per_step"] == pytest.approx(total / steps)
        assert kpis["resolved"] == env.desk.metrics()["resolved"]


@pytest.mark.parametrize(
    ("view", "desk"), [("dispatcher", SHORT), ("triage", BUGS), ("conversation", BANK)]
)
def test_a_rule_is_ahead_of_chance_and_chance_repeats(view: str, desk: Scenario) -> None:
    result = compare_in_view(VIEWS[view], desk, VIEWS[view].rules, 16, SEED)
    assert result.ranking[0] in ("most_expert", "rule", "calm_then_solve", "table_greedy")
    chance = partial(play_view, VIEWS[view], desk, VIEWS[view].rules["random"], 2)
    assert [kpis["reward"] for kpis in chance(SEED)] == [kpis["reward"] for kpis in chance(SEED)]

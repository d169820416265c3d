"""`check_desk_env` passes on every shipped scenario, over its whole episode."""

import pytest

from marl_routing import list_scenarios, load_scenario
from marl_routing.envs.parallel import MASK_FORMS, TicketRoutingEnv
from marl_routing.testing import check_desk_env

CERTAIN = {  # small_desk with nothing drawn: Ben cannot take anything, so no accepts collide
    "agents.team.0.expertise": [1.0, 1.0],
    "agents.team.1.expertise": [0.0, 0.0],
    "service.speed.at_0": 0.0,
    "arrivals": {
        "process": "trace",
        "trace": [
            {"time_minutes": 7.0 * n, "category": "billing", "priority": "high"} for n in range(9)
        ],
    },
    "service.law": "deterministic",
    "patience": None,
    "time.horizon_steps": 60,
}


@pytest.mark.parametrize("name", list_scenarios())
def test_shipped_scenarios_pass(name):
    check_desk_env(name)


@pytest.mark.parametrize("form", MASK_FORMS)
def test_mask_forms_pass(form):
    check_desk_env(lambda: TicketRoutingEnv("small_desk", action_mask=form), seed=7)


@pytest.mark.parametrize("form", ["info", "none"])
def test_mask_forms_of_bid_desks_pass(form):
    check_desk_env(lambda: TicketRoutingEnv("auction_desk", action_mask=form), seed=7)


def test_a_desk_without_randomness_passes_if_it_is_said_to_be_one():
    desk = load_scenario("small_desk", **CERTAIN)
    check_desk_env(desk, stochastic=False)
    with pytest.raises(AssertionError, match=r"same episode; .*stochastic=False"):
        check_desk_env(desk)

"""Ticket routing at a customer-support desk: one simulator, many faces."""

import gymnasium
import pettingzoo

from marl_routing import ticket_routing_v0
from marl_routing.core.user_terms import RewardTerm
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.envs.discrete_bids import discrete_bids
from marl_routing.scenario import (
    Scenario,
    ScenarioError,
    list_scenarios,
    load_scenario,
    register_scenario,
)
from marl_routing.views.flat_actions import flat_actions

__all__ = [
    "ENV_ID",
    "SUPPORT_ID",
    "TRIAGE_ID",
    "DeskBatch",
    "RewardTerm",
    "Scenario",
    "ScenarioError",
    "__version__",
    "discrete_bids",
    "flat_actions",
    "list_scenarios",
    "load_scenario",
    "register_scenario",
    "ticket_routing_v0",
]

__version__ = "0.1.0"

ENV_ID = "marl_routing/TicketRouting-v0"
TRIAGE_ID = "marl_routing/TicketTriage-v0"
SUPPORT_ID = "marl_routing/CustomerSupport-v0"

if TRIAGE_ID not in gymnasium.registry:
    gymnasium.register(TRIAGE_ID, entry_point="marl_routing.views.triage:TicketTriage")
if SUPPORT_ID not in gymnasium.registry:
    gymnasium.register(SUPPORT_ID, entry_point="marl_routing.views.conversation:CustomerSupport")
if ENV_ID not in gymnasium.registry:
    gymnasium.register(ENV_ID, entry_point="marl_routing.views.dispatcher:TicketDispatcher")
if hasattr(pettingzoo, "register") and ENV_ID not in pettingzoo.parallel_registry:  # 1.27 on
    pettingzoo.register("parallel", ENV_ID, "marl_routing.ticket_routing_v0:parallel_env")
    pettingzoo.register("aec", ENV_ID, "marl_routing.ticket_routing_v0:env")

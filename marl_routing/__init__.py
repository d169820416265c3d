"""Ticket routing at a customer-support desk: one simulator, many faces."""

import gymnasium
import pettingzoo

from marl_routing import ticket_routing_v0, vector
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
    "vector",
]

__version__ = "0.1.0"

ENV_ID = "marl_routing/TicketRouting-v0"
TRIAGE_ID = "marl_routing/TicketTriage-v0"
SUPPORT_ID = "marl_routing/CustomerSupport-v0"

for _id, _view, _of_many in (
    (ENV_ID, "dispatcher:TicketDispatcher", "DispatcherVectorEnv"),
    (TRIAGE_ID, "triage:TicketTriage", "TriageVectorEnv"),
    (SUPPORT_ID, "conversation:CustomerSupport", "ConversationVectorEnv"),
):
    if _id not in gymnasium.registry:
        gymnasium.register(
            _id,
            entry_point=f"marl_routing.views.{_view}",
            vector_entry_point=f"marl_routing.vector:{_of_many}",
        )
if hasattr(pettingzoo, "register") and ENV_ID not in pettingzoo.parallel_registry:  # 1.27 on
    pettingzoo.register("parallel", ENV_ID, "marl_routing.ticket_routing_v0:parallel_env")
    pettingzoo.register("aec", ENV_ID, "marl_routing.ticket_routing_v0:env")

"""The desk of a single conversation: one ticket, one agent, and a colleague to escalate it to."""

from pathlib import Path

from marl_routing.core.conversation_record import NUM_CONTEXT
from marl_routing.scenario import Scenario, list_scenarios, load_scenario

AGENT, COLLEAGUE = range(2)
ACCEPTING = 1  # steps before the first turn

FIELDS = {
    "inquiry_type": "(c + 1) / C of inquiry type c of C",
    "sentiment": "0 angry, 0.25 annoyed, 0.5 neutral, 0.75 pleased, 1 delighted",
    "urgency": "1 - p / P of urgency p of P: 1 for the most urgent",
    "turns": "turns so far / max_turns",
    "tier": "0 basic, 0.5 premium, 1 vip",
    "prior_satisfaction": "CSAT before the conversation",
    "time_in_conversation": "minutes of it so far / 60, at most 1",
    "context": f"what is known of the customer: {NUM_CONTEXT} entries with the names that the "
    "scenario gives them",
}


def conversation_desk(
    industry: str | Path | Scenario = "bfsi", expertise: float = 0.7, colleague: bool = True
) -> Scenario:
    """A desk on which every episode is one conversation.

    A ticket waits at step 0, nobody else comes, and nothing but the conversation ends it. Its agent
    is number 0, who accepts it in the first step; agent 1 is there to be escalated to.

    Args:
        industry: `bfsi`, `retail`, `tech` or `mixed`, the name or the path of a scenario with
            customers, or a `Scenario`.
        expertise: of the agent in every inquiry type, 0 to 1.
        colleague: whether agent 1 could serve the ticket; else escalating is not legal.

    Raises:
        ValueError: if the scenario has no customers, or the expertise is no share.
    """
    if not isinstance(expertise, int | float) or not 0 <= expertise <= 1:
        raise ValueError(f"expertise must be a number from 0 to 1, not {expertise!r}")
    scenario = load_scenario(_name_of(industry))
    if scenario.customers is None:
        raise ValueError(f"industry must be a scenario with customers; {scenario.name!r} has none")
    turns, types = scenario.customers.max_turns, len(scenario.categories)
    step_minutes, minutes = scenario.time.step_minutes, turns * scenario.time.step_minutes
    team = [
        {"name": name, "expertise": [float(expertise)] * types} for name in ("agent", "colleague")
    ]
    return load_scenario(
        {
            "name": f"{scenario.name}_conversation",
            "time": {"step_minutes": step_minutes, "horizon_steps": ACCEPTING + turns + 1},
            "customers": scenario.to_dict()["customers"],
            "arrivals": {"process": "poisson", "rate_per_hour": 0, "initial_backlog": 1},
            "service": {"minutes": [[minutes] * types, [minutes * colleague] * types]},
            "agents": {"team": team, "capacity": 1},
            "queue": {"max_open_tickets": 1},
            "reward": {"preset": "conversation"},
        }
    )


def _name_of(industry: str | Path | Scenario) -> str | Path | Scenario:
    """`bfsi` stands for the scenario `support_bfsi`."""
    shipped = f"support_{industry}"
    return shipped if isinstance(industry, str) and shipped in list_scenarios() else industry


def context_names(scenario: Scenario) -> list[str]:
    """What the entries of the context are called."""
    assert scenario.customers is not None
    return list(scenario.customers.strategies.context)

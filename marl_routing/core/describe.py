"""In words: what the entries of an observation and of an action are."""

from marl_routing.core import fields
from marl_routing.core.conversation_record import STRATEGIES
from marl_routing.core.parameters import (
    DEFER,
    ESCALATE,
    RELEASE,
    REQUEST_INFO,
    RESPOND,
    SWARM,
    TRANSFER,
    Parameters,
)


def observation_fields(parameters: Parameters) -> list[tuple[str, float, float]]:
    """(name, low, high) of every entry of an observation, in order."""
    sizes, rules = parameters.sizes, parameters.rules.desk[0]
    entries = fields.observation_fields(
        sizes.agents,
        sizes.categories,
        sizes.slots,
        bool(rules["one_hot_identity"]),
        bool(rules["per_category"]),
        int(rules["peers"]),
        sizes.bidding,
        bool(rules["has_shifts"]),
        sizes.dynamic,
        sizes.talks,
    )
    return [(entry.name, entry.low, entry.high) for entry in entries]


def action_meanings(parameters: Parameters) -> list[str]:
    """What each action does, or what each entry of a bid is for."""
    sizes, names = parameters.sizes, parameters.category_names
    tickets = [f"ticket {k + 1} of the queue" for k in range(sizes.slots)]
    if parameters.rules.desk[0]["per_category"]:
        window = sizes.slots // sizes.categories
        tickets = [f"{name} ticket {j + 1}" for name in names for j in range(window)]
    if sizes.bidding:
        return [f"bid for {ticket}" for ticket in tickets]
    accepts = [f"accept {ticket}" for ticket in tickets]
    return ["pass", *accepts, *_verb_meanings(parameters, tickets)]


def _verb_meanings(parameters: Parameters, tickets: list[str]) -> list[str]:
    """The verbs that are on, in the order of their columns."""
    at = parameters.rules.desk[0]["verb_at"]
    each = {
        ESCALATE: [f"escalate {ticket}" for ticket in tickets],
        DEFER: [f"defer {ticket}" for ticket in tickets],
        SWARM: [f"help {name} with the ticket in work" for name in parameters.agent_names],
        REQUEST_INFO: ["ask the customer of my ticket in work for information"],
        RELEASE: ["give my ticket in work back to the queue, or stop helping"],
        TRANSFER: [f"transfer my ticket in work to team {name}" for name in parameters.team_names],
        RESPOND: [f"talk to the customer of my ticket in work: {name}" for name in STRATEGIES],
    }
    return [meaning for verb, words in each.items() if at[verb] > 0 for meaning in words]

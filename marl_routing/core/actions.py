"""Reading the joint action against the slots shown in the last observation."""

from marl_routing.core.compiler import kernel
from marl_routing.core.record import Record
from marl_routing.core.reward import credit_agent
from marl_routing.core.terms import ILLEGAL_ACTION


@kernel
def can_accept(rules: Record, desk: Record, agent: int, category: int) -> bool:
    """Whether an agent has room for a ticket of this category and can serve it."""
    return bool(
        desk.held_count[agent] < rules.capacity[agent] and rules.speed[agent, category] > 0.0
    )


@kernel
def read_actions(rules: Record, desk: Record, actions: Record) -> int:
    """Write each agent's slot into desk.chosen, -1 for pass; return how many ask for a ticket.

    An illegal action passes and is counted.
    """
    asked = 0
    for agent in range(desk.chosen.shape[0]):
        action = actions[agent]
        desk.chosen[agent] = -1
        if action == 0:
            continue
        slot = action - 1
        if (
            0 <= slot < desk.slots.shape[0]
            and desk.slots[slot] >= 0
            and can_accept(rules, desk, agent, desk.slot_category[slot])
        ):
            desk.chosen[agent] = slot
            asked += 1
        else:
            desk.illegal_actions += 1
            credit_agent(desk, ILLEGAL_ACTION, agent, 1.0)
    return asked

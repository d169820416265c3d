"""Reading the joint action against the slots shown in the last observation."""

from marl_routing.core.compiler import kernel
from marl_routing.core.events import ILLEGAL, NOBODY, note
from marl_routing.core.record import Record
from marl_routing.core.reward import credit_agent
from marl_routing.core.settling import acts_by_verb, is_open_to, slot_is_open_to
from marl_routing.core.terms import ILLEGAL_ACTION


@kernel
def can_accept(rules: Record, desk: Record, agent: int, category: int) -> bool:
    """Whether an agent is there, has room for a ticket of this category and can serve it."""
    has_room = desk.held_count[agent] < rules.capacity[agent]
    able = rules.speed[agent, category] > 0.0
    return bool(has_room & able & (desk.on_shift[agent] != 0))


@kernel
def can_take(rules: Record, desk: Record, agent: int, index: int) -> bool:
    """Whether an agent can accept this very ticket."""
    able = can_accept(rules, desk, agent, desk.tickets[index].category)
    return able and is_open_to(rules, desk, agent, index)


@kernel
def read_actions(rules: Record, desk: Record, actions: Record) -> int:
    """Write each agent's slot into desk.chosen, -1 for pass; return how many ask for a ticket.

    An illegal action passes and is counted.
    """
    asked, illegal = 0, 0
    last = desk.slots.shape[0] - 1
    for agent in range(desk.chosen.shape[0]):
        # Without branches: what an agent chooses is hard to predict.
        action = actions[agent]
        slot = max(0, min(last, action - 1))
        category = desk.slot_category[slot]
        legal = (action == slot + 1) & (category >= 0)
        legal &= can_accept(rules, desk, agent, max(0, category))
        legal &= slot_is_open_to(rules, desk, agent, slot)
        desk.chosen[agent] = slot if legal else -1
        desk.refused[agent] = (action != 0) & (not legal) & (not acts_by_verb(desk, agent))
        asked += legal
        illegal += desk.refused[agent]
    if illegal > 0:
        _count_illegal(desk)
    return asked


@kernel
def _count_illegal(desk: Record) -> None:
    for agent in range(desk.refused.shape[0]):
        if desk.refused[agent]:
            refuse(desk, agent)


@kernel
def refuse(desk: Record, agent: int) -> None:
    """Count an illegal action, and charge it to the agent, if it exists."""
    desk.illegal_actions += 1
    if 0 <= agent < desk.held_count.shape[0]:
        credit_agent(desk, ILLEGAL_ACTION, agent, 1.0)
    note(desk, ILLEGAL, NOBODY, agent, 0.0)

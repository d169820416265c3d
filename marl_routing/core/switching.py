"""Context switches: turning to another category than the last costs time."""

import numpy as np

from marl_routing.core.compiler import kernel
from marl_routing.core.events import SWITCHED, note
from marl_routing.core.random import unit
from marl_routing.core.record import Record
from marl_routing.core.reward import credit_agent
from marl_routing.core.terms import CONTEXT_SWITCH


@kernel
def turn_to(rules: Record, desk: Record, ticket: Record, agent: int, key: np.uint64) -> int:
    """An agent turns to a ticket.

    Args:
        rules, desk, ticket, agent: who turns to what.
        key: of the draw for a fraction of a step.

    Returns:
        Steps of delay.
    """
    last = desk.last_category[agent]
    desk.last_category[agent] = ticket.category
    if last < 0 or last == ticket.category:
        return 0
    desk.context_switches += 1
    credit_agent(desk, CONTEXT_SWITCH, agent, 1.0)
    note(desk, SWITCHED, ticket.number, agent, last)
    whole = int(rules.switch_steps)
    return whole + (1 if unit(key) < rules.switch_steps - whole else 0)

"""Context switches: turning to another category than the last costs time."""

import numpy as np

from marl_routing.core.compiler import kernel
from marl_routing.core.events import SWITCHED, note
from marl_routing.core.random import unit
from marl_routing.core.record import Record
from marl_routing.core.reward import credit_agent
from marl_routing.core.terms import CONTEXT_SWITCH


@kernel
def is_switch(desk: Record, ticket: Record, agent: int) -> bool:
    """An agent turns to a ticket; whether that is a context switch, which is then counted."""
    last = desk.last_category[agent]
    desk.last_category[agent] = ticket.category
    if last < 0 or last == ticket.category:
        return False
    desk.context_switches += 1
    credit_agent(desk, CONTEXT_SWITCH, agent, 1.0)
    note(desk, SWITCHED, ticket.number, agent, last)
    return True


@kernel
def switch_delay(rules: Record, key: np.uint64) -> int:
    """Steps of delay by a context switch; a fraction of a step is drawn by `key`."""
    whole = int(rules.switch_steps)
    return whole + (1 if unit(key) < rules.switch_steps - whole else 0)

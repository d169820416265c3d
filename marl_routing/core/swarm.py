"""Helpers: their speed adds to that of the agent who holds the ticket."""

from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.learning import speed_of
from marl_routing.core.random import SWITCH, fold
from marl_routing.core.record import Record
from marl_routing.core.switching import is_switch, switch_delay


@only_with("life")
def help_colleagues(rules: Record, desk: Record) -> None:
    """Every helper who has turned to its ticket adds its speed for this step."""
    for agent in range(desk.helping.shape[0]):
        index = int(desk.helping[agent])
        if index < 0:
            continue
        if desk.help_delay[agent] < 0:
            _turn_to(rules, desk, agent, index)
        if desk.help_delay[agent] > 0:
            desk.help_delay[agent] -= 1
        else:
            category = desk.tickets[index].category
            desk.life[index].help += speed_of(rules, desk, agent, category)


@kernel
def _turn_to(rules: Record, desk: Record, agent: int, index: int) -> None:
    ticket = desk.tickets[index]
    desk.help_delay[agent] = 0
    if is_switch(desk, ticket, agent):
        key = fold(fold(fold(desk.keys[SWITCH], ticket.number), desk.step), agent)
        desk.help_delay[agent] = switch_delay(rules, key)


def _alone(desk: Record, index: int, speed: float) -> float:
    return speed


@only_with("life", otherwise=_alone)
def with_help(desk: Record, index: int, speed: float) -> float:
    """The holder's speed and that of the helpers, who have to come again in the next step."""
    return float(speed + desk.life[index].help)


@only_with("life")
def forget_help(desk: Record, index: int) -> None:
    """What helpers added in this step is used or lost."""
    desk.life[index].help = 0.0

"""Who wins when several agents accept one ticket."""

from types import SimpleNamespace

from marl_routing.core.parameters import EXPERTISE, LEAST_LOADED, LONGEST_IDLE
from tests.oracle.draws import Draws
from tests.oracle.tickets import Agent, Ticket

Standing = tuple[float, float, int]  # compared from left to right, the larger wins


class Arbitration:
    """The scenario's rule, with ties broken by draws."""

    def __init__(self, rules: SimpleNamespace, draws: Draws) -> None:
        self.rule = rules.arbitration
        self.draws = draws

    def ranked(self, claimants: list[Agent], ticket: Ticket, clock: int) -> list[Agent]:
        """The claimants, best first."""
        return sorted(claimants, key=lambda a: self.standing(a, ticket, clock), reverse=True)

    def standing(self, agent: Agent, ticket: Ticket, clock: int) -> Standing:
        """How strong an agent's claim is: the rule's score, then the tie draw."""
        tie = self.draws.tie(clock, ticket.number, agent.index)
        if self.rule == EXPERTISE:
            return agent.expertise[ticket.category], 0, tie
        if self.rule == LEAST_LOADED:
            return -len(agent.held), 0, tie
        if self.rule == LONGEST_IDLE and agent.free:
            return 1, -agent.idle_since, tie
        return 0, 0, tie

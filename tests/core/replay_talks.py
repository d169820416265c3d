"""The events of desks with customers, lived through again: what `Replay` does with each."""

from dataclasses import replace
from types import SimpleNamespace

from marl_routing.core.conversation_record import STRATEGIES
from tests.oracle.tickets import End, Talk, Ticket

SAID = (*STRATEGIES, "silent")


class TalkEvents:
    """Customers, turns, and how conversations end."""

    rules: SimpleNamespace
    tickets: list[Ticket]
    queue: list[Ticket]
    counts: dict[str, int]
    turns: dict[str, int]

    def _credit(self, term: str, amount: float = 1.0, acting: bool = True) -> None:
        raise NotImplementedError

    def _of_holder(self, number: int, agent: int) -> Ticket:
        raise NotImplementedError

    def take_away(self, ticket: Ticket) -> None:
        """Out of its holder's hands."""
        raise NotImplementedError

    def _customer(self, number: int, agent: int, tier: float) -> None:
        ticket = self.tickets[-1]
        assert (ticket.number, agent) == (number, -1)
        # Moods are not logged: no KPI tells of them but the CSAT at the end.
        ticket.talk = Talk(int(tier), sentiment=-1, satisfaction=-1.0, prior=-1.0, context=[])

    def _turn(self, number: int, agent: int, strategy: float) -> None:
        talk = self._talk_of(self._of_holder(number, agent))
        talk.turns += 1
        talk.talked += 1
        assert talk.turns <= self.rules.max_turns
        self.turns[SAID[int(strategy)]] += 1

    def _escalated_talk(self, number: int, agent: int, value: float) -> None:
        ticket = self._of_holder(number, agent)
        talk = self._talk_of(ticket)
        self.counts["escalations"] += 1
        self._credit("escalation", acting=False)
        if not talk.escalated:
            worth = self.rules.escalation_value * self.rules.tier_value[talk.tier]
            self._credit("business_impact", worth, acting=False)
        talk.escalated += 1
        talk.escalator, talk.turns = agent, 0
        self.take_away(ticket)
        ticket.holder = ticket.team = None
        self.queue.append(ticket)

    def _hung_up(self, number: int, agent: int, csat: float) -> None:
        self._end(self._of_holder(number, agent), "hung up", csat)
        self.counts["hang_ups"] += 1

    def _out_of_turns(self, number: int, agent: int, csat: float) -> None:
        talk = self._end(self._of_holder(number, agent), "out of turns", csat)
        assert talk.turns == self.rules.max_turns
        self.counts["turn_limits"] += 1

    def _concluded(self, number: int, agent: int, csat: float) -> None:
        self._earn(self._end(self._of_holder(number, agent), "resolved", csat))

    def _end(self, ticket: Ticket, end: End, csat: float) -> Talk:
        talk = self._talk_of(ticket)
        talk.end, talk.satisfaction = end, csat
        return talk

    def _earn(self, talk: Talk, times: int = 1) -> None:
        still = 1 - self.rules.escalation_value if talk.escalated else 1.0
        efficiency = 0.1 + 0.4 * (1 - talk.turns / self.rules.max_turns)
        self._credit("satisfaction", times * 2 * talk.satisfaction, acting=False)
        self._credit("efficiency", times * efficiency, acting=False)
        self._credit("business_impact", times * still * self.rules.tier_value[talk.tier], False)

    def talk_again(self, ticket: Ticket) -> None:
        """A resolved ticket is back: it earned nothing, and its customer is talked to anew."""
        if ticket.talk is not None:
            self._earn(ticket.talk, -1)
            before = ticket.talk.talked
            ticket.talk = replace(ticket.talk, turns=0, talked_before=before, end=None)

    def _talk_of(self, ticket: Ticket) -> Talk:
        assert ticket.talk is not None
        assert ticket.talk.end is None
        return ticket.talk

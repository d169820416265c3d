"""The readable oracle: a desk of plain objects, written from docs/design.md alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.conversation_record import STRATEGIES
from marl_routing.core.parameters import Parameters
from marl_routing.scenario import Scenario
from tests.oracle import conversation, dispatcher, incidents, outcomes, timers, verbs
from tests.oracle.arbitration import Arbitration
from tests.oracle.arrivals import Arrivals, plain
from tests.oracle.auction import Auction
from tests.oracle.draws import Draws
from tests.oracle.kpis import DYNAMIC_EVENTS, EVENTS, TALK_EVENTS, Areas, kpis
from tests.oracle.ledger import Ledger
from tests.oracle.queue import Queue
from tests.oracle.service import serve
from tests.oracle.settled import SettledAgent, settle
from tests.oracle.shifts import Roster
from tests.oracle.sight import Sight
from tests.oracle.sla import Deadlines
from tests.oracle.tickets import Agent, Ticket
from tests.oracle.verbs import ACCEPT, PASS, Deed


class OracleDesk:
    """A desk that can be read aloud: slow, and right; `scenario` says when agents are there."""

    def __init__(self, parameters: Parameters, scenario: Scenario | None = None) -> None:
        self.parameters = parameters
        self.sizes = parameters.sizes
        self.rules = plain(parameters)
        self.deadlines = Deadlines(parameters)
        self.menu = verbs.menu(self)
        self.scenario = scenario
        self.seed = 0
        self.episode = -1

    # The episode

    def reset(self, seed: int | None = None) -> NDArray[np.float32]:
        """Start episode 0 of `seed`, or the next episode of the present seed."""
        self.seed, self.episode = (self.seed, self.episode + 1) if seed is None else (seed, 0)
        self.draws = Draws(self.seed, self.episode)
        self.arrivals = Arrivals(self.parameters, self.rules, self.draws, self.deadlines)
        self.arbitration = Arbitration(self.rules, self.draws)
        self.auction = Auction(self.rules, self.draws)
        self.clock = 0
        self.tickets: list[Ticket] = []  # all that ever arrived, by number
        self.returning: list[Ticket] = []  # resolved, and on their way back
        self.past_stays: list[Ticket] = []  # reopened tickets as they were when they were resolved
        self.escalated: list[Ticket] = []  # by agents in conversation, and not queued yet
        self.queue = Queue(self.rules, self.sizes)
        kind = SettledAgent if self.sizes.dynamic else Agent
        self.agents: list[Any] = [kind.seat(self.rules, a) for a in range(self.sizes.agents)]
        events = EVENTS + DYNAMIC_EVENTS * self.sizes.dynamic + TALK_EVENTS * self.sizes.talks
        self.counts = dict.fromkeys(events, 0)
        self.turns = dict.fromkeys((*STRATEGIES, "silent"), 0)  # of conversations
        self.areas = Areas(self.sizes.agents)
        self.ledger = Ledger(self.rules, self.sizes.agents)
        self.roster = Roster(self.scenario, self.draws)
        self.roster.change(self)
        self._arrive(self.arrivals.initial(), "initial")
        self._arrive(self.arrivals.at(0), "arrivals")
        self.ledger.open(self.measured)
        self.settle()
        self.slots = self.queue.slots()
        return self.observations()

    def step(self, actions: Sequence[Any]) -> bool:
        """One tick, on each agent's action or bids; True when it was the episode's last."""
        self.ledger.open(self.measured)
        if self.sizes.bidding:
            self._sell(actions)
        else:
            self._act([self._read(*each) for each in zip(self.agents, actions, strict=True)])
        self.settle()
        self._count_time()
        self.clock += 1
        serve(self)
        timers.abandon(self)
        timers.breach(self)
        conversation.requeue(self)
        incidents.come_back(self)
        self._arrive(self.arrivals.at(self.clock), "arrivals")
        self.roster.change(self)
        self.ledger.close()
        self.settle()
        self.slots = self.queue.slots()
        return bool(self.clock >= self.rules.horizon_steps)

    def settle(self) -> None:
        """See anew what is in work, where that is not seen at any time."""
        if self.sizes.dynamic:
            settle(self.agents, self.clock)

    @property
    def measured(self) -> bool:
        """Whether the warm-up is over."""
        return bool(self.clock >= self.rules.warm_up_steps)

    @property
    def open_tickets(self) -> list[Ticket]:
        """Queued and held tickets, and those on their way to the queue."""
        held = [ticket for agent in self.agents for ticket in agent.held]
        return self.queue.tickets + held + self.escalated

    # 1. act

    def _read(self, agent: Any, action: int) -> Deed:
        """What an agent is about to do; an illegal action becomes pass."""
        deed = self.menu[action] if 0 <= action < len(self.menu) else None
        if deed is not None and verbs.is_legal(self, agent, deed):
            return deed
        self.counts["illegal_actions"] += 1
        self.ledger.charge("illegal_action", agent)
        return Deed(PASS)

    def _act(self, deeds: list[Deed]) -> None:
        for agent, deed in zip(self.agents, deeds, strict=True):
            if isinstance(deed.verb, int):
                verbs.charge(self, agent, deed.verb)
        conversation.listen(self, deeds)
        loose = verbs.own_verbs(self, deeds)
        verbs.escalations(self, deeds)
        self._assign(deeds)
        for ticket in loose:
            self.queue.join(ticket)
        verbs.swarms(self, deeds)

    def _assign(self, deeds: list[Deed]) -> None:
        accepted: list[Agent] = []
        losers: list[tuple[int, Agent]] = []
        for slot, ticket in enumerate(self.slots):
            claimants = [
                a for a, deed in zip(self.agents, deeds, strict=True) if deed == Deed(ACCEPT, slot)
            ]
            if ticket is None or not claimants:
                continue
            winner, *others = self.arbitration.ranked(claimants, ticket, self.clock)
            self.accept(winner, ticket)
            accepted.append(winner)
            losers += [(ticket.category, loser) for loser in others]
        for category, loser in losers:
            waiting = [t for t in self.queue.of_category(category) if loser.may_accept(t)]
            if self.rules.next_of_category and waiting:
                self.accept(loser, waiting[0])
                accepted.append(loser)
            else:
                self.counts["lost_accepts"] += 1
                self.ledger.charge("lost_accept", loser)
        self.ledger.charge_imbalance(accepted, self.agents)

    def _sell(self, bids: Sequence[Sequence[float]]) -> None:
        offers = self.auction.offers(self.agents, self.slots, bids, self.clock)
        sales = self.auction.sales(offers, self.queue.tickets)
        for offer, price in sorted(sales, key=lambda sale: sale[0].agent.index):
            self.accept(offer.agent, offer.ticket)
            self.ledger.charge("payment", offer.agent, price)
        self.ledger.charge_imbalance([offer.agent for offer, _ in sales], self.agents)

    def accept(self, agent: Agent, ticket: Ticket) -> None:
        """A queued ticket goes to an agent, who is paid if it is the first to take it."""
        self.queue.tickets.remove(ticket)
        self.hand(ticket, agent)
        self.counts["accepts"] += 1
        if ticket.accepted is None:
            ticket.accepted, ticket.accepted_by = self.clock, agent.index
            ticket.match = agent.expertise[ticket.category]
            self.ledger.charge_accept(agent, ticket, self.sizes.priorities)

    def hand(self, ticket: Ticket, agent: Agent) -> None:
        """Put a ticket at the end of what an agent holds."""
        agent.held.append(ticket)
        ticket.holder = agent.index

    def take_away(self, ticket: Ticket) -> None:
        """Take a ticket from its holder; whoever works on it next begins anew."""
        self._drop_from_hands(ticket)
        ticket.holder = ticket.delay = None

    def _drop_from_hands(self, ticket: Ticket) -> None:
        assert ticket.holder is not None
        agent = self.agents[ticket.holder]
        agent.held.remove(ticket)
        if not agent.held:
            agent.idle_since = self.clock

    def _count_time(self) -> None:
        """What stands on the desk right after the accepts costs, and is averaged."""
        weights = self.rules.waiting_weights
        self.ledger.charge_waiting([weights[ticket.category] for ticket in self.open_tickets])
        for agent in self.agents:
            if agent.idle and self.queue.tickets:
                self.ledger.charge("idle_with_backlog", agent)
        if self.measured:
            self.areas.add(len(self.open_tickets), len(self.queue.tickets), self.agents)

    # 6. arrive

    def _arrive(self, tickets: list[Ticket], counted_as: str) -> None:
        for ticket in tickets:
            self.tickets.append(ticket)
            self.counts[counted_as] += 1
            conversation.meet(self, ticket)
            self.let_in(ticket)
            if ticket.outcome == "open":
                incidents.depend(self, ticket)

    def let_in(self, ticket: Ticket) -> None:
        """A ticket that comes joins the queue, or finds the desk full."""
        if self.queue.has_room(ticket.category, len(self.open_tickets)):
            self.queue.join(ticket)
            return
        ticket.left, ticket.outcome = self.clock, "dropped"
        self.counts["dropped"] += 1
        self.ledger.charge_desk("dropped")
        self.ledger.charge_desk("unheld_breach")

    def leave(self, ticket: Ticket, outcome: str) -> None:
        """A ticket leaves the desk, from the queue or from its holder's hands."""
        if ticket.holder is None:
            self.queue.tickets.remove(ticket)
        else:
            self._drop_from_hands(ticket)
        ticket.left, ticket.outcome = self.clock, outcome
        self.counts[outcome] += 1

    # The dispatcher and the operator

    def offer(self) -> int | None:
        """The number of the next ticket to decide, None when there is nothing to decide."""
        return dispatcher.offer(self)

    def place(self, number: int, a: int) -> None:
        """Give a queued ticket to an agent at once; one that cannot take it holds it back."""
        dispatcher.place(self, self.tickets[number], a)

    def hold(self, number: int) -> None:
        """Leave a ticket in the queue until the clock moves."""
        self.tickets[number].decided_at = self.clock

    def operate(self, operation: int, number: int, a: int) -> None:
        """Act on an open ticket in an agent's name, the clock standing still."""
        dispatcher.operate(self, operation, self.tickets[number], a)

    # What the desk shows

    def observations(self) -> NDArray[np.float32]:
        """(A, F) what every agent sees."""
        return Sight(self).observations()

    def state(self) -> NDArray[np.float32]:
        """(S,) every agent's own block, then the block all see."""
        return Sight(self).state()

    def masks(self) -> NDArray[np.int8]:
        """(A, 1 + K) what every agent may do."""
        return Sight(self).masks()

    @property
    def rewards(self) -> list[float]:
        """Each agent's reward of the last tick."""
        return self.ledger.rewards

    def terms(self) -> dict[str, list[float]]:
        """The last tick's raw reward terms of each agent."""
        return self.ledger.terms()

    def metrics(self) -> dict[str, Any]:
        """The numbers of the episode so far."""
        return kpis(self) | (outcomes.kpis(self) if self.sizes.talks else {})

    def queue_order(self) -> list[int]:
        """Numbers of the queued tickets, in queue order."""
        return [ticket.number for ticket in self.queue.tickets]

    def held(self) -> list[list[int]]:
        """Numbers of each agent's tickets, in order of acceptance."""
        return [[ticket.number for ticket in agent.held] for agent in self.agents]

"""The readable oracle: a desk of plain objects, written from docs/design.md alone."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.parameters import Parameters
from marl_routing.scenario import Scenario
from tests.oracle.arbitration import Arbitration
from tests.oracle.arrivals import Arrivals, plain
from tests.oracle.auction import Auction
from tests.oracle.draws import Draws
from tests.oracle.kpis import EVENTS, Areas, kpis
from tests.oracle.ledger import Ledger
from tests.oracle.queue import Queue
from tests.oracle.shifts import Roster
from tests.oracle.sight import Sight
from tests.oracle.tickets import Agent, Ticket


class OracleDesk:
    """A desk that can be read aloud: slow, and right; `scenario` says when agents are there."""

    def __init__(self, parameters: Parameters, scenario: Scenario | None = None) -> None:
        self.parameters = parameters
        self.sizes = parameters.sizes
        self.rules = plain(parameters)
        self.scenario = scenario
        self.seed = 0
        self.episode = -1

    # The episode

    def reset(self, seed: int | None = None) -> NDArray[np.float32]:
        """Start episode 0 of `seed`, or the next episode of the present seed."""
        self.seed, self.episode = (self.seed, self.episode + 1) if seed is None else (seed, 0)
        self.draws = Draws(self.seed, self.episode)
        self.arrivals = Arrivals(self.parameters, self.rules, self.draws)
        self.arbitration = Arbitration(self.rules, self.draws)
        self.auction = Auction(self.rules, self.draws)
        self.clock = 0
        self.tickets: list[Ticket] = []  # all that ever arrived, by number
        self.queue = Queue(self.rules, self.sizes)
        self.agents = [Agent.seat(self.rules, a) for a in range(self.sizes.agents)]
        self.counts = dict.fromkeys(EVENTS, 0)
        self.areas = Areas(self.sizes.agents)
        self.ledger = Ledger(self.rules, self.sizes.agents)
        self.roster = Roster(self.scenario, self.draws)
        self.roster.change(self)
        self._arrive(self.arrivals.initial(), "initial")
        self._arrive(self.arrivals.at(0), "arrivals")
        self.ledger.open(self.measured)
        self.slots = self.queue.slots()
        return self.observations()

    def step(self, actions: Sequence[Any]) -> bool:
        """One tick, on each agent's action or bids; True when it was the episode's last."""
        self.ledger.open(self.measured)
        accepted = self._sell(actions) if self.sizes.bidding else self._assign(actions)
        self.ledger.charge_imbalance(accepted, self.agents)
        self._count_time()
        self.clock += 1
        self._serve()
        self._abandon()
        self._breach()
        self._arrive(self.arrivals.at(self.clock), "arrivals")
        self.roster.change(self)
        self.ledger.close()
        self.slots = self.queue.slots()
        return bool(self.clock >= self.rules.horizon_steps)

    @property
    def measured(self) -> bool:
        """Whether the warm-up is over."""
        return bool(self.clock >= self.rules.warm_up_steps)

    @property
    def open_tickets(self) -> list[Ticket]:
        """Queued and held tickets."""
        return self.queue.tickets + [ticket for agent in self.agents for ticket in agent.held]

    # 1. act

    def _assign(self, actions: Sequence[int]) -> list[Agent]:
        accepted: list[Agent] = []
        losers: list[tuple[int, Agent]] = []
        for ticket, claimants in self._read(actions):
            winner, *others = self.arbitration.ranked(claimants, ticket, self.clock)
            self._accept(winner, ticket)
            accepted.append(winner)
            losers += [(ticket.category, loser) for loser in others]
        for category, loser in losers:
            waiting = self.queue.of_category(category)
            if self.rules.next_of_category and waiting:
                self._accept(loser, waiting[0])
                accepted.append(loser)
            else:
                self.counts["lost_accepts"] += 1
                self.ledger.charge("lost_accept", loser)
        return accepted

    def _sell(self, bids: Sequence[Sequence[float]]) -> list[Agent]:
        offers = self.auction.offers(self.agents, self.slots, bids, self.clock)
        sales = self.auction.sales(offers, self.queue.tickets)
        for offer, price in sorted(sales, key=lambda sale: sale[0].agent.index):
            self._accept(offer.agent, offer.ticket)
            self.ledger.charge("payment", offer.agent, price)
        return [offer.agent for offer, _ in sales]

    def _read(self, actions: Sequence[int]) -> list[tuple[Ticket, list[Agent]]]:
        """Who claims which shown ticket, in slot order; an illegal action becomes pass."""
        claims: list[list[Agent]] = [[] for _ in self.slots]
        for agent, action in zip(self.agents, actions, strict=True):
            shown = self.slots[action - 1] if 1 <= action <= len(self.slots) else None
            if shown is not None and agent.may_accept(shown):
                claims[action - 1].append(agent)
            elif action != 0:
                self._refuse(agent)
        return [(t, c) for t, c in zip(self.slots, claims, strict=True) if t is not None and c]

    def _accept(self, agent: Agent, ticket: Ticket) -> None:
        self.queue.tickets.remove(ticket)
        ticket.holder = agent.index
        agent.held.append(ticket)
        self.counts["accepts"] += 1
        if ticket.accepted is None:
            ticket.accepted, ticket.accepted_by = self.clock, agent.index
            self.ledger.charge_accept(agent, ticket, self.sizes.priorities)

    def _refuse(self, agent: Agent) -> None:
        self.counts["illegal_actions"] += 1
        self.ledger.charge("illegal_action", agent)

    def _count_time(self) -> None:
        """What stands on the desk right after the accepts costs, and is averaged."""
        weights = self.rules.waiting_weights
        self.ledger.charge_waiting([weights[ticket.category] for ticket in self.open_tickets])
        for agent in self.agents:
            if agent.idle and self.queue.tickets:
                self.ledger.charge("idle_with_backlog", agent)
        if self.measured:
            self.areas.add(len(self.open_tickets), len(self.queue.tickets), self.agents)

    # 3. serve

    def _serve(self) -> None:
        for agent in self.agents:
            in_work = agent.in_work
            for ticket in in_work:
                self._work_on(ticket, agent, len(in_work))
            if in_work and agent.idle:
                agent.idle_since = self.clock

    def _work_on(self, ticket: Ticket, agent: Agent, at_once: int) -> None:
        if ticket.delay is None:
            ticket.delay = self._begin(ticket, agent)
        if ticket.delay > 0:
            ticket.delay -= 1
            return
        if ticket.first_service is None:
            ticket.first_service = self.clock
        speed = agent.speed[ticket.category] / (1 + self.rules.concurrency_slowdown * (at_once - 1))
        finished = self._work_off(ticket, speed)
        ticket.served += 1
        if finished:
            self._leave(ticket, "resolved")
            self.ledger.charge("resolved", agent)

    def _begin(self, ticket: Ticket, agent: Agent) -> int:
        """Turn to a ticket; the steps that its context switch costs."""
        before, agent.last_category = agent.last_category, ticket.category
        if before is None or before == ticket.category:
            return 0
        self.counts["context_switches"] += 1
        self.ledger.charge("context_switch", agent)
        whole: int = math.floor(self.rules.switch_steps)
        draw = self.draws.uniform("switch", ticket.number, self.clock)
        return whole + int(draw < self.rules.switch_steps - whole)

    def _work_off(self, ticket: Ticket, speed: float) -> bool:
        """One step of service; whether it finishes the ticket."""
        draw = self.draws.uniform("serve", ticket.number, ticket.served)
        effort = speed * self.rules.step_minutes
        if self.rules.memoryless:
            return bool(draw < effort / self.rules.mean_minutes[ticket.category])
        ticket.work -= effort
        return ticket.work <= 0 or (ticket.work < effort and draw < 1 - ticket.work / effort)

    def _leave(self, ticket: Ticket, outcome: str) -> None:
        pile = self.queue.tickets if ticket.holder is None else self.agents[ticket.holder].held
        pile.remove(ticket)
        ticket.left, ticket.outcome = self.clock, outcome
        self.counts[outcome] += 1

    # 4. abandon, 5. breach, 6. arrive

    def _abandon(self) -> None:
        for ticket in self.open_tickets:
            if not ticket.served and self._passed(ticket.patience_ends):
                self._leave(ticket, "abandoned")
                self.ledger.charge_desk("abandoned")
                if ticket.holder is not None and not self.agents[ticket.holder].held:
                    self.agents[ticket.holder].idle_since = self.clock

    def _breach(self) -> None:
        for ticket in self.open_tickets:
            first_missed = not ticket.served and self._passed(ticket.first_due)
            if first_missed and not ticket.first_breached:
                ticket.first_breached = True
                self._charge_breach(ticket, self.rules.first_response_weight)
            if self._passed(ticket.due) and not ticket.breached:
                ticket.breached = True
                self._charge_breach(ticket, 1)

    def _passed(self, deadline: int | None) -> bool:
        return deadline is not None and deadline <= self.clock

    def _charge_breach(self, ticket: Ticket, amount: float) -> None:
        if ticket.holder is None:
            self.ledger.charge_desk("unheld_breach", amount)
        else:
            self.ledger.charge("sla_breach", self.agents[ticket.holder], amount)

    def _arrive(self, tickets: list[Ticket], counted_as: str) -> None:
        for ticket in tickets:
            self.tickets.append(ticket)
            self.counts[counted_as] += 1
            if self.queue.has_room(ticket.category, len(self.open_tickets)):
                self.queue.join(ticket)
                continue
            ticket.left, ticket.outcome = self.clock, "dropped"
            self.counts["dropped"] += 1
            self.ledger.charge_desk("dropped")
            self.ledger.charge_desk("unheld_breach")

    # The dispatcher

    def offer(self) -> int | None:
        """The number of the next ticket to decide, None when there is nothing to decide."""
        for ticket in self.queue.tickets:
            undecided = ticket.decided_at != self.clock
            if undecided and any(agent.may_accept(ticket) for agent in self.agents):
                return ticket.number
        return None

    def place(self, number: int, a: int) -> None:
        """Give a queued ticket to an agent at once; one that cannot take it holds it back."""
        ticket, agent = self.tickets[number], self.agents[a]
        self.ledger.open(self.measured)
        if agent.may_accept(ticket):
            self._accept(agent, ticket)
            self.ledger.charge_imbalance([agent], self.agents)
        else:
            self._refuse(agent)
            self.hold(number)
        self.ledger.close()
        self.slots = self.queue.slots()

    def hold(self, number: int) -> None:
        """Leave a ticket in the queue until the clock moves."""
        self.tickets[number].decided_at = self.clock

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
        return kpis(self)

    def queue_order(self) -> list[int]:
        """Numbers of the queued tickets, in queue order."""
        return [ticket.number for ticket in self.queue.tickets]

    def held(self) -> list[list[int]]:
        """Numbers of each agent's tickets, in order of acceptance."""
        return [[ticket.number for ticket in agent.held] for agent in self.agents]

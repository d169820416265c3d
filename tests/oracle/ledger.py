"""Who is paid what: the named reward terms of a tick, and their sums over the measured steps."""

from types import SimpleNamespace

from marl_routing.core.terms import AGENT_TERMS, DESK_TERMS, TERMS
from tests.oracle.tickets import Agent, Ticket


class Ledger:
    """The reward terms of one tick; `close` turns them into rewards."""

    def __init__(self, rules: SimpleNamespace, num_agents: int) -> None:
        self.rules = rules
        self.num_agents = num_agents
        self.rewards = [0.0] * num_agents
        self.reward_sum = 0.0
        self.term_sums = dict.fromkeys(TERMS, 0.0)
        self.open(measured=False)

    def open(self, measured: bool) -> None:
        """Begin a tick with nothing written; its sums count if the warm-up is over."""
        self.measured = measured
        self.own = {name: [0.0] * self.num_agents for name in AGENT_TERMS}
        self.desk = dict.fromkeys(DESK_TERMS, 0.0)
        self.waiting_cost = 0.0  # open tickets, each at the weight of its category

    def charge(self, term: str, agent: Agent, amount: float = 1.0) -> None:
        """Write an agent's own term."""
        self.own[term][agent.index] += amount

    def charge_accept(self, agent: Agent, ticket: Ticket, priorities: int) -> None:
        """Write what the first agent to accept a ticket is paid."""
        steps = agent.handle_steps[ticket.category]
        self.charge("accept_base", agent)
        self.charge("expertise_bonus", agent, agent.expertise[ticket.category])
        self.charge("resolution_time", agent, steps * (priorities - ticket.priority))

    def charge_imbalance(self, accepted: list[Agent], agents: list[Agent]) -> None:
        """After the accepts: those who got a ticket answer for a team loaded unevenly."""
        loads = [len(agent.held) for agent in agents]
        if (max(loads) - min(loads)) / max(self.rules.capacity) > 0.5:
            for agent in accepted:
                self.charge("imbalance", agent)

    def charge_desk(self, term: str, amount: float = 1.0) -> None:
        """Write a term that all agents share equally."""
        self.desk[term] += amount

    def charge_waiting(self, weights: list[float]) -> None:
        """Write the open tickets, of which each has a weight."""
        self.desk["waiting"] += len(weights)
        self.waiting_cost += sum(weights)

    def terms(self) -> dict[str, list[float]]:
        """Every named term, as each agent gets it."""
        share = {name: total / self.num_agents for name, total in self.desk.items()}
        terms = {name: list(values) for name, values in self.own.items()}
        terms["sla_breach"] = [value + share["unheld_breach"] for value in terms["sla_breach"]]
        for name in TERMS[len(AGENT_TERMS) :]:
            terms[name] = [share[name]] * self.num_agents
        return {name: terms[name] for name in TERMS}

    def close(self) -> None:
        """The tick's rewards: weighted terms, shared as the scenario says."""
        weights = dict(zip(TERMS, self.rules.weights, strict=True))
        paid = self.terms()
        paid["waiting"] = [self.waiting_cost / self.num_agents] * self.num_agents
        weighted = [
            sum(weights[name] * values[a] for name, values in paid.items())
            for a in range(self.num_agents)
        ]
        mean = sum(weighted) / self.num_agents
        sharing = self.rules.sharing
        self.rewards = [(1 - sharing) * own + sharing * mean for own in weighted]
        if self.measured:
            self.reward_sum += sum(self.rewards)
            for name, values in self.terms().items():
                self.term_sums[name] += sum(values)

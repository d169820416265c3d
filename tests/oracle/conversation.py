"""Customers, what agents say to them, and how a conversation goes on and ends."""

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from marl_routing.core.conversation_record import NUM_CONTEXT, NUM_STRATEGIES, STRATEGIES
from marl_routing.core.parameters import RESPOND
from tests.oracle.tickets import Agent, End, Talk, Ticket

if TYPE_CHECKING:
    from tests.oracle.desk import OracleDesk
    from tests.oracle.verbs import Deed

CALL_A_COLLEAGUE = STRATEGIES.index("escalate")
DELIGHTED = 4


# Customers


def meet(desk: "OracleDesk", ticket: Ticket) -> None:
    """Where there are customers, a ticket comes from one."""
    if not desk.sizes.talks:
        return
    rules, draws, at = desk.rules, desk.draws, ("customer", ticket.number)
    low, high = rules.prior_low[ticket.category], rules.prior_high[ticket.category]
    prior = _rounded(low + (high - low) * draws.uniform(*at, 2))
    ticket.talk = Talk(
        tier=draws.inverse(rules.tier_cdf[ticket.category], *at, 0),
        sentiment=draws.inverse(rules.sentiment_cdf[ticket.category], *at, 1),
        satisfaction=prior,
        prior=prior,
        context=[_rounded(draws.uniform(*at, 3 + j)) for j in range(NUM_CONTEXT)],
    )


def dissatisfaction(ticket: Ticket) -> float:
    """What makes it more, or less, likely that a resolved ticket comes back."""
    return 1.0 if ticket.talk is None else 2 * (1 - ticket.talk.satisfaction)


def begin_again(desk: "OracleDesk", ticket: Ticket, resolver: Agent) -> None:
    """A reopened ticket earned nothing; its customer, worse tempered, is talked to anew."""
    if ticket.talk is not None:
        _earn(desk, resolver, ticket.talk, -1)
        ticket.talk = dataclasses.replace(
            ticket.talk,
            sentiment=max(0, ticket.talk.sentiment - 1),
            turns=0,
            talked_before=ticket.talk.talked,
            progress=0,
            worn=[0] * NUM_STRATEGIES,
            end=None,
        )


# What agents say


def may_say(desk: "OracleDesk", agent: Agent, ticket: Ticket, strategy: int) -> bool:
    """Anything; but a ticket is escalated to a colleague only if there is one who can serve it."""
    others = [other for other in desk.agents if other is not agent]
    able = any(other.can_serve(ticket.category) for other in others)
    return strategy != CALL_A_COLLEAGUE or able


def listen(desk: "OracleDesk", deeds: list["Deed"]) -> None:
    """What everybody says, and about which ticket, before anything else changes."""
    if desk.sizes.talks:
        for agent, deed in zip(desk.agents, deeds, strict=True):
            agent.talks_about = agent.current
            agent.says = deed.about if deed.verb == RESPOND else None


def resolves(desk: "OracleDesk", agent: Any, ticket: Ticket) -> bool:
    """A turn, unless the agent did not see the ticket as its own yet; whether it resolves it."""
    if ticket is not agent.talks_about:
        return False
    talk, strategy = _talk(ticket), agent.says
    effect, mood = (
        desk.draws.uniform("turn", ticket.number, talk.talked, draw) for draw in range(2)
    )
    talk.turns += 1
    talk.talked += 1
    desk.turns["silent" if strategy is None else STRATEGIES[strategy]] += 1
    if strategy is not None and effect < probability(desk, agent, ticket, strategy):
        _please(desk, talk, strategy, mood)
        if strategy == CALL_A_COLLEAGUE:
            _escalate(desk, agent, ticket)
            return False
    elif not _stays(desk, talk, strategy, mood):
        _lose(desk, ticket, "hung up")
        return False
    return _goes_on_to_the_end(desk, agent, ticket)


def probability(desk: "OracleDesk", agent: Agent, ticket: Ticket, strategy: int) -> float:
    """How likely a strategy is effective."""
    rules, talk, category = desk.rules, _talk(ticket), ticket.category
    effectiveness: float = rules.effectiveness[category][talk.sentiment][strategy]
    fresh = 1 - rules.wear * min(talk.worn[strategy], 2) / 2
    skill = rules.skill_floor + (1 - rules.skill_floor) * agent.expertise[category]
    effects = rules.context_effects[strategy]
    context = sum(
        weight * (entry - 0.5) for weight, entry in zip(effects, talk.context, strict=True)
    )
    help_given = rules.tier_help if talk.escalated else 0.0
    likely: float = effectiveness * fresh * skill + context + help_given
    return max(0.02, min(0.98, likely))


def _please(desk: "OracleDesk", talk: Talk, strategy: int, mood: float) -> None:
    rules = desk.rules
    if mood < rules.rise[strategy]:
        talk.sentiment = min(DELIGHTED, talk.sentiment + 1)
    gain = rules.gain[strategy] * (1 - talk.satisfaction)
    talk.satisfaction = _rounded(talk.satisfaction + gain)
    talk.progress += rules.advance[strategy]


def _stays(desk: "OracleDesk", talk: Talk, strategy: int | None, mood: float) -> bool:
    """An ineffective turn, or a silent one; whether the customer puts up with it."""
    rules = desk.rules
    if strategy is None:
        fall, loss = rules.silent_fall[talk.sentiment], rules.silent_loss
    else:
        fall, loss = rules.fall[talk.sentiment][strategy], rules.loss[strategy]
        talk.worn[strategy] += 1
    talk.satisfaction = _rounded(talk.satisfaction - loss * talk.satisfaction)
    if mood >= fall:
        return True
    was_angry = talk.sentiment == 0
    talk.sentiment = max(0, talk.sentiment - 1)
    return not was_angry


# How it ends


def _goes_on_to_the_end(desk: "OracleDesk", agent: Agent, ticket: Ticket) -> bool:
    """Whether all is done; if not, the customer's time may be up."""
    rules, talk = desk.rules, _talk(ticket)
    if talk.progress >= rules.needs[ticket.category]:
        talk.end = "resolved"
        _earn(desk, agent, talk)
        return True
    if talk.turns == rules.max_turns:
        _lose(desk, ticket, "out of turns")
    return False


def _earn(desk: "OracleDesk", agent: Agent, talk: Talk, times: int = 1) -> None:
    """What a resolution is worth; to the business, less what an escalation was worth already."""
    rules = desk.rules
    still_worth = 1 - rules.escalation_value if talk.escalated else 1.0
    efficiency = 0.1 + 0.4 * (1 - talk.turns / rules.max_turns)
    desk.ledger.charge("satisfaction", agent, times * 2 * talk.satisfaction)
    desk.ledger.charge("efficiency", agent, times * efficiency)
    value = rules.tier_value[talk.tier] * still_worth
    desk.ledger.charge_desk("business_impact", times * value)


def _lose(desk: "OracleDesk", ticket: Ticket, end: End) -> None:
    """The customer goes, and nothing is solved."""
    _talk(ticket).end = end
    desk.counts["hang_ups" if end == "hung up" else "turn_limits"] += 1
    desk.leave(ticket, "abandoned")
    desk.ledger.charge_desk("abandoned")


def _escalate(desk: "OracleDesk", agent: Agent, ticket: Ticket) -> None:
    """A colleague is to go on; until step 6 the ticket is nobody's, and not queued either."""
    talk = _talk(ticket)
    if not talk.escalated:
        value = desk.rules.escalation_value * desk.rules.tier_value[talk.tier]
        desk.ledger.charge_desk("business_impact", value)
    desk.ledger.charge("escalation", agent)
    desk.counts["escalations"] += 1
    talk.escalated += 1
    talk.escalator = agent.index
    ticket.team = None
    talk.turns, talk.worn = 0, [0] * NUM_STRATEGIES
    desk.take_away(ticket)
    desk.escalated.append(ticket)


def requeue(desk: "OracleDesk") -> None:
    """What was escalated waits for a colleague, even at a full desk."""
    for ticket in desk.escalated:
        desk.queue.join(ticket)
    desk.escalated = []


def _talk(ticket: Ticket) -> Talk:
    assert ticket.talk is not None
    return ticket.talk


def _rounded(value: float) -> float:
    """As kept: a number of 32 bits."""
    return float(np.float32(value))

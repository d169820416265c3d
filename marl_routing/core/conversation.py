"""Conversations: what agents say, how customers take it, and how it ends."""

from marl_routing.core.attainment import count_abandoned, is_measured
from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.conversation_record import (
    ESCALATE_TALK,
    MOST_WORN,
    NUM_CONTEXT,
    NUM_SENTIMENTS,
    NUM_STRATEGIES,
    SILENT,
)
from marl_routing.core.events import (
    ABANDONED_EVENT,
    CONCLUDED,
    CUSTOMER_EVENT,
    ESCALATED_TALK,
    HUNG_UP,
    NOBODY,
    OUT_OF_TURNS,
    TURNED,
    note,
)
from marl_routing.core.learning import expertise_of
from marl_routing.core.lifecycle import depart, remove_held, send_back
from marl_routing.core.random import CUSTOMER, TURN, draw_from, fold, unit
from marl_routing.core.record import Record
from marl_routing.core.reward import credit_agent, credit_desk
from marl_routing.core.terms import ABANDONED, BUSINESS_IMPACT, EFFICIENCY, ESCALATION, SATISFACTION

GOES_ON, RESOLVES, LEAVES = range(3)  # what a step of service does with a ticket
LIKELIEST, UNLIKELIEST = 0.98, 0.02


@only_with("talk")
def begin_conversation(rules: Record, desk: Record, index: int) -> None:
    """Who the customer of an admitted ticket is."""
    ticket, talk = desk.tickets[index], desk.talk[index]
    category = ticket.category
    key = fold(desk.keys[CUSTOMER], ticket.number)
    talk.tier = draw_from(rules.tier_cdf[category], unit(fold(key, 0)))
    note(desk, CUSTOMER_EVENT, ticket.number, NOBODY, talk.tier)
    talk.sentiment = draw_from(rules.sentiment_cdf[category], unit(fold(key, 1)))
    low, high = rules.prior_low[category], rules.prior_high[category]
    talk.prior = low + (high - low) * unit(fold(key, 2))
    talk.satisfaction = talk.prior
    for entry in range(NUM_CONTEXT):
        talk.context[entry] = unit(fold(key, 3 + entry))
    talk.talked = 0
    talk.escalated = 0
    talk.escalator = -1
    _begin_anew(desk, index)


@kernel
def _begin_anew(desk: Record, index: int) -> None:
    talk = desk.talk[index]
    talk.turns = 0
    talk.talked_before = talk.talked
    talk.progress = 0
    _forget_wear(desk, index)


@kernel
def _forget_wear(desk: Record, index: int) -> None:
    for strategy in range(NUM_STRATEGIES):
        desk.talk[index].worn[strategy] = 0


@only_with("talk")
def talk_again(rules: Record, desk: Record, index: int, agent: int) -> None:
    """The customer of a ticket that the agent resolved is back, in a worse mood."""
    talk = desk.talk[index]
    _pay_for_end(rules, desk, index, agent, -1.0)
    talk.sentiment = max(0, talk.sentiment - 1)
    _begin_anew(desk, index)


@kernel
def take_turn(rules: Record, desk: Record, index: int, agent: int) -> int:
    """One step of a conversation.

    Returns:
        GOES_ON, RESOLVES (the caller resolves the ticket) or LEAVES (it has left the agent).
    """
    if desk.talking[agent] != index:
        return GOES_ON  # accepted just now: the first turn is the next step's
    ticket, talk = desk.tickets[index], desk.talk[index]
    strategy = desk.strategy[agent]
    key = fold(fold(desk.keys[TURN], ticket.number), talk.talked)
    talk.turns += 1
    talk.talked += 1
    desk.strategies[strategy] += 1
    note(desk, TURNED, ticket.number, agent, strategy)
    chance = 0.0 if strategy == SILENT else _chance(rules, desk, index, agent, strategy)
    effective = unit(fold(key, 0)) < chance
    stays = _react(rules, desk, index, strategy, effective, unit(fold(key, 1)))
    escalates = effective & (strategy == ESCALATE_TALK)
    done = (talk.progress >= rules.needs[ticket.category]) | (talk.turns >= rules.max_turns)
    if stays & (not (escalates | done)):
        return GOES_ON
    return _end(rules, desk, index, agent, escalates, stays)


@kernel
def _end(rules: Record, desk: Record, index: int, agent: int, escalates: bool, stays: bool) -> int:
    """What a turn comes to that ends the conversation."""
    ticket, talk = desk.tickets[index], desk.talk[index]
    if not stays:
        desk.hang_ups += 1
        _lose(rules, desk, index, agent, HUNG_UP)
        return LEAVES
    if escalates:
        _escalate(rules, desk, index, agent)
        return LEAVES
    if talk.progress >= rules.needs[ticket.category]:
        _conclude(rules, desk, index, agent)
        return RESOLVES
    desk.turn_limits += 1
    _lose(rules, desk, index, agent, OUT_OF_TURNS)
    return LEAVES


@kernel
def _chance(rules: Record, desk: Record, index: int, agent: int, strategy: int) -> float:
    """Probability that what the agent says works."""
    talk, category = desk.talk[index], desk.tickets[index].category
    effectiveness = rules.effectiveness[category, talk.sentiment, strategy]
    expertise = expertise_of(rules, desk, agent, category)
    return chance_of(rules, talk, strategy, effectiveness, expertise)


@kernel
def chance_of(
    rules: Record, talk: Record, strategy: int, effectiveness: float, expertise: float
) -> float:
    """Probability that a strategy works, from its entry in the table and the agent's skill.

    Args:
        rules, talk: a desk's, or whatever has their fields: a policy reckons with it too.
        strategy, effectiveness, expertise: what is said, on whom it works, by whom.
    """
    worn = rules.wear * talk.worn[strategy] / MOST_WORN
    skill = rules.skill_floor + (1.0 - rules.skill_floor) * expertise
    chance = effectiveness * (1.0 - worn) * skill
    for entry in range(NUM_CONTEXT):
        chance += rules.context_effects[strategy, entry] * (talk.context[entry] - 0.5)
    if talk.escalated > 0:
        chance += rules.tier_help
    return float(max(UNLIKELIEST, min(LIKELIEST, chance)))


@kernel
def _react(
    rules: Record, desk: Record, index: int, strategy: int, effective: bool, mood: float
) -> bool:
    """What works pleases; what does not wears off and annoys. Whether the customer stays."""
    talk, silent = desk.talk[index], strategy == SILENT
    said = min(strategy, NUM_STRATEGIES - 1)
    # Without branches: what will work is as hard to predict as it should be.
    fall = rules.silent_fall[talk.sentiment] if silent else rules.fall[talk.sentiment, said]
    loss = rules.silent_loss if silent else rules.loss[said]
    rises, falls = effective & (mood < rules.rise[said]), (not effective) & (mood < fall)
    stays = (not falls) | (talk.sentiment > 0)
    sentiment = talk.sentiment + int(rises) - int(falls)
    talk.sentiment = max(0, min(NUM_SENTIMENTS - 1, sentiment))
    before = float(talk.satisfaction)
    pleased, annoyed = before + rules.gain[said] * (1.0 - before), before - loss * before
    talk.satisfaction = pleased if effective else annoyed
    talk.progress += rules.advance[said] if effective else 0
    wears = (not effective) & (not silent)
    talk.worn[said] = min(MOST_WORN, talk.worn[said] + int(wears))
    return bool(stays)


@kernel
def _conclude(rules: Record, desk: Record, index: int, agent: int) -> None:
    """The conversation ends well: it is paid, and the caller resolves the ticket."""
    ticket, talk = desk.tickets[index], desk.talk[index]
    _pay_for_end(rules, desk, index, agent, 1.0)
    note(desk, CONCLUDED, ticket.number, agent, talk.satisfaction)
    if is_measured(rules, ticket):
        desk.talks_resolved[ticket.category, talk.tier] += 1
        _count_end(desk, index)


@kernel
def _pay_for_end(rules: Record, desk: Record, index: int, agent: int, sign: float) -> None:
    """What a resolved conversation earns; with the sign -1 it is taken back."""
    talk = desk.talk[index]
    paid_before = rules.escalation_value if talk.escalated > 0 else 0.0
    impact = (1.0 - paid_before) * rules.tier_value[talk.tier]
    credit_agent(desk, SATISFACTION, agent, sign * 2.0 * talk.satisfaction)
    credit_agent(desk, EFFICIENCY, agent, sign * efficiency(talk.turns, rules.max_turns))
    credit_desk(desk, BUSINESS_IMPACT, sign * impact)


@kernel
def efficiency(turns: int, max_turns: int) -> float:
    """What a resolved conversation of so many turns earns by EFFICIENCY."""
    return 0.1 + 0.4 * (1.0 - turns / max_turns)


@kernel
def _count_end(desk: Record, index: int) -> None:
    """A measured conversation is over."""
    talk, category = desk.talk[index], desk.tickets[index].category
    desk.talks_ended[category, talk.tier] += 1
    desk.csat_sum[category, talk.tier] += talk.satisfaction
    desk.turns_sum += talk.talked - talk.talked_before


@kernel
def _escalate(rules: Record, desk: Record, index: int, agent: int) -> None:
    """The ticket goes to the queue, with its history, for anybody else."""
    talk = desk.talk[index]
    desk.escalations += 1
    credit_agent(desk, ESCALATION, agent, 1.0)
    if talk.escalated == 0:
        credit_desk(desk, BUSINESS_IMPACT, rules.escalation_value * rules.tier_value[talk.tier])
    talk.escalated += 1
    talk.escalator = agent
    desk.life[index].team = -1
    talk.turns = 0
    _forget_wear(desk, index)
    note(desk, ESCALATED_TALK, desk.tickets[index].number, agent, 0.0)
    send_back(rules, desk, index)  # it joins the queue in step 6


@kernel
def _lose(rules: Record, desk: Record, index: int, agent: int, event: int) -> None:
    """The customer has had enough: the ticket leaves unresolved."""
    ticket = desk.tickets[index]
    note(desk, event, ticket.number, agent, desk.talk[index].satisfaction)
    desk.abandoned += 1
    credit_desk(desk, ABANDONED, 1.0)
    note(desk, ABANDONED_EVENT, ticket.number, agent, desk.step - ticket.arrived)
    if is_measured(rules, ticket):
        desk.kpi_abandoned += 1
        desk.kpi_talked_away += 1
        count_abandoned(rules, desk, index)
        _count_end(desk, index)
    remove_held(rules, desk, index)
    depart(desk, index)


@only_with("talk")
def listen(desk: Record) -> None:
    """Before the actions are read: whom each agent talks to, and nobody has said anything."""
    for agent in range(desk.talking.shape[0]):
        desk.talking[agent] = desk.current[agent]
        desk.strategy[agent] = SILENT


@only_with("talk")
def respond(desk: Record, agent: int, strategy: int) -> None:
    """What an agent says in this step."""
    desk.strategy[agent] = strategy


@only_with("talk")
def forget_escalator(desk: Record, index: int) -> None:
    """A ticket transferred to a team is for all of it."""
    desk.talk[index].escalator = -1


@only_with("talk", otherwise=1.0)
def discontent(desk: Record, index: int) -> float:
    """By how much likelier an unhappy customer comes back."""
    return float(2.0 * (1.0 - desk.talk[index].satisfaction))

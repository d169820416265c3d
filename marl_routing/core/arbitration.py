"""Whom arbitration puts first: a score, then a draw fixed at the observation."""

import numpy as np

from marl_routing.core.compiler import kernel
from marl_routing.core.learning import by_expertise, expertise_of, may_tie
from marl_routing.core.parameters import EXPERTISE, LEAST_LOADED, LONGEST_IDLE
from marl_routing.core.random import TIE, fold, unit
from marl_routing.core.record import NEVER, Record
from marl_routing.core.settling import is_free, is_idle
from marl_routing.core.sorting import sorter


@kernel
def score(rules: Record, desk: Record, agent: int, category: int) -> float:
    """Larger comes first."""
    if rules.arbitration == EXPERTISE:
        return expertise_of(rules, desk, agent, category)
    if rules.arbitration == LEAST_LOADED:
        return float(-desk.held_count[agent])
    if rules.arbitration == LONGEST_IDLE:
        return float(-desk.idle_since[agent] if is_free(desk, agent) else -NEVER)
    return 0.0


@kernel
def tie_draw(desk: Record, number: int, agent: int) -> np.uint64:
    """The draw of one agent for one ticket at this clock; the larger wins."""
    return fold(fold(fold(desk.keys[TIE], desk.step), number), agent)


@kernel
def wins_over(rules: Record, desk: Record, ticket: Record, agent: int, other: int) -> bool:
    """Whether arbitration puts one agent before another: the larger score, then the larger draw."""
    category, number = ticket.category, ticket.number
    mine, theirs = score(rules, desk, agent, category), score(rules, desk, other, category)
    if mine != theirs:
        return mine > theirs
    return bool(tie_draw(desk, number, agent) > tie_draw(desk, number, other))


@kernel
def _by_score(rules: Record, desk: Record, agent: int, other: int) -> bool:
    return score(rules, desk, agent, 0) > score(rules, desk, other, 0)


@kernel
def _by_claim(rules: Record, desk: Record, agent: int, other: int) -> bool:
    """Slot by slot; within a slot as arbitration decides."""
    slot = desk.chosen[agent]
    if slot != desk.chosen[other]:
        return bool(slot < desk.chosen[other])
    return wins_over(rules, desk, desk.tickets[desk.slots[slot]], agent, other)


sort_by_score = sorter(_by_score)
sort_by_claim = sorter(_by_claim)


@kernel
def order_agents(rules: Record, desk: Record, category: int) -> None:
    """Write desk.order: all agents, best score first (only expertise differs by category)."""
    agents = desk.order.shape[0]
    for i in range(agents):
        desk.order[i] = by_expertise(rules, desk, category, i)
    if rules.arbitration == LEAST_LOADED or rules.arbitration == LONGEST_IDLE:
        sort_by_score(rules, desk, desk.order, desk.group, agents)


@kernel
def place_agents(rules: Record, desk: Record, category: int, number: int) -> None:
    """Write desk.place from desk.order: 1 / (1 + agents idle and able that come before me)."""
    order = desk.order
    ahead, start = 0, 0
    agents = order.shape[0]
    while start < agents:
        stop, contenders = _group_of_equals(rules, desk, order, start, category)
        if contenders == 0 or stop - start == 1:
            for i in range(start, stop):
                desk.place[order[i]] = 1.0 / (1 + ahead)
            ahead += contenders
        else:
            _place_by_draw(rules, desk, category, number, start, stop, ahead)
            ahead += contenders
        start = stop


@kernel
def _place_by_draw(
    rules: Record, desk: Record, category: int, number: int, start: int, stop: int, ahead: int
) -> None:
    """Places of the agents of equal score, desk.order[start:stop], behind `ahead` others.

    Draws are spread evenly: in as many ranges of draws as there are agents, each has few rivals.
    """
    ranges, end = stop - start, desk.range_end
    end[: ranges + 1] = 0
    for i in range(start, stop):
        agent = desk.order[i]
        draw = tie_draw(desk, number, agent)
        desk.tie[agent] = draw
        end[int(ranges * unit(draw))] += is_idle_and_able(rules, desk, agent, category)
    before = 0
    for here in range(ranges - 1, -1, -1):
        end[here], before = before, before + end[here]
    for i in range(start, stop):
        agent = desk.order[i]
        if is_idle_and_able(rules, desk, agent, category):
            here = int(ranges * unit(desk.tie[agent]))
            desk.group[end[here]] = agent
            end[here] += 1
    for i in range(start, stop):
        agent = desk.order[i]
        here = int(ranges * unit(desk.tie[agent]))
        first = end[here + 1]  # contenders of larger ranges stand before those of this one
        for rival in range(end[here + 1], end[here]):
            first += desk.tie[desk.group[rival]] > desk.tie[agent]
        desk.place[agent] = 1.0 / (1 + ahead + first)


@kernel
def goes_by_skill_alone(rules: Record, desk: Record, category: int) -> bool:
    """Whether arbitration is by expertise, and no two agents are equal: no ticket needs a draw."""
    return bool(rules.arbitration == EXPERTISE and not may_tie(rules, desk, category))


@kernel
def place_by_skill(rules: Record, desk: Record, category: int) -> None:
    """Write desk.place, as `place_agents` would, where arbitration goes by skill alone."""
    ahead = 0
    for i in range(desk.place.shape[0]):
        agent = by_expertise(rules, desk, category, i)
        desk.place[agent] = rules.places[ahead]
        ahead += is_idle_and_able(rules, desk, agent, category)


@kernel
def _group_of_equals(
    rules: Record, desk: Record, order: Record, start: int, category: int
) -> tuple[int, int]:
    """Where the run of equal scores from `start` ends, and how many in it are idle and able."""
    value = score(rules, desk, order[start], category)
    stop, contenders = start, 0
    while stop < order.shape[0] and score(rules, desk, order[stop], category) == value:
        contenders += is_idle_and_able(rules, desk, order[stop], category)
        stop += 1
    return stop, contenders


@kernel
def is_idle_and_able(rules: Record, desk: Record, agent: int, category: int) -> int:
    """1 if the agent is there, has nothing to work on and can serve the category."""
    return is_idle(desk, agent) & int(rules.speed[agent, category] > 0.0)

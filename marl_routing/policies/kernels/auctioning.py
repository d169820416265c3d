"""The auction algorithm: agents bid for tickets until nobody wants to bid more.

Bertsekas (1992), "Auction algorithms for network flow problems: a tutorial introduction", Comput.
Optim. Appl. 1. Prices that were scaled stay right only where everybody and everything is assigned
in the end; so agents may get their own pass instead, a ticket has a keeper who may get the ticket
(nobody takes it) or any pass, and there are as many passes and tickets as agents and keepers.
"""

from marl_routing.core.compiler import kernel
from marl_routing.core.record import Record
from marl_routing.policies.kernels.matching import FORBIDDEN, line_up, write_worths
from marl_routing.policies.kernels.rule import Rule
from marl_routing.policies.kernels.sight import Sight

EPSILON = 1e-5  # the last increment, as a share of the largest value
FIRST, SCALE = 0.25, 5.0  # the first increment, as such a share; and what it is divided by


@kernel
def take_by_auction(rule: Rule, sight: Sight, actions: Record) -> None:
    """Make the pairs of the largest sum of values, up to EPSILON for each bidder."""
    write_worths(rule, sight)
    book, slots = sight.scratch.book, sight.slots.shape[0]
    book.prices[:] = 0.0
    increment = FIRST
    while True:
        _assign(rule, sight, increment * rule.plan[0].largest_value)
        if increment <= EPSILON:
            break
        increment = max(increment / SCALE, EPSILON)
    while _move_up(sight):
        pass
    for agent in range(actions.shape[0]):
        got = book.got[agent]
        actions[agent] = got + 1 if 0 <= got < slots else 0


@kernel
def _assign(rule: Rule, sight: Sight, increment: float) -> None:
    """One auction, by increments of the prices that the last one left."""
    book, spare = sight.scratch.book, rule.plan[0].pass_value
    book.owner[:] = -1
    book.got[:] = -1
    waiting = _line_up_bidders(rule, sight)
    while waiting > 0:
        bidder = book.line[waiting - 1]
        best, second, wanted = FORBIDDEN, FORBIDDEN, 0
        for thing in range(book.prices.shape[0]):
            net = _worth(sight, bidder, thing, spare) - book.prices[thing]
            if net > best:
                best, second, wanted = net, best, thing
            elif net > second:
                second = net
        book.prices[wanted] += best - second + increment
        loser = book.owner[wanted]
        book.owner[wanted], book.got[bidder] = bidder, wanted
        if loser >= 0:
            book.line[waiting - 1], book.got[loser] = loser, -1
        else:
            waiting -= 1


@kernel
def _move_up(sight: Sight) -> bool:
    """Let agents move to tickets that nobody takes and are worth more, if by less than increments.

    Returns:
        Whether anybody moved. So of equal tickets the first in the queue are taken.
    """
    book, worth, moved = sight.scratch.book, sight.scratch.assignment.worth, False
    agents, slots = worth.shape
    for agent in range(agents):
        for slot in range(slots):
            got = book.got[agent]
            free = book.owner[slot] < 0 or book.owner[slot] >= agents
            if 0 <= got < slots and free and worth[agent, slot] > worth[agent, got]:
                book.owner[got], book.owner[slot], book.got[agent] = -1, agent, slot
                moved = True
    return moved


@kernel
def _line_up_bidders(rule: Rule, sight: Sight) -> int:
    """Keepers of tickets that somebody may take, then agents who may take one, by their draws.

    Returns:
        How many stand in `line`; the last bids first.
    """
    pairs, book, count = sight.scratch.pairs, sight.scratch.book, 0
    agents, slots = pairs.shape
    book.takes_part[:] = 0
    for agent in range(agents):
        for slot in range(slots):
            if sight.agents[agent].available and pairs[agent, slot].legal:
                book.takes_part[agent] = 1
                book.takes_part[agents + slot] = 1
    for slot in range(slots):
        if book.takes_part[agents + slot]:
            book.line[count] = agents + slot
            count += 1
    for place in range(line_up(rule, sight)):
        agent = sight.scratch.order[place]
        if book.takes_part[agent]:
            book.line[count] = agent
            count += 1
    return count


@kernel
def _worth(sight: Sight, bidder: int, thing: int, spare: float) -> float:
    """Of a ticket or, from the number of slots on, of an agent's pass."""
    agents, slots = sight.scratch.pairs.shape
    of_agent = thing - slots
    if bidder < agents:
        if thing < slots:
            return float(sight.scratch.assignment.worth[bidder, thing])
        return spare if of_agent == bidder else FORBIDDEN
    if thing < slots:
        return 0.0 if thing == bidder - agents else FORBIDDEN
    return 0.0 if sight.scratch.book.takes_part[of_agent] else FORBIDDEN

"""Who works on what: on dynamic desks found anew twice a tick, elsewhere plain from holding."""

from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.events import PARTED, note
from marl_routing.core.learning import handle_steps_of
from marl_routing.core.record import NOT_PENDING, QUEUED, Record

NOBODY_HELPED = -1
_ANEW = -1  # desk.settled


@only_with("life", otherwise=False)
def waits(desk: Record, index: int) -> bool:
    """Whether the ticket it depends on is open."""
    life = desk.life[index]
    if life.waits_for < 0:
        return False
    other = desk.tickets[life.waits_index]
    return bool(other.number == life.waits_for and other.holder >= QUEUED)


@only_with("life", otherwise=False)
def is_pending(desk: Record, index: int) -> bool:
    """Whether a ticket waits for its customer."""
    return bool(desk.life[index].pending != NOT_PENDING)


@only_with("life")
def unsettle(desk: Record, agent: int) -> None:
    """What an agent works on has to be found anew, from its first ticket on."""
    desk.settled[agent] = _ANEW


@only_with("life")
def unsettle_dependents(desk: Record, index: int) -> None:
    """A ticket opens or closes on which others may depend."""
    if desk.life[index].awaited:
        for agent in range(desk.settled.shape[0]):
            desk.settled[agent] = _ANEW


@only_with("life")
def settle(rules: Record, desk: Record) -> None:
    """Find what is in work, each agent's current ticket, who helps and who is free."""
    for agent in range(desk.held_count.shape[0]):
        if desk.settled[agent] != desk.held_count[agent]:
            _settle_tickets(rules, desk, agent)
    for agent in range(desk.held_count.shape[0]):
        if desk.helping[agent] >= 0 and not _still_helps(desk, agent):
            stop_helping(desk, agent)
        free = (desk.in_work[agent] == 0) & (desk.helping[agent] < 0)
        since = desk.idle_since[agent]
        desk.idle_since[agent] = desk.step if free & (desk.is_free[agent] == 0) else since
        desk.is_free[agent] = free
        desk.is_idle[agent] = free & (desk.on_shift[agent] != 0)


@kernel
def _settle_tickets(rules: Record, desk: Record, agent: int) -> None:
    """Go through the tickets in hand; if some were only added, through those."""
    if desk.settled[agent] == _ANEW:
        _forget_settled(rules, desk, agent)
    room = desk.on_shift[agent] * rules.concurrency[agent]
    in_work, resting = desk.in_work[agent], desk.resting[agent]
    for place in range(desk.settled[agent], desk.held_count[agent]):
        index = desk.held[agent, place]
        at_rest = rests(desk, index)
        works = in_work < room and not at_rest
        desk.life[index].in_work = works
        if works:
            desk.works_on[agent, in_work] = index
            in_work += 1
        resting += at_rest
    desk.in_work[agent] = in_work
    desk.current[agent] = desk.works_on[agent, 0] if in_work > 0 else -1
    desk.resting[agent] = resting
    desk.settled[agent] = desk.held_count[agent]


@kernel
def _forget_settled(rules: Record, desk: Record, agent: int) -> None:
    desk.settled[agent] = 0
    desk.in_work[agent] = 0
    desk.resting[agent] = 0
    hand_steps = 0.0
    for place in range(desk.held_count[agent]):
        category = desk.tickets[desk.held[agent, place]].category
        hand_steps += handle_steps_of(rules, desk, agent, category)
    desk.hand_steps[agent] = hand_steps


@kernel
def rests(desk: Record, index: int) -> bool:
    """Whether nobody can work on a held ticket."""
    return bool(waits(desk, index) | is_pending(desk, index))


@kernel
def _still_helps(desk: Record, agent: int) -> bool:
    index = desk.helping[agent]
    same = desk.tickets[index].number == desk.helped_number[agent]
    there = desk.on_shift[agent] and desk.in_work[agent] == 0
    return bool(same and there and desk.tickets[index].holder >= 0 and desk.life[index].in_work)


@kernel
def stop_helping(desk: Record, agent: int) -> None:
    """The agent leaves the ticket that it helped with."""
    desk.helping[agent] = NOBODY_HELPED
    note(desk, PARTED, desk.helped_number[agent], agent, 0.0)


def _first_held(rules: Record, desk: Record, agent: int) -> int:
    return int(desk.on_shift[agent] * min(desk.held_count[agent], rules.concurrency[agent]))


@only_with("life", otherwise=_first_held)
def tickets_in_work(rules: Record, desk: Record, agent: int) -> int:
    """How many of its own tickets an agent works on."""
    return int(desk.in_work[agent])


@only_with("life", otherwise=0)
def helps(desk: Record, agent: int) -> int:
    """1 if the agent helps with a colleague's ticket."""
    return int(desk.helping[agent] >= 0)


def _held_at(desk: Record, agent: int, nth: int, place: int) -> int:
    return int(desk.held[agent, place])


@only_with("life", otherwise=_held_at)
def ticket_in_work(desk: Record, agent: int, nth: int, place: int) -> int:
    """The agent's nth ticket in work; where none rests, that is now at `place` of those held."""
    return int(desk.works_on[agent, nth])


def _holds_nothing(desk: Record, agent: int) -> bool:
    return bool(desk.held_count[agent] == 0)


@only_with("life", otherwise=_holds_nothing)
def is_free(desk: Record, agent: int) -> bool:
    """Whether an agent, on shift or not, has nothing to work on."""
    return bool(desk.is_free[agent] != 0)


def _is_there_and_holds_nothing(desk: Record, agent: int) -> int:
    return int((desk.held_count[agent] == 0) & (desk.on_shift[agent] != 0))


@only_with("life", otherwise=_is_there_and_holds_nothing)
def is_idle(desk: Record, agent: int) -> int:
    """1 if an agent is there and has nothing to work on."""
    return int(desk.is_idle[agent])


def _oldest_held(desk: Record, agent: int) -> int:
    return int(desk.held[agent, 0])


@only_with("life", otherwise=_oldest_held)
def shown_ticket(desk: Record, agent: int) -> int:
    """The ticket that an agent's observation tells of; any, if it is free."""
    if desk.current[agent] >= 0:
        return int(desk.current[agent])
    return int(max(0, desk.helping[agent]))


@only_with("life", otherwise=0)
def num_resting(desk: Record, agent: int) -> int:
    """Held tickets that are pending or wait for another."""
    return int(desk.resting[agent])


def _no_matter_whose(rules: Record, desk: Record, agent: int, index: int) -> bool:
    return True


@only_with("life", otherwise=_no_matter_whose)
def is_open_to(rules: Record, desk: Record, agent: int, index: int) -> bool:
    """Whether a ticket waits for no other, and in no other team's queue."""
    team = desk.life[index].team
    ours = team < 0 or team == rules.team_of[agent]
    return bool(ours and not waits(desk, index) and may_have_back(desk, agent, index))


@only_with("talk", otherwise=True)
def may_have_back(desk: Record, agent: int, index: int) -> bool:
    """Whether it was not this agent who escalated the conversation last."""
    return bool(desk.talk[index].escalator != agent)


@only_with("life", otherwise=False)
def acts_by_verb(desk: Record, agent: int) -> bool:
    """Whether the agent's action was a legal verb."""
    return bool(desk.verb[agent] >= 0)


def _shown_to_all(rules: Record, desk: Record, agent: int, slot: int) -> bool:
    return True


@only_with("life", otherwise=_shown_to_all)
def slot_is_open_to(rules: Record, desk: Record, agent: int, slot: int) -> bool:
    """Whether a shown ticket waited for no other, and in no other team's queue."""
    theirs = desk.team_masks[1 + rules.team_of[agent], 1 + slot] != 0
    return bool(theirs and may_have_back(desk, agent, max(0, desk.slots[slot])))

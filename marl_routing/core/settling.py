"""Who works on what: on dynamic desks found anew twice a tick, elsewhere plain from holding."""

from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.events import PARTED, note
from marl_routing.core.learning import handle_steps_of
from marl_routing.core.record import NOT_PENDING, QUEUED, Record

NOBODY_HELPED = -1


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
    """What an agent works on has to be found anew."""
    desk.unsettled[agent] = 1


@only_with("life")
def unsettle_dependents(desk: Record, index: int) -> None:
    """A ticket opens or closes on which others may depend."""
    if desk.life[index].awaited:
        for agent in range(desk.unsettled.shape[0]):
            desk.unsettled[agent] = 1


@only_with("life")
def settle(rules: Record, desk: Record) -> None:
    """Find what is in work, each agent's current ticket, who helps and who is free."""
    for agent in range(desk.held_count.shape[0]):
        if desk.unsettled[agent]:
            _settle_tickets(rules, desk, agent)
    for agent in range(desk.held_count.shape[0]):
        if desk.helping[agent] >= 0 and not _still_helps(desk, agent):
            stop_helping(desk, agent)
        free = desk.in_work[agent] == 0 and desk.helping[agent] < 0
        if free and not desk.is_free[agent]:
            desk.idle_since[agent] = desk.step
        desk.is_free[agent] = free
        desk.is_idle[agent] = free and desk.on_shift[agent] != 0


@kernel
def _settle_tickets(rules: Record, desk: Record, agent: int) -> None:
    room = desk.on_shift[agent] * rules.concurrency[agent]
    in_work, current, resting, hand_steps = 0, -1, 0, 0.0
    for place in range(desk.held_count[agent]):
        index = desk.held[agent, place]
        at_rest = rests(desk, index)
        works = in_work < room and not at_rest
        desk.life[index].in_work = works
        if works:
            in_work += 1
            if current < 0:
                current = index
        resting += at_rest
        hand_steps += handle_steps_of(rules, desk, agent, desk.tickets[index].category)
    desk.in_work[agent] = in_work
    desk.current[agent] = current
    desk.resting[agent] = resting
    desk.hand_steps[agent] = hand_steps
    desk.unsettled[agent] = 0


@kernel
def rests(desk: Record, index: int) -> bool:
    """Whether nobody can work on a held ticket."""
    return bool(is_pending(desk, index) or waits(desk, index))


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


def _same_place(desk: Record, agent: int, place: int) -> int:
    return place


@only_with("life", otherwise=_same_place)
def next_in_work(desk: Record, agent: int, place: int) -> int:
    """The first place of the agent's held list, from `place` on, with a ticket in work."""
    while not desk.life[desk.held[agent, place]].in_work:
        place += 1
    return place


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

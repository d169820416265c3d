"""The compiled entry points: thin loops over the desks of a batch."""

from marl_routing.core import dispatch, operate
from marl_routing.core.compiler import entry, kernel, only_with
from marl_routing.core.conversation_record import TALK
from marl_routing.core.memory import copy_row, prefetch
from marl_routing.core.observation import observe, write_state
from marl_routing.core.parameters import Rules
from marl_routing.core.record import LIFE, TICKET, Record
from marl_routing.core.tick import begin_episode, tick

_TICKET, _LIFE, _TALK = TICKET.itemsize, LIFE.itemsize, TALK.itemsize  # bytes


@only_with("life", otherwise=4096)
def _hot_bytes(desk: Record) -> int:
    """The start of a record, which every tick touches."""
    return 6144


@only_with("life")
def _fetch_work(desk: Record) -> None:
    """Fetch the tickets in work, which stand far apart."""
    for agent in range(desk.current.shape[0]):
        index = max(0, desk.current[agent])
        prefetch(desk.tickets, index, _TICKET)
        prefetch(desk.life, index, _LIFE)
        _fetch_talk(desk, index)


@only_with("talk")
def _fetch_talk(desk: Record, index: int) -> None:
    prefetch(desk.talk, index, _TALK)


@kernel
def _restart(rules: Rules, states: Record, blank: Record, env: int) -> None:
    seed_key, episode = states[env].seed_key, states[env].episode
    states[env] = blank[0]
    states[env].seed_key = seed_key
    states[env].episode = episode
    begin_episode(rules, states[env])


@entry
def run_desks(
    desk: Record,
    calendar: Record,
    arrival_cdf: Record,
    trace: Record,
    states: Record,
    blank: Record,
    actions: Record,
    rewards: Record,
    truncations: Record,
    observations: Record,
    masks: Record,
    final_observations: Record,
    final_states: Record,
    ticks: bool,
    begins: bool,
    shows: bool,
    autoreset: bool,
) -> None:
    """Run desks, one after the other. Resetting and stepping are one entry point: it compiles once.

    Args:
        desk, calendar, arrival_cdf, trace: the fields of `Rules`.
        states: (N,) records, changed in place.
        blank: (1,) a zero record.
        actions, rewards, truncations, observations, masks: as in `Batch`.
        final_observations, final_states: of desks whose episode ended.
        ticks: move the clock.
        begins: begin the episode that each record names.
        shows: write observations and masks.
        autoreset: when showing a desk at its horizon, keep its end and begin its next episode.
    """
    rules = Rules(desk, calendar, arrival_cdf, trace)
    horizon = rules.desk[0].horizon_steps
    for env in range(states.shape[0]):
        if env + 1 < states.shape[0]:
            prefetch(states, env + 1, _hot_bytes(states[env]))
        if ticks:
            ended = tick(rules, states[env], actions[env], rewards[env])
            for agent in range(truncations.shape[1]):
                truncations[env, agent] = ended
        if env + 1 < states.shape[0]:
            _fetch_work(states[env + 1])
        restarts = begins
        while shows:
            if restarts:
                _restart(rules, states, blank, env)
            observe(rules.desk[0], states[env], observations[env], masks[env])
            restarts = autoreset and states[env].step >= horizon
            if not restarts:
                break
            for agent in range(observations.shape[1]):
                row = observations[env, agent]
                copy_row(final_observations[env, agent], 0, row, 0, row.shape[0])
            final_states[env] = states[env]
            states[env].episode += 1


@entry
def state_desks(desk: Record, states: Record, out: Record) -> None:
    """Write every desk's state vector."""
    for env in range(states.shape[0]):
        write_state(desk[0], states[env], out[env])


@entry
def offer_ticket(desk: Record, states: Record, env: int) -> int:
    """The next undecided ticket of one desk."""
    return dispatch.offer(desk[0], states[env])


@entry
def hold_ticket(states: Record, env: int, ticket: int) -> None:
    """Leave a ticket of one desk in the queue until its clock moves."""
    dispatch.hold_back(states[env], ticket)


@entry
def place_ticket(
    desk: Record,
    states: Record,
    env: int,
    ticket: int,
    agent: int,
    rewards: Record,
) -> None:
    """Assign a ticket of one desk without moving its clock."""
    dispatch.place(desk[0], states[env], ticket, agent, rewards[env])


@entry
def operate_ticket(
    desk: Record,
    calendar: Record,
    arrival_cdf: Record,
    trace: Record,
    states: Record,
    env: int,
    operation: int,
    ticket: int,
    agent: int,
    rewards: Record,
) -> None:
    """Act on a ticket of one dynamic desk without moving its clock."""
    rules = Rules(desk, calendar, arrival_cdf, trace)
    operate.operate(rules, states[env], operation, ticket, agent, rewards[env])


@entry
def mask_operations(desk: Record, states: Record, env: int, tickets: Record, mask: Record) -> None:
    """Write what an operator of one dynamic desk may do.

    Args:
        desk, states, env: the desk.
        tickets: (T,) indices of open tickets, -1 for none.
        mask: (operations, T, agents) int8, written.
    """
    for operation in range(mask.shape[0]):
        for place in range(mask.shape[1]):
            for agent in range(mask.shape[2]):
                index = int(tickets[place])
                possible = operate.can_operate(desk[0], states[env], operation, index, agent)
                mask[operation, place, agent] = possible

"""The compiled entry points: thin loops over the desks of a batch."""

from marl_routing.core import dispatch, operate
from marl_routing.core.compiler import entry, kernel, only_with
from marl_routing.core.conversation_record import TALK
from marl_routing.core.memory import copy_row, prefetch
from marl_routing.core.observation import observe
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
def restart(rules: Rules, states: Record, blank: Record, env: int) -> None:
    """Begin the episode that a record names."""
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
    runs: Record,
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
        runs: (N,) bool, the desks that run; others, and their rows, stay as they are.
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
        if not runs[env]:
            continue
        if ticks:
            ended = tick(rules, states[env], actions[env], rewards[env])
            for agent in range(truncations.shape[1]):
                truncations[env, agent] = ended
        if env + 1 < states.shape[0]:
            _fetch_work(states[env + 1])
        restarts = begins
        while shows:
            if restarts:
                restart(rules, states, blank, env)
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
def offer_desks(desk: Record, states: Record, acts: Record, tickets: Record) -> None:
    """Write the next undecided ticket of each desk that acts; -1 where there is none."""
    for env in range(states.shape[0]):
        tickets[env] = dispatch.NO_TICKET
        if acts[env]:
            tickets[env] = dispatch.offer(desk[0], states[env])


@entry
def place_desks(
    desk: Record, states: Record, acts: Record, tickets: Record, agents: Record, rewards: Record
) -> None:
    """Assign a ticket of each desk that acts without moving its clock.

    Args:
        desk, states: the desks.
        acts: (N,) bool.
        tickets, agents: (N,) int64.
        rewards: (N, agents) float32, written for the desks that act.
    """
    for env in range(states.shape[0]):
        if acts[env]:
            dispatch.place(desk[0], states[env], tickets[env], agents[env], rewards[env])


@entry
def operate_desks(
    desk: Record,
    calendar: Record,
    arrival_cdf: Record,
    trace: Record,
    states: Record,
    acts: Record,
    operations: Record,
    tickets: Record,
    agents: Record,
    rewards: Record,
) -> None:
    """Act on a ticket of each dynamic desk that acts without moving its clock; as `place_desks`."""
    rules = Rules(desk, calendar, arrival_cdf, trace)
    for env in range(states.shape[0]):
        if acts[env]:
            operation, ticket, agent = operations[env], tickets[env], agents[env]
            operate.operate(rules, states[env], operation, ticket, agent, rewards[env])


@entry
def list_desks(desk: Record, states: Record, tickets: Record) -> None:
    """Write every desk's open tickets into a row of (N, T) int64, as `dispatch.list_open`."""
    for env in range(states.shape[0]):
        dispatch.list_open(desk[0], states[env], tickets[env])


@entry
def mask_operations(desk: Record, states: Record, tickets: Record, masks: Record) -> None:
    """Write what an operator of dynamic desks may do.

    Args:
        desk, states: the desks.
        tickets: (N, T) indices of open tickets, -1 for none.
        masks: (N, operations, T, agents) int8, written.
    """
    for env in range(states.shape[0]):
        for operation in range(masks.shape[1]):
            for place in range(masks.shape[2]):
                index = int(tickets[env, place])
                for agent in range(masks.shape[3]):
                    possible = operate.can_operate(desk[0], states[env], operation, index, agent)
                    masks[env, operation, place, agent] = possible

"""One tick, in its order; and the beginning of an episode."""

from marl_routing.core.actions import read_actions
from marl_routing.core.assignment import assign
from marl_routing.core.bidding import read_bids, sell
from marl_routing.core.compiler import kernel
from marl_routing.core.generation import arrive
from marl_routing.core.incidents import begin_dynamics
from marl_routing.core.metrics import count_time
from marl_routing.core.parameters import Rules
from marl_routing.core.random import NUM_STREAMS, fold
from marl_routing.core.record import WHEEL, Record
from marl_routing.core.reward import charge_holding, charge_imbalance, clear_terms, pay
from marl_routing.core.settling import settle
from marl_routing.core.shifts import change_shifts
from marl_routing.core.sla import abandon, breach
from marl_routing.core.verbs import finish_verbs, use_verbs
from marl_routing.core.workload import serve


@kernel
def tick(rules: Rules, desk: Record, actions: Record, rewards: Record) -> bool:
    """Advance one desk by one step.

    Args:
        rules: the scenario.
        desk: its record, changed in place.
        actions: (agents,) int32 choices, or (agents, slots) float32 bids.
        rewards: (agents,) float32, written.

    Returns:
        Whether the horizon is reached.
    """
    parameters = rules.desk[0]
    clear_terms(parameters, desk)
    act(rules, desk, actions)
    settle(parameters, desk)
    charge_holding(parameters, desk)
    count_time(parameters, desk)
    desk.step += 1
    serve(parameters, desk)
    if parameters.has_patience:
        abandon(parameters, desk)
    breach(parameters, desk)
    arrive(rules, desk)
    if parameters.has_shifts:
        change_shifts(rules, desk)
    settle(parameters, desk)
    pay(parameters, desk, rewards)
    return bool(desk.step >= parameters.horizon_steps)


@kernel
def act(rules: Rules, desk: Record, actions: Record) -> None:
    """Tickets change hands. Only the branch for the kind of `actions` is compiled."""
    parameters = rules.desk[0]
    if actions.ndim == 1:
        use_verbs(rules, desk, actions)
        asked = read_actions(parameters, desk, actions)
        if asked > 0:
            assign(parameters, desk, asked)
            charge_imbalance(parameters, desk)
        finish_verbs(parameters, desk)
    elif read_bids(parameters, desk, actions) > 0:
        sell(parameters, desk)
        charge_imbalance(parameters, desk)


@kernel
def begin_episode(rules: Rules, desk: Record) -> None:
    """An empty desk at step 0 of desk.episode, then the tickets that are there already."""
    episode_key = fold(desk.seed_key, desk.episode)
    for stream in range(NUM_STREAMS):
        desk.keys[stream] = fold(episode_key, stream)
    tickets = desk.free.shape[0]
    for i in range(tickets):
        desk.free[i] = tickets - 1 - i
    desk.num_free = tickets
    for bucket in range(WHEEL):
        desk.wheel[bucket] = -1
    for which in range(desk.head.shape[0]):
        desk.head[which] = -1
        desk.tail[which] = -1
        for priority in range(desk.latest.shape[1]):
            desk.latest[which, priority] = -1
    for agent in range(desk.held_count.shape[0]):
        desk.last_category[agent] = -1
        desk.on_shift[agent] = 1
    begin_dynamics(rules.desk[0], desk)
    if rules.desk[0].has_shifts:
        change_shifts(rules, desk)
    arrive(rules, desk)
    settle(rules.desk[0], desk)
    clear_terms(rules.desk[0], desk)  # nobody is paid for what was there before the first action

"""The scenario's rules as one record: what the desk does, what comes in, who works, what pays."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core import parameters
from marl_routing.core.parameters import rules_dtype
from marl_routing.core.record import NEVER, Sizes
from marl_routing.scenario import conversations, demand, dynamics, tables, teams
from marl_routing.scenario.arrivals import Bernoulli, Bursty, Trace
from marl_routing.scenario.desk import Bid
from marl_routing.scenario.payment import SHARING, reward_weights
from marl_routing.scenario.schema import Scenario

ORDERS = {
    "fifo": parameters.FIFO,
    "priority": parameters.BY_PRIORITY,
    "deadline": parameters.BY_DEADLINE,
}
ARBITRATIONS = {
    "expertise": parameters.EXPERTISE,
    "least_loaded": parameters.LEAST_LOADED,
    "longest_idle": parameters.LONGEST_IDLE,
    "random": parameters.RANDOM,
}
ENDS_OF_SHIFT = {
    "keep": parameters.KEEP,
    "hand_over": parameters.HAND_OVER,
    "requeue": parameters.REQUEUE,
}
CLEARINGS = {
    "sequential": parameters.SEQUENTIAL,
    "greedy": parameters.GREEDY,
    "optimal": parameters.OPTIMAL,
}
PAYMENTS = {
    "none": parameters.NO_PAYMENT,
    "first_price": parameters.FIRST_PRICE,
    "second_price": parameters.SECOND_PRICE,
    "vcg": parameters.VCG,
}
PEERS = {
    "none": parameters.PEERS_NONE,
    "summary": parameters.PEERS_SUMMARY,
    "full": parameters.PEERS_FULL,
}

Desk = NDArray[np.void]


def desk_rules(scenario: Scenario, sizes: Sizes, due: NDArray[np.int32]) -> Desk:
    """(1,) of `rules_dtype`.

    Args:
        scenario: the scenario.
        sizes: of its record.
        due: (horizon + 1, priorities) resolution deadlines, in steps.
    """
    desk = np.zeros(1, dtype=rules_dtype(sizes))
    _fill_desk_rules(desk, scenario)
    _fill_demand(desk, scenario)
    _fill_team(desk, scenario)
    _fill_reward(desk, scenario, due)
    dynamics.fill(desk, scenario, sizes)
    if scenario.customers is not None:
        conversations.fill(desk, scenario.customers)
    return desk


def _fill_desk_rules(desk: Desk, scenario: Scenario) -> None:
    time, queue, protocol = scenario.time, scenario.queue, scenario.protocol
    desk["step_minutes"] = time.step_minutes
    desk["horizon_steps"] = time.horizon_steps
    desk["warm_up_steps"] = time.warm_up_steps
    desk["memoryless"] = scenario.service.law == "memoryless"
    desk["switch_steps"] = scenario.service.switch_minutes / time.step_minutes
    desk["concurrency_slowdown"] = scenario.service.concurrency_slowdown
    desk["queue_order"] = ORDERS[queue.order]
    desk["per_category"] = queue.window == "per_category"
    desk["max_open_tickets"] = queue.max_open_tickets
    desk["max_per_category"] = queue.max_per_category or NEVER
    if isinstance(protocol, Bid):
        desk["bidding"] = 1
        desk["clearing"] = CLEARINGS[protocol.clearing]
        desk["payment"] = PAYMENTS[protocol.payment]
        desk["reserve_price"] = protocol.reserve_price
    else:
        desk["arbitration"] = ARBITRATIONS[protocol.arbitration]
        desk["next_of_category"] = protocol.on_conflict == "next_of_category"
    desk["has_shifts"] = scenario.agents.come_and_go
    desk["end_of_shift"] = ENDS_OF_SHIFT[scenario.agents.end_of_shift]
    desk["absence"] = scenario.agents.absence
    desk["sla_pauses"] = scenario.sla.pauses_while_pending
    desk["peers"] = PEERS[scenario.observation.peers]
    desk["one_hot_identity"] = scenario.observation.identity == "one_hot"


def _fill_demand(desk: Desk, scenario: Scenario) -> None:
    arrivals, patience = scenario.arrivals, scenario.patience
    process = parameters.COUNTS
    if isinstance(arrivals, Bernoulli):
        process = parameters.BERNOULLI
        desk["bernoulli"] = arrivals.probabilities
    elif isinstance(arrivals, Trace):
        process = parameters.TRACE
    elif isinstance(arrivals, Bursty):
        process = parameters.BURSTY
        _fill_phases(desk, scenario, arrivals)
    desk["arrival_process"] = process
    desk["initial_backlog"] = arrivals.initial_backlog
    desk["category_cdf"] = tables.cumulative(demand.category_mix(scenario))
    desk["priority_cdf"] = tables.cumulative(demand.priority_mix(scenario))
    desk["work_shape"] = tables.work_shape(scenario.service)
    if patience is not None:
        desk["has_patience"] = 1
        by_category = patience.mean_minutes_by_category
        listed = by_category or patience.mean_minutes_by_priority or ()
        means = np.array([np.inf if mean is None else mean for mean in listed])
        bits = tables.patience_bits(means / scenario.time.step_minutes)
        desk["patience_bits"] = bits[:, None] if by_category else bits


def _fill_phases(desk: Desk, scenario: Scenario, arrivals: Bursty) -> None:
    count = len(arrivals.phases)
    _, shares = demand.phase_rates(arrivals, 1.0)
    minutes = np.array([phase.mean_minutes for phase in arrivals.phases])
    desk["num_phases"] = count
    desk["phase_cdf"][0, :count] = tables.cumulative(shares)
    desk["leave_phase"][0, :count] = np.minimum(1.0, scenario.time.step_minutes / minutes)


def _fill_team(desk: Desk, scenario: Scenario) -> None:
    expertise = teams.expertise(scenario).astype(np.float32)
    speed, minutes = teams.speeds(scenario), teams.mean_minutes(scenario)
    steps = np.divide(minutes, speed, out=np.zeros_like(speed), where=speed > 0)
    best_first = np.argsort(-expertise, axis=0, kind="stable")
    ranked = np.take_along_axis(expertise, best_first, axis=0)
    desk["mean_minutes"] = minutes
    desk["expertise"] = expertise
    desk["speed"] = speed
    desk["handle_steps"] = steps / scenario.time.step_minutes
    desk["capacity"] = scenario.agents.capacities
    desk["concurrency"] = scenario.agents.concurrencies
    desk["by_expertise"] = best_first.T
    desk["has_ties"] = (ranked[1:] == ranked[:-1]).any(axis=0)


def _fill_reward(desk: Desk, scenario: Scenario, due: NDArray[np.int32]) -> None:
    reward = scenario.reward
    sharing = SHARING[reward.preset] if reward.sharing is None else reward.sharing
    weights, waiting = reward_weights(scenario, due)
    desk["sharing"] = sharing
    desk["first_response_weight"] = reward.first_response_weight
    desk["weights"] = weights
    desk["waiting_weights"] = waiting

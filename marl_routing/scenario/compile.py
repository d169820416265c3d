"""Turns a scenario into the tables that the core reads."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from marl_routing.core import fields, parameters
from marl_routing.core.parameters import Parameters, Rules, rules_dtype
from marl_routing.core.record import NEVER, Sizes
from marl_routing.scenario import calendar, capacity, demand, shifts, tables, teams
from marl_routing.scenario.arrivals import Bernoulli, Bursty, Trace
from marl_routing.scenario.checks import check, warn_of_pitfalls
from marl_routing.scenario.desk import Bid
from marl_routing.scenario.errors import ScenarioError
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
MOST_ARRIVALS = 10_000  # in a step, on average: their distribution is a table
FEWEST_BINS = 512  # desks whose horizons differ a little then share compiled code

Desk = NDArray[np.void]


@lru_cache(maxsize=64)
def compile_scenario(scenario: Scenario) -> Parameters:
    """Make a scenario ready for the core; equal scenarios share one result.

    Raises:
        ScenarioError: if its sections do not fit together.
    """
    check(scenario)
    warn_of_pitfalls(scenario)
    sizes = _sizes(scenario)
    rate, shares = capacity.capacity(scenario)
    table, rows = _arrival_tables(scenario, rate)
    times = _calendar(scenario, rows)
    desk = np.zeros(1, dtype=rules_dtype(sizes))
    _fill_desk_rules(desk, scenario)
    _fill_demand(desk, scenario)
    _fill_team(desk, scenario)
    _fill_reward(desk, scenario, times)
    return Parameters(
        sizes=sizes,
        rules=Rules(desk=desk, calendar=times, arrival_cdf=table, trace=_trace(scenario)),
        agent_names=scenario.agents.names,
        category_names=scenario.categories,
        priority_names=scenario.priorities,
        shares=shares,
        capacity_per_hour=rate,
    )


def _power_of_two(at_least: int) -> int:
    return 1 << (at_least - 1).bit_length()


def _sizes(scenario: Scenario) -> Sizes:
    agents, categories = len(scenario.agents.names), len(scenario.categories)
    priorities, queue = len(scenario.priorities), scenario.queue
    per_category = queue.window == "per_category"
    slots = queue.size or agents
    if per_category:
        slots = categories * max(2, -(-agents // categories))
    groups = categories if per_category else 1
    levels = priorities if queue.order == "priority" else 1
    one_hot = scenario.observation.identity == "one_hot"
    peers = PEERS[scenario.observation.peers]
    return Sizes(
        agents=agents,
        categories=categories,
        priorities=priorities,
        slots=slots,
        tickets=_power_of_two(queue.max_open_tickets),
        capacity=max(scenario.agents.capacities),
        bins=max(FEWEST_BINS, _power_of_two(scenario.time.horizon_steps + 1)),
        lists=groups * levels,
        own=len(fields.own_fields(agents, categories, one_hot, scenario.agents.come_and_go)),
        private=len(fields.private_fields(slots, scenario.protocol.kind == "bid")),
        shared=len(fields.shared_fields(agents, categories, slots, per_category, peers)),
        bidding=scenario.protocol.kind == "bid",
    )


def _arrival_tables(
    scenario: Scenario, capacity_per_hour: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distributions of arrivals in a step, one per different mean, and the row of each step."""
    if isinstance(scenario.arrivals, Bernoulli | Trace):
        return np.ones((1, 1)), np.zeros(scenario.time.horizon_steps + 1, dtype=np.int64)
    if isinstance(scenario.arrivals, Bursty):
        rates, _ = demand.phase_rates(scenario.arrivals, capacity_per_hour)
        means = rates * scenario.time.step_minutes / 60  # the phase chooses the row
        rows = np.zeros(scenario.time.horizon_steps + 1, dtype=np.int64)
    else:
        expected = demand.expected_arrivals(scenario, capacity_per_hour)
        means, rows = np.unique(expected, return_inverse=True)
    if means.max() > MOST_ARRIVALS:
        raise ScenarioError(
            f"arrivals: expected at most {MOST_ARRIVALS} tickets a step on average, "
            f"got {means.max():g}"
        )
    return tables.poisson_cdf(means), rows


def _calendar(scenario: Scenario, rows: NDArray[np.int64]) -> NDArray[np.int32]:
    time, sla, count = scenario.time, scenario.sla, len(scenario.priorities)
    first = calendar.deadlines(time, sla.first_response_minutes, sla.clock, count)
    due = calendar.deadlines(time, sla.resolution_minutes, sla.clock, count)
    columns = [rows.astype(np.int32), first, due]
    if scenario.agents.come_and_go:
        columns += [shifts.presence(scenario).astype(np.int32), shifts.day_numbers(scenario)]
    return np.column_stack(columns)


def _trace(scenario: Scenario) -> NDArray[np.float64]:
    """Rows within the horizon; tickets that come later are never met."""
    if not isinstance(scenario.arrivals, Trace):
        return np.zeros((0, 4))
    rows = demand.trace_rows(scenario, scenario.arrivals)
    return np.ascontiguousarray(rows[rows[:, 0] <= scenario.time.horizon_steps])


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


def _fill_reward(desk: Desk, scenario: Scenario, times: NDArray[np.int32]) -> None:
    reward = scenario.reward
    sharing = SHARING[reward.preset] if reward.sharing is None else reward.sharing
    count = len(scenario.priorities)
    weights, waiting = reward_weights(scenario, times[:, 1 + count : 1 + 2 * count])
    desk["sharing"] = sharing
    desk["first_response_weight"] = reward.first_response_weight
    desk["weights"] = weights
    desk["waiting_weights"] = waiting

"""Turns a scenario into the tables that the core reads."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from marl_routing.core import fields
from marl_routing.core.parameters import Parameters, Rules
from marl_routing.core.record import Sizes
from marl_routing.scenario import (
    calendar,
    capacity,
    conversations,
    demand,
    dynamics,
    shifts,
    tables,
)
from marl_routing.scenario.arrivals import Bernoulli, Bursty, Trace
from marl_routing.scenario.checks import check, warn_of_pitfalls
from marl_routing.scenario.errors import ScenarioError
from marl_routing.scenario.rules import PEERS, desk_rules
from marl_routing.scenario.schema import Scenario

MOST_ARRIVALS = 10_000  # in a step, on average: their distribution is a table
FEWEST_BINS, FEWEST_TICKETS = 512, 32  # desks that differ a little then share compiled code

Table = NDArray[np.int32]


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
    first_due, due = _deadlines(scenario)
    return Parameters(
        sizes=sizes,
        rules=Rules(
            desk=desk_rules(scenario, sizes, due),
            calendar=_calendar(scenario, rows, first_due, due),
            arrival_cdf=table,
            trace=_trace(scenario),
        ),
        agent_names=scenario.agents.names,
        category_names=scenario.categories,
        priority_names=scenario.priorities,
        shares=shares,
        capacity_per_hour=rate,
        team_names=scenario.agents.teams or (),
        industries=conversations.industries(scenario.customers),
        name=scenario.name,
        digest=scenario.digest,
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
    come_and_go, dynamic = scenario.agents.come_and_go, scenario.dynamic
    talks = scenario.customers is not None
    peers = PEERS[scenario.observation.peers]
    return Sizes(
        agents=agents,
        categories=categories,
        priorities=priorities,
        slots=slots,
        tickets=max(
            FEWEST_TICKETS, _power_of_two(queue.max_open_tickets * (2 if scenario.reopens else 1))
        ),
        capacity=max(scenario.agents.capacities),
        bins=max(FEWEST_BINS, _power_of_two(scenario.time.horizon_steps + 1)),
        lists=groups * levels,
        own=len(fields.own_fields(agents, categories, one_hot, come_and_go, dynamic, talks)),
        private=len(fields.private_fields(slots, scenario.protocol.kind == "bid")),
        shared=len(
            fields.shared_fields(agents, categories, slots, per_category, peers, dynamic, talks)
        ),
        bidding=scenario.protocol.kind == "bid",
        actions=dynamics.verb_columns(scenario, slots).actions,
        teams=len(scenario.agents.teams or ()),
        talks=talks,
        dynamic=dynamic,
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


def _deadlines(scenario: Scenario) -> tuple[Table, Table]:
    """(horizon + 1, priorities) each: by when a ticket is promised a response, and a resolution."""
    time, sla, count = scenario.time, scenario.sla, len(scenario.priorities)
    first_due = calendar.deadlines(time, sla.first_response_minutes, sla.clock, count)
    return first_due, calendar.deadlines(time, sla.resolution_minutes, sla.clock, count)


def _calendar(scenario: Scenario, rows: NDArray[np.int64], first_due: Table, due: Table) -> Table:
    """What the core knows of each clock: see `Rules.calendar`."""
    columns = [rows.astype(np.int32), first_due, due]
    if scenario.agents.come_and_go:
        columns += [shifts.presence(scenario).astype(np.int32), shifts.day_numbers(scenario)]
    if scenario.dynamic:
        columns.append(calendar.sla_counts(scenario.time, scenario.sla.clock))
    return np.column_stack(columns)


def _trace(scenario: Scenario) -> NDArray[np.float64]:
    """Rows within the horizon; tickets that come later are never met."""
    if not isinstance(scenario.arrivals, Trace):
        return np.zeros((0, 4))
    rows = demand.trace_rows(scenario, scenario.arrivals)
    return np.ascontiguousarray(rows[rows[:, 0] <= scenario.time.horizon_steps])

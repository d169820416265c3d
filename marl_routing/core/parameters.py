"""What a scenario tells the kernels: `Rules`, arrays that compiled code reads, in `Parameters`."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.compiler import as_records
from marl_routing.core.conversation_record import (
    NUM_CONTEXT,
    NUM_SENTIMENTS,
    NUM_STRATEGIES,
    NUM_TIERS,
)
from marl_routing.core.record import (
    MOST_PHASES,
    PATIENCE_BITS,
    WORK_SHAPES,
    Sizes,
)
from marl_routing.core.terms import NUM_AGENT_TERMS, NUM_TERMS

COUNTS, BERNOULLI, TRACE, BURSTY = range(4)  # rules.arrival_process
FIFO, BY_PRIORITY, BY_DEADLINE = range(3)  # rules.queue_order
EXPERTISE, LEAST_LOADED, LONGEST_IDLE, RANDOM = range(4)  # rules.arbitration
SEQUENTIAL, GREEDY, OPTIMAL = range(3)  # rules.clearing
NO_PAYMENT, FIRST_PRICE, SECOND_PRICE, VCG = range(4)  # rules.payment
KEEP, HAND_OVER, REQUEUE = range(3)  # rules.end_of_shift
ESCALATE, DEFER, SWARM, REQUEST_INFO, RELEASE, TRANSFER, REASSIGN, RESPOND = range(
    8
)  # rules.verb_at
NUM_VERBS = 8
PEERS_NONE, PEERS_SUMMARY, PEERS_FULL = range(3)  # rules.peers


def rules_dtype(sizes: Sizes) -> np.dtype[np.void]:
    """The scenario as scalars and small tables: one record, shared by all desks of a batch."""
    agents, categories, priorities = sizes.agents, sizes.categories, sizes.priorities
    fields: list[Any] = [
        ("step_minutes", "f8"),
        ("horizon_steps", "i4"),
        ("warm_up_steps", "i4"),
        ("arrival_process", "i4"),
        ("initial_backlog", "i4"),
        ("memoryless", "i4"),  # else the work is drawn at arrival
        ("switch_steps", "f8"),
        ("concurrency_slowdown", "f8"),
        ("queue_order", "i4"),
        ("per_category", "i4"),  # else the window shows the oldest K
        ("max_open_tickets", "i4"),
        ("max_per_category", "i4"),  # of the queue; NEVER when unlimited
        ("arbitration", "i4"),
        ("next_of_category", "i4"),  # on_conflict
        ("bidding", "i4"),  # agents bid instead of accepting
        ("clearing", "i4"),
        ("payment", "i4"),
        ("reserve_price", "f8"),
        ("has_patience", "i4"),
        ("has_shifts", "i4"),
        ("end_of_shift", "i4"),
        ("absence", "f8"),  # probability of a day off, per agent and day
        ("sla_pauses", "i4"),  # while a ticket is pending
        ("verb_at", "i4", (NUM_VERBS,)),  # first column in the mask; -1: off, 0: an operator's only
        ("operation_costs", "f4", (NUM_VERBS,)),
        ("defer_steps", "i4"),
        ("most_deferrals", "i4"),  # of a ticket
        ("info_shrink", "f8"),  # share of the work left that an answer saves
        ("info_bits", "f8", (PATIENCE_BITS,)),  # of the steps that a request stays pending
        ("release_loses_work", "i4"),
        ("team_of", "i4", (agents,)),  # -1: none
        ("team_serves", "i4", (max(1, sizes.teams), categories)),  # 1 if somebody of the team can
        ("regression_probability", "f8"),
        ("regression_growth", "f8"),
        ("most_regressions", "i4"),  # of a ticket
        ("block_probability", "f8"),
        ("block_bits", "f8", (PATIENCE_BITS,)),
        ("dependency_probability", "f8"),
        ("dependency_within", "i4"),
        ("reopen_at_0", "f8"),  # probability, by the resolver's expertise
        ("reopen_at_1", "f8"),
        ("reopen_bits", "f8", (PATIENCE_BITS,)),
        ("most_reopens", "i4"),  # of a ticket
        ("reopen_work_share", "f8"),
        ("learning_rate", "f8"),
        ("speed_at_0", "f8"),  # speed from expertise, where agents learn
        ("speed_at_1", "f8"),
        ("peers", "i4"),
        ("one_hot_identity", "i4"),  # else the identity is one number in (0, 1)
        ("sharing", "f4"),
        ("first_response_weight", "f4"),
        ("weights", "f4", (NUM_TERMS,)),  # in the order of terms.TERMS ("waiting" is 1 if any)
        ("waiting_weights", "f4", (categories,)),
        ("category_cdf", "f8", (categories,)),  # last entry 1
        ("priority_cdf", "f8", (categories, priorities)),
        ("bernoulli", "f8", (categories,)),  # probability of an arrival per step
        ("num_phases", "i4"),
        ("phase_cdf", "f8", (MOST_PHASES,)),  # of the phase at step 0; last entry 1
        ("leave_phase", "f8", (MOST_PHASES,)),  # probability per step of going on to the next
        ("mean_minutes", "f8", (categories,)),
        ("work_shape", "f8", (WORK_SHAPES,)),  # equally likely works of mean 1
        ("patience_bits", "f8", (categories, priorities, PATIENCE_BITS)),
        ("expertise", "f4", (agents, categories)),  # 0..1
        ("speed", "f8", (agents, categories)),  # nominal minutes a minute; 0: cannot serve
        ("handle_steps", "f4", (agents, categories)),  # expected; 0 where the agent cannot serve
        ("capacity", "i4", (agents,)),
        ("concurrency", "i4", (agents,)),
        ("by_expertise", "i4", (categories, agents)),  # agents, best first
        ("has_ties", "i4", (categories,)),  # 1 if two agents have equal expertise
        # written by `with_derived`: kernels copy and multiply faster than they divide
        ("per_horizon", "f4"),
        ("per_max_open", "f4"),
        ("per_capacity", "f4", (agents,)),
        ("progress", "f4", (categories,)),  # of a step served: step_minutes / (4 mean_minutes)
        ("serves_all", "i4", (agents,)),
        ("num_able", "i4", (categories,)),  # agents that can serve a category
        ("num_paid", "i4"),
        ("paid_terms", "i4", (NUM_AGENT_TERMS,)),  # the terms of agents that have a weight
        ("places", "f4", (agents + 1,)),  # 1 / (1 + i)
        ("profile", "f4", (agents, sizes.own + sizes.private)),  # what never changes in a row
    ]
    if sizes.talks:
        fields += _conversation_fields(categories)
    return np.dtype(fields, align=True)


def _conversation_fields(categories: int) -> list[Any]:
    """How customers are, and how they take what agents say."""
    return [
        ("tier_cdf", "f8", (categories, NUM_TIERS)),
        ("sentiment_cdf", "f8", (categories, NUM_SENTIMENTS)),
        ("prior_low", "f8", (categories,)),  # of the prior satisfaction
        ("prior_high", "f8", (categories,)),
        ("effectiveness", "f8", (categories, NUM_SENTIMENTS, NUM_STRATEGIES)),
        ("context_effects", "f8", (NUM_STRATEGIES, NUM_CONTEXT)),
        ("wear", "f8"),
        ("skill_floor", "f8"),
        ("tier_help", "f8"),  # to the next agent, after an escalation
        ("rise", "f8", (NUM_STRATEGIES,)),
        ("gain", "f8", (NUM_STRATEGIES,)),
        ("advance", "i4", (NUM_STRATEGIES,)),
        ("fall", "f8", (NUM_SENTIMENTS, NUM_STRATEGIES)),
        ("loss", "f8", (NUM_STRATEGIES,)),
        ("silent_fall", "f8", (NUM_SENTIMENTS,)),
        ("silent_loss", "f8"),
        ("needs", "i4", (categories,)),  # progress that resolves
        ("max_turns", "i4"),
        ("tier_value", "f8", (NUM_TIERS,)),
        ("escalation_value", "f8"),
    ]


def with_derived(desk: NDArray[Any]) -> NDArray[Any]:
    """A copy of a record of `rules_dtype` for kernels, what follows from the rest filled in."""
    desk = desk.copy()
    desk["per_horizon"] = 1.0 / desk["horizon_steps"]
    desk["per_max_open"] = 1.0 / desk["max_open_tickets"]
    desk["per_capacity"] = 1.0 / desk["capacity"]
    desk["progress"] = desk["step_minutes"][:, None] / (4.0 * desk["mean_minutes"])
    paid = np.flatnonzero(desk["weights"][0, :NUM_AGENT_TERMS])
    desk["num_paid"] = len(paid)
    desk["paid_terms"][0, : len(paid)] = paid
    desk["num_able"] = (desk["speed"] > 0.0).sum(axis=1)
    desk["serves_all"] = (desk["speed"] > 0.0).all(axis=2)
    agents, categories = desk["expertise"].shape[1:]
    numbers = np.arange(agents)
    desk["places"] = 1.0 / np.arange(1, agents + 2)
    profile, width = desk["profile"][0], 1
    profile[:] = 0.0
    if desk["one_hot_identity"][0]:
        profile[numbers, numbers] = 1.0
        width = agents
    else:
        profile[:, 0] = (numbers + 0.5) / agents
    profile[:, width : width + categories] = desk["expertise"][0]
    return as_records(desk)


class Rules(NamedTuple):
    """Everything the kernels read and never write."""

    desk: NDArray[Any]  # (1,) of rules_dtype
    calendar: NDArray[np.int32]  # (horizon + 1, 1 + 2P): arrival table row, first-response deadline
    # per priority, resolution deadline per priority, of a ticket that arrives at that step; with
    # shifts (horizon + 1, 2 + 2P + A): then 1 for each agent on shift, and the day; with dynamics
    # a last column `sla_counts`: 1 if the step that begins then counts for the SLA clock
    arrival_cdf: NDArray[np.float64]  # (rows, M): P(count <= i); last entry of a row 1
    trace: NDArray[np.float64]  # (L, 4): step, category, priority, work in minutes (nan: drawn)


@dataclass(frozen=True)
class Parameters:
    """A scenario made ready for the core.

    Attributes:
        sizes: shape of the record.
        rules: arrays for the kernels.
        agent_names, category_names, priority_names, team_names: for display.
        shares: (agents, categories) float64, the share of each agent's time on each category in the
            capacity linear programme's solution.
        capacity_per_hour: tickets an hour that the programme can serve with this mix.
        industries: name of each category's industry, where there are customers.
        name: of the scenario.
        digest: of its values: another one, another desk.
    """

    sizes: Sizes
    rules: Rules
    agent_names: tuple[str, ...]
    category_names: tuple[str, ...]
    priority_names: tuple[str, ...]
    shares: NDArray[np.float64]
    capacity_per_hour: float
    team_names: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    name: str = ""
    digest: str = ""

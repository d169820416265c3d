"""What must hold between the sections of a scenario; each check names the path it complains of."""

import warnings
from collections.abc import Iterator, Sequence

import numpy as np

from marl_routing.scenario.arrivals import Bernoulli, Bursty, Trace
from marl_routing.scenario.checks_of_customers import check_customers
from marl_routing.scenario.checks_of_dynamics import check_dynamics
from marl_routing.scenario.demand import category_mix
from marl_routing.scenario.desk import Accept
from marl_routing.scenario.errors import ScenarioError
from marl_routing.scenario.schema import Scenario
from marl_routing.scenario.shifts import share_of_time
from marl_routing.scenario.teams import mean_minutes, speeds

LONGEST_SWITCH_STEPS = 30_000
SHORT_SERVICE_STEPS = 2.0


def check(scenario: Scenario) -> None:
    """Raise `ScenarioError` about the first thing that does not fit together."""
    _names_are_unique(scenario)
    check_customers(scenario)
    for path, given, per, expected in _lists(scenario):
        if given is not None and len(given) != expected:
            raise ScenarioError(
                f"{path}: expected a list of {expected}, one per {per}, got {len(given)}"
            )
    _agents_have_expertise(scenario)
    _mixes_have_weight(scenario)
    _trace_fits(scenario)
    _steps_are_long_enough(scenario)
    _somebody_serves_every_category(scenario)
    check_dynamics(scenario)


def warn_of_pitfalls(scenario: Scenario) -> None:
    """Warn of what is allowed and probably not meant."""
    queue, agents, protocol = scenario.queue, len(scenario.agents.names), scenario.protocol
    beyond = isinstance(protocol, Accept) and protocol.on_conflict == "next_of_category"
    if queue.size is not None and queue.size < agents and not beyond:
        warnings.warn(
            f"{scenario.name}: queue.size ({queue.size}) is smaller than the team ({agents}), so "
            "agents can stand idle while tickets wait unseen",
            stacklevel=3,
        )
    if scenario.exact or scenario.service.law == "deterministic":
        return
    speed = speeds(scenario)
    steps = mean_minutes(scenario) / np.where(speed > 0, speed, np.inf) / scenario.time.step_minutes
    shortest = steps[speed > 0].min()
    if shortest < SHORT_SERVICE_STEPS:
        warnings.warn(
            f"{scenario.name}: a mean handle time of {shortest:.3g} steps is shorter than 2, too "
            "coarse for service that varies; use a smaller time.step_minutes (or set exact: true)",
            stacklevel=3,
        )


def _names_are_unique(scenario: Scenario) -> None:
    customers = scenario.customers
    industries = () if customers is None else customers.industries
    names = {
        "customers.industries": tuple(industry.name for industry in industries),
        "categories": scenario.categories,
        "priorities": scenario.priorities,
        "agents.team": scenario.agents.names,
        "agents.teams": scenario.agents.teams or (),
    }
    for path, listed in names.items():
        twice = [name for i, name in enumerate(listed) if name in listed[:i]]
        if twice:
            raise ScenarioError(f"{path}: expected different names, got '{twice[0]}' twice")


def _lists(scenario: Scenario) -> Iterator[tuple[str, Sequence[object] | None, str, int]]:
    """Path, list, what it has one entry per, and how many those are."""
    agents, categories = len(scenario.agents.names), len(scenario.categories)
    priorities = len(scenario.priorities)
    arrivals, service, sla = scenario.arrivals, scenario.service, scenario.sla
    if isinstance(arrivals, Bernoulli):
        yield "arrivals.probabilities", arrivals.probabilities, "category", categories
    elif not isinstance(arrivals, Trace):
        yield "arrivals.category_mix", arrivals.category_mix, "category", categories
    if not isinstance(arrivals, Trace) and arrivals.priority_mix is not None:
        mix = arrivals.priority_mix
        if isinstance(mix[0], tuple):
            yield "arrivals.priority_mix", mix, "category", categories
        for row in mix if isinstance(mix[0], tuple) else (mix,):
            assert isinstance(row, tuple)
            yield "arrivals.priority_mix", row, "priority", priorities
    if isinstance(service.mean_minutes, tuple):
        yield "service.mean_minutes", service.mean_minutes, "category", categories
    if service.minutes is not None:
        yield "service.minutes", service.minutes, "agent", agents
        for index, minutes in enumerate(service.minutes):
            yield f"service.minutes.{index}", minutes, "category", categories
    for index, agent in enumerate(scenario.agents.team or ()):
        yield f"agents.team.{index}.expertise", agent.expertise, "category", categories
    yield "sla.first_response_minutes", sla.first_response_minutes, "priority", priorities
    yield "sla.resolution_minutes", sla.resolution_minutes, "priority", priorities
    if scenario.patience is not None:
        by_priority = scenario.patience.mean_minutes_by_priority
        by_category = scenario.patience.mean_minutes_by_category
        yield "patience.mean_minutes_by_priority", by_priority, "priority", priorities
        yield "patience.mean_minutes_by_category", by_category, "category", categories
    waiting = scenario.reward.weights.waiting
    if isinstance(waiting, tuple):
        yield "reward.weights.waiting", waiting, "category", categories


def _agents_have_expertise(scenario: Scenario) -> None:
    agents = scenario.agents
    if agents.generator is not None or scenario.service.minutes is not None:
        return
    if agents.team is None:
        raise ScenarioError("agents.generator: is required with count (or list a team)")
    for index, agent in enumerate(agents.team):
        if agent.expertise is None:
            raise ScenarioError(f"agents.team.{index}.expertise: is required")


def _mixes_have_weight(scenario: Scenario) -> None:
    arrivals = scenario.arrivals
    if isinstance(arrivals, Trace):
        return
    categories = None if isinstance(arrivals, Bernoulli) else arrivals.category_mix
    for key, mix in (("category_mix", categories), ("priority_mix", arrivals.priority_mix)):
        if mix is not None and not np.atleast_2d(np.array(mix)).sum(axis=1).all():
            raise ScenarioError(f"arrivals.{key}: expected at least one weight above 0")


def _trace_fits(scenario: Scenario) -> None:
    if not isinstance(scenario.arrivals, Trace):
        return
    for index, ticket in enumerate(scenario.arrivals.trace):
        for key, names in (("category", scenario.categories), ("priority", scenario.priorities)):
            given = getattr(ticket, key)
            if given not in names:
                raise ScenarioError(
                    f"arrivals.trace.{index}.{key}: expected one of {', '.join(names)}, "
                    f"got '{given}'"
                )
        if ticket.work_minutes is not None and scenario.service.law == "memoryless":
            raise ScenarioError(
                f"arrivals.trace.{index}.work_minutes: memoryless service draws no work; "
                "expected another service.law, or no work_minutes"
            )


def _steps_are_long_enough(scenario: Scenario) -> None:
    step = scenario.time.step_minutes
    if scenario.patience is not None:
        for key, means in scenario.patience:
            if any(mean is not None and mean < step for mean in means or ()):
                raise ScenarioError(
                    f"patience.{key}: expected means of at least a step ({step:g} minutes), "
                    f"got {min(mean for mean in means if mean is not None):g}"
                )
    if isinstance(scenario.arrivals, Bursty):
        for index, phase in enumerate(scenario.arrivals.phases):
            if phase.mean_minutes < step:
                raise ScenarioError(
                    f"arrivals.phases.{index}.mean_minutes: expected at least a step "
                    f"({step:g} minutes), got {phase.mean_minutes:g}"
                )
    if scenario.service.switch_minutes / step > LONGEST_SWITCH_STEPS:
        raise ScenarioError(
            f"service.switch_minutes: expected at most {LONGEST_SWITCH_STEPS} steps, "
            f"got {scenario.service.switch_minutes / step:g}"
        )


def _somebody_serves_every_category(scenario: Scenario) -> None:
    arriving = category_mix(scenario) > 0
    able = speeds(scenario) > 0
    for index in np.flatnonzero(arriving & ~able.any(axis=0)):
        raise ScenarioError(
            f"agents: nobody can serve category '{scenario.categories[index]}', "
            "which has arrivals (speed or minutes is 0 for every agent)"
        )
    there = share_of_time(scenario) > 0
    for index in np.flatnonzero(arriving & ~able[there].any(axis=0)):
        raise ScenarioError(
            f"agents: nobody who can serve category '{scenario.categories[index]}', "
            "which has arrivals, is on shift in the episode"
        )

"""The team as tables: who knows what, and who serves what how fast."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.scenario.agents import Agents, Generator
from marl_routing.scenario.schema import Scenario
from marl_routing.scenario.service import Speed
from marl_routing.scenario.values import each

Table = NDArray[np.float64]

CHAIN_OWN, CHAIN_NEXT, CHAIN_OTHER = 1.0, 0.6, 0.25
JUNIOR, SENIOR_SIMPLE, SENIOR_HARD = 0.8, 1.0, 0.9


def expertise(scenario: Scenario) -> Table:
    """(agents, categories) in [0, 1]: generated, listed, or from the minutes each agent takes."""
    agents = scenario.agents
    if agents.generator is not None:
        return _generate(agents.generator, agents, len(scenario.categories))
    from_minutes = speeds(scenario) if scenario.service.minutes is not None else None
    rows = []
    for index in range(len(agents.names)):
        listed = agents.team[index].expertise if agents.team is not None else None
        if listed is not None:
            rows.append(np.array(listed))
        else:
            assert from_minutes is not None  # the checks ask for one of the three
            rows.append(from_minutes[index])
    return np.stack(rows)


def mean_minutes(scenario: Scenario) -> NDArray[np.float64]:
    """(categories,) mean work at speed 1; of a minutes table, the fastest agent's."""
    service = scenario.service
    if service.minutes is None:
        assert service.mean_minutes is not None  # the section asks for one of the two
        return np.array(each(service.mean_minutes, len(scenario.categories)))
    minutes = np.array(service.minutes)
    fastest = np.where(minutes > 0, minutes, np.inf).min(axis=0)
    return np.where(np.isfinite(fastest), fastest, 1.0)


def speeds(scenario: Scenario) -> Table:
    """(agents, categories) nominal minutes done a minute; 0 where the agent cannot serve."""
    service = scenario.service
    if service.minutes is None:
        speed = service.speed or Speed()
        return speed.at_0 + (speed.at_1 - speed.at_0) * expertise(scenario)
    minutes = np.array(service.minutes)
    possible = minutes > 0
    relative = mean_minutes(scenario) / np.where(possible, minutes, 1.0)
    return np.asarray(np.where(possible, relative, 0.0))


def _generate(generator: Generator, agents: Agents, categories: int) -> Table:
    """Expertise by the generator's rule; agent a's own category is a modulo categories."""
    count = len(agents.names)
    shape = (count, categories)
    draws = np.random.Generator(np.random.PCG64(agents.seed))
    steps_from_own = (np.arange(categories) - np.arange(count)[:, None]) % categories
    match generator:
        case "specialists":
            strong, weak = draws.uniform(0.8, 1.0, shape), draws.uniform(0.1, 0.5, shape)
            return np.where(steps_from_own == 0, strong, weak)
        case "generalists":
            return draws.uniform(0.5, 0.8, shape)
        case "uniform":
            return draws.uniform(0.0, 1.0, shape)
        case "nested":
            return _nested(count, categories)
        case "chain":
            other = np.where(steps_from_own == 1, CHAIN_NEXT, CHAIN_OTHER)
            return np.where(steps_from_own == 0, CHAIN_OWN, other)


def _nested(count: int, categories: int) -> Table:
    """Juniors (seven of ten) know the first half of the categories, seniors know everything.

    Seniors are the better ones at simple tickets too, which is what makes greedy rules waste them.
    """
    junior = (np.arange(count) < 7 * count // 10)[:, None]
    simple = np.arange(categories) < (categories + 1) // 2
    senior_row = np.where(simple, SENIOR_SIMPLE, SENIOR_HARD)
    return np.where(junior, np.where(simple, JUNIOR, 0.0), senior_row)

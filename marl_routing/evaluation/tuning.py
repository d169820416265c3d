"""Search the weights of `optimised_index` for a scenario, by the cross-entropy method.

Rubinstein & Kroese (2004), "The Cross-Entropy Method", chapter 2: draw weights from independent
normal distributions, fit these to the best of the draws, and again. All draws of a generation meet
the same tickets (common random numbers), the next generation meets others.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing.evaluation.compiled import Player
from marl_routing.evaluation.seeds import TRAINING, VALIDATION
from marl_routing.policies.indices import FEATURES, TunedIndex
from marl_routing.policies.optimised_index import OptimisedIndex
from marl_routing.scenario import Scenario, compile_scenario

Weights: TypeAlias = NDArray[np.float64]  # (features,)
Progress: TypeAlias = Callable[[int], None]  # told how many generations there have been

# Weights by which the index does about what a rule of that name does, and those of agents who wait
# for what they are good at while queues are short: the search begins at the best of them.
STARTS: dict[str, dict[str, float]] = {
    "best_skill": {"focus": 1.0},
    "hungarian": {"saving": 1.0, "skill": 0.2},
    "lp_specialist": {"eager": -2.0, "programme": 2.0, "age": 0.5, "focus": 0.05},
    "threshold": {"eager": -0.75, "programme": 1.0, "help": 1.0, "focus": 0.1},
    "choosy": {"eager": -1.2, "skill": 1.0, "saving": 0.8, "crowd": 1.4, "programme": 0.3},
    "max_weight": {"saving": 0.5, "crowd": 1.0, "skill": 0.5},
    "earliest_deadline": {"urgency": 1.0, "overdue": 0.5, "skill": 0.2},
}
ELITE = 1 / 6  # share of the draws that the next distributions are fitted to
WIDTH, NARROWEST = 0.5, 0.02  # standard deviations: the first, and the least ever
# Shares of the fitted distributions in the next ones; widths that shrink faster get stuck.
OF_MEANS, OF_WIDTHS = 0.7, 0.3
DIGITS = 4  # of the weights that are tried: those in the file are exactly those measured
LATEST = 10  # generations whose means are validated


@dataclass(frozen=True)
class Search:
    """How much is tried.

    Attributes:
        generations: how often weights are drawn.
        population: draws of a generation.
        episodes: that each draw plays.
        validations: episodes that choose between the last generations and the starts.
    """

    generations: int = 24
    population: int = 48
    episodes: int = 24
    validations: int = 256


def tune(
    scenario: Scenario,
    seed: int = 0,
    search: Search | None = None,
    progress: Progress | None = None,
) -> TunedIndex:
    """Search weights; the same seed finds the same ones.

    An interruption (`KeyboardInterrupt`) ends the search early: what was found until then is
    validated and returned.

    Args:
        scenario: where agents accept or bid.
        seed: of the draws; episodes are those of `seeds.TRAINING` and `seeds.VALIDATION`.
        search: how much is tried.
        progress: called after each generation, with how many there have been.
    """
    require_tunable(scenario)
    search, parameters = search or Search(), compile_scenario(scenario)
    means: list[Weights] = []
    try:
        for mean in _generations(Player(parameters, search.episodes), seed, search):
            means.append(mean)
            if progress is not None:
                progress(len(means))
    except KeyboardInterrupt:
        pass
    player = Player(parameters, search.validations)
    finds = [*means[-LATEST:], *_starts()]
    rewards = _rewards(player, finds, VALIDATION)
    best = int(rewards.argmax())
    return TunedIndex(
        scenario=scenario.name,
        digest=scenario.digest,
        weights=dict(zip(FEATURES, finds[best].tolist(), strict=True)),
        seed=seed,
        generations=len(means),
        population=search.population,
        episodes=search.episodes,
        reward=float(rewards[best]),
    )


def require_tunable(scenario: Scenario) -> None:
    """Raise a ValueError if the index cannot serve the scenario's desks."""
    if scenario.customers is not None:
        raise ValueError(
            f"tune: optimised_index does not talk to customers, as {scenario.name} asks"
        )


def _generations(player: Player, seed: int, search: Search) -> Iterator[Weights]:
    """The mean of the distributions after each generation."""
    rng, starts = np.random.default_rng(seed), _starts()
    mean = starts[int(_rewards(player, starts, TRAINING).argmax())]
    width = np.full(len(FEATURES), WIDTH)
    elite = max(2, round(ELITE * search.population))
    for generation in range(search.generations):
        drawn = mean + width * rng.standard_normal((search.population, len(FEATURES)))
        tried = np.round([mean, *starts, *drawn] if generation == 0 else [mean, *drawn], DIGITS)
        rewards = _rewards(player, tried, TRAINING + generation * search.episodes)
        best = tried[np.argsort(-rewards, kind="stable")[:elite]]
        mean = np.round(mean + OF_MEANS * (best.mean(axis=0) - mean), DIGITS)
        width += OF_WIDTHS * (np.maximum(best.std(axis=0), NARROWEST) - width)
        yield mean


def _starts() -> list[Weights]:
    return [np.array([start.get(name, 0.0) for name in FEATURES]) for start in STARTS.values()]


def _rewards(player: Player, tried: Iterable[Weights], seed: int) -> NDArray[np.float64]:
    """The mean reward of each, over the same episodes."""
    policies = (OptimisedIndex.of(dict(zip(FEATURES, row, strict=True))) for row in tried)
    return np.array([player.rewards(policy, seed).mean() for policy in policies])

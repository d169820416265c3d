"""Files of tuned indices: the weights of `optimised_index` for one scenario."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from marl_routing.scenario.files import configs_folder

# What a weight stands for; every feature lies between 0 and 1. The last ones are those of
# `kernels.index` that change from step to step, in its order.
FEATURES_IN_WORDS = {
    "eager": "always 1: the more below 0, the rather agents wait",
    "skill": "how fast the agent is beside the fastest of the team in the category",
    "focus": "how fast the agent is in the category beside its own best one",
    "programme": "1 if the capacity programme uses the pair",
    "saving": "waiting cost times service rate, beside the largest",
    "crowd": "how crowded the ticket's category is: q / (q + agents who can serve it)",
    "help": "the same, for pairs outside the programme only",
    "rivals": "share of the free agents who would be faster in the category",
    "elsewhere": "how crowded the other categories are that the programme gives the agent",
    "free": "share of the team that is free",
    "priority": "1 for the most urgent, 0 for the least",
    "age": "age / (age + the time that the agent needs)",
    "urgency": "the time that the agent needs / (that time + time left until it is due)",
    "overdue": "1 if it is due or overdue",
}
FEATURES = tuple(FEATURES_IN_WORDS)
SUFFIX = ".index.json"


@dataclass(frozen=True)
class TunedIndex:
    """What `marl-routing tune` found.

    Attributes:
        scenario, digest: what it was tuned on.
        weights: by the names of `FEATURES`.
        seed, generations, population, episodes: of the search.
        reward: mean over the validation episodes.
    """

    scenario: str
    digest: str
    weights: dict[str, float]
    seed: int
    generations: int
    population: int
    episodes: int
    reward: float

    def to_json(self) -> str:
        """The text of its file."""
        return json.dumps(asdict(self), indent=2) + "\n"


def read_index(path: Path) -> TunedIndex:
    """Read one file.

    Raises:
        ValueError: in one sentence, if it is not such a file.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"weights: file not found: {path}") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"weights: {path} cannot be read: {error}") from None
    _check(path, data)
    return TunedIndex(**data)


def _check(path: Path, data: Any) -> None:
    keys = set(TunedIndex.__dataclass_fields__)
    if not isinstance(data, dict) or set(data) != keys:
        raise ValueError(f"weights: {path}: expected what `marl-routing tune` writes")
    weights = data["weights"]
    if not isinstance(weights, dict) or set(weights) != set(FEATURES):
        raise ValueError(f"weights: {path}: expected weights of {', '.join(FEATURES)}")
    if not all(isinstance(weight, int | float) for weight in weights.values()):
        raise ValueError(f"weights: {path}: expected a number for every weight")


def shipped_path(scenario: str) -> Path:
    """Where the index of a shipped scenario lies."""
    return configs_folder() / "indices" / f"{scenario}{SUFFIX}"


def path_beside(scenario_file: Path) -> Path:
    """Where the index of a user's scenario lies: beside its file."""
    return scenario_file.with_name(scenario_file.stem + SUFFIX)


def has_index(scenario: str, digest: str) -> bool:
    """Whether an index of a scenario as it now is ships with it."""
    path = shipped_path(scenario)
    return path.is_file() and read_index(path).digest == digest


def weights_for(scenario: str, digest: str) -> dict[str, float]:
    """The weights that ship with a scenario.

    Raises:
        ValueError: if there are none, or if they are those of another version of it.
    """
    path = shipped_path(scenario)
    advice = f"run `marl-routing tune` on it and use optimised_index:weights=FILE{SUFFIX}"
    if not path.is_file():
        raise ValueError(f"policy optimised_index: no weights for scenario {scenario}; {advice}")
    index = read_index(path)
    if index.digest != digest:
        raise ValueError(
            f"policy optimised_index: scenario {scenario} has changed since its weights were tuned "
            f"(its digest was {index.digest} and is {digest}); {advice}"
        )
    return index.weights

"""A simulated number beside its exact value, and all numbers of a desk."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

STANDARD_ERRORS = 3.0
SMALL = 0.01  # exact numbers below it are compared with it
ROUNDING = 1e-9

Array = NDArray[np.float64]
Samples = dict[str, tuple[Array, Array]]  # by number: values, weights


@dataclass
class Number:
    """A simulated number of which the exact value is known.

    Attributes:
        name: what it is, and its unit.
        exact: its value in the scenario's steps.
        limit: its value in continuous time, nan if there is no formula.
        values, weights: (desks,) of each desk; their mean is one of tickets, or of time.
    """

    name: str
    exact: float
    limit: float
    values: Array = field(default_factory=lambda: np.zeros(0))
    weights: Array = field(default_factory=lambda: np.zeros(0))

    @property
    def simulated(self) -> float:
        """The mean over all desks."""
        return float(np.average(self.values, weights=self.weights))

    @property
    def error(self) -> float:
        """Its standard error: of a ratio of two sums over desks."""
        off = self.weights * (self.values - self.simulated)
        return float(off.std(ddof=1) / self.weights.mean() / math.sqrt(len(off)))

    def add(self, values: Array, weights: Array) -> None:
        """Take in more desks."""
        self.values = np.concatenate([self.values, values])
        self.weights = np.concatenate([self.weights, weights])

    @property
    def scale(self) -> float:
        """What it is compared with: small numbers are not known to 1 % of themselves."""
        return max(abs(self.exact), SMALL)

    @property
    def noise(self) -> float:
        """How far chance may take it, as a share of the exact value."""
        return STANDARD_ERRORS * self.error / self.scale

    @property
    def agrees(self) -> bool:
        """Whether it is off by no more than chance may do (and rounding, where there is none)."""
        off = abs(self.simulated - self.exact)
        return off <= STANDARD_ERRORS * self.error + ROUNDING * self.scale

    def to_json(self) -> dict[str, float | str | bool]:
        """Plain data, to 8 digits; `off` is a share of the exact value."""
        off = self.simulated - self.exact
        figures = {
            "simulated": self.simulated,
            "standard_error": self.error,
            "exact": self.exact,
            "limit": self.limit,
            "off_standard_errors": off / self.error if self.error > 0.0 else 0.0,
            "off": off / self.scale,
        }
        rounded = {name: float(f"{figure:.8g}") for name, figure in figures.items()}
        return {"number": self.name, **rounded, "agrees": self.agrees}


@dataclass(frozen=True)
class Check:
    """A desk simulated and compared.

    Attributes:
        scenario: its name.
        model: that is solved.
        policy: that played it, or several.
        precision: what was asked for.
        desks: how many were simulated.
        steps: of each of them.
        numbers: all that were compared.
    """

    scenario: str
    model: str
    policy: str
    precision: float
    desks: int
    steps: int
    numbers: tuple[Number, ...]

    @property
    def is_sharp(self) -> bool:
        """Whether chance can take no number farther than the precision."""
        return all(number.noise <= self.precision for number in self.numbers)

    @property
    def agrees(self) -> bool:
        """Whether every number is within 3 standard errors, and these within the precision."""
        return self.is_sharp and all(number.agrees for number in self.numbers)

    @property
    def done(self) -> float:
        """What share of the desks that it takes is probably done; 0 if no number varies."""
        noisy = (number.noise for number in self.numbers if number.noise)
        return min(((self.precision / noise) ** 2 for noise in noisy), default=0.0)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "scenario": self.scenario,
            "model": self.model,
            "policy": self.policy,
            "desks": self.desks,
            "steps": self.steps,
            "precision": self.precision,
            "sharp": self.is_sharp,
            "agrees": self.agrees,
            "numbers": [number.to_json() for number in self.numbers],
        }

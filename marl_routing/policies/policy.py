"""What a routing policy is: something that chooses every agent's action on N desks at once."""

from abc import ABC, abstractmethod
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.scenario import Scenario

Actions: TypeAlias = NDArray[np.int32]  # (N, A): 0 = pass, 1..K = accept that visible slot
Bids: TypeAlias = NDArray[np.float32]  # (N, A, K): 0 = no bid for that visible slot
Legal: TypeAlias = NDArray[np.bool_]  # (N, A, K)
Masks: TypeAlias = NDArray[np.int8]  # (N, A, 1 + K or more): 1 where the action is legal


class Policy(Protocol):
    """A rule that routes tickets on N desks of one scenario at once.

    One that does not fit every desk also has `require(scenario)`, as `BidPolicy` has.

    Attributes:
        name: what tables call it; `load_policy(name)` gives an equal policy.
    """

    name: str

    def reset(self, seed: int) -> None:
        """Forget everything; desk i then draws its ties from `seed + i`, however many desks."""

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """Choose actions.

        Args:
            view: the N desks as arrays.
            masks: (N, A, 1 + K) int8, 1 where an action is legal; verbs follow the accepts.

        Returns:
            (N, A) int32 actions, all legal, no slot of a desk taken twice.
        """


class ObservingPolicy(ABC):
    """A policy that acts on what its agents observe, as learned ones do. `name` as in `Policy`."""

    name: str

    @abstractmethod
    def fits(self, scenario: Scenario) -> bool:
        """Whether it knows the observations and actions of a scenario."""

    def require(self, scenario: Scenario) -> None:
        """Raise a ValueError if it does not fit a scenario."""
        if not self.fits(scenario):
            raise ValueError(
                f"policy {self.name}: the observations or actions of {scenario.name} are not those "
                "that it was trained on"
            )

    @abstractmethod
    def reset(self, seed: int) -> None:
        """As in `Policy`."""

    @abstractmethod
    def observe(self, observations: NDArray[np.float32]) -> None:
        """(N, A, F) float32: what the agents see, told before each `act`."""

    @abstractmethod
    def act(self, view: DeskView, masks: Masks) -> Actions:
        """As in `Policy`."""


class BidPolicy(ABC):
    """A rule that bids; only for scenarios where agents bid. `name` as in `Policy`."""

    name: str

    def require(self, scenario: Scenario) -> None:
        """Raise a ValueError, in one sentence, if it cannot play a scenario."""
        if scenario.protocol.kind != "bid":
            raise ValueError(
                f"policy {self.name}: only where agents bid, "
                f"and {scenario.name} has protocol.kind {scenario.protocol.kind}"
            )

    @abstractmethod
    def reset(self, seed: int) -> None:
        """As in `Policy`."""

    @abstractmethod
    def act(self, view: DeskView, masks: Masks) -> Bids:
        """(N, A, K) float32 bids from 0 to 1, all legal; arguments as in `Policy.act`."""

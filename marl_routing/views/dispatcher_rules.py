"""Ways to dispatch: two rules to read and to beat, of many desks at once."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Masks: TypeAlias = NDArray[np.int8]  # (N, A)
Rule: TypeAlias = Callable[[dict[str, Any], Masks], NDArray[np.int64]]  # flat observations


def most_expert(observations: dict[str, Any], masks: Masks) -> NDArray[np.int64]:
    """(N,): of the agents who can take the ticket the one who knows it best."""
    kinds = observations["ticket_type"][:, None, None]
    skills = observations["agent_expertise"].reshape(*masks.shape, -1)
    skill = np.take_along_axis(skills, np.minimum(kinds, skills.shape[2] - 1), axis=2)[:, :, 0]
    return np.asarray(np.where(masks, skill, -1.0).argmax(axis=1))


def least_loaded(observations: dict[str, Any], masks: Masks) -> NDArray[np.int64]:
    """(N,): of the agents who can take the ticket the one who holds least."""
    return np.asarray(np.where(masks, observations["agent_workload"], np.inf).argmin(axis=1))


RULES: dict[str, Rule] = {"most_expert": most_expert, "least_loaded": least_loaded}

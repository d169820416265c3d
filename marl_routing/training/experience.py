"""What a rollout of the recipe leaves to learn from."""

from typing import NamedTuple

from torch import Tensor


class Decisions(NamedTuple):
    """What the agents that had a choice decided in one step, or in a rollout.

    Attributes:
        inputs: (D, F) what the actor read.
        legal: (D, actions) bool.
        actions: (D,) chosen, or what the teacher would have.
        log_probs: (D,).
        where: (D,) place of each decision's advantage in `Experience.advantages`, made flat.
    """

    inputs: Tensor
    legal: Tensor
    actions: Tensor
    log_probs: Tensor
    where: Tensor


class Experience(NamedTuple):
    """One rollout of T steps of N desks: what was decided, and what came of it.

    Attributes:
        decisions: all of them.
        states: (T x N, S) what the critic read.
        advantages, returns: (T x N, H); H is 1 where all agents are paid alike, else A.
    """

    decisions: Decisions
    states: Tensor
    advantages: Tensor
    returns: Tensor

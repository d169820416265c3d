"""A short training by any library: how fast it went, and whether what was learned beats chance."""

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.evaluation import compare
from marl_routing.policies.policy import Actions, Masks, ObservingPolicy
from marl_routing.scenario import Scenario

EPISODES = 16  # of the comparison with chance
Choose: TypeAlias = Callable[[NDArray[np.float32], NDArray[np.int8]], NDArray[Any]]


class RowPolicy(ObservingPolicy):
    """A policy from a function, such as a network of any library.

    Args:
        choose: given observations (rows, F) float32 and masks (rows, actions) int8, a row an agent
            of each desk, returns (rows,) integers. What is not legal becomes pass.
        name: as in `Policy`.
    """

    def __init__(self, choose: Choose, name: str = "learned") -> None:
        self.choose, self.name = choose, name

    def fits(self, scenario: Scenario) -> bool:
        """Not asked: the function fails by itself on sizes that it does not know."""
        return True

    def reset(self, seed: int) -> None:
        """Nothing to forget."""

    def observe(self, observations: NDArray[np.float32]) -> None:
        """(N, A, F) float32."""
        self._seen = observations.reshape(-1, observations.shape[-1])

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) int32 actions, all legal; two agents may want one ticket."""
        rows = masks.reshape(-1, masks.shape[-1])
        chosen = np.asarray(self.choose(self._seen, rows))
        legal = np.take_along_axis(rows, chosen[:, None], axis=1)[:, 0]
        actions: Actions = np.where(legal, chosen, 0).reshape(masks.shape[:2]).astype(np.int32)
        return actions


class Trained(NamedTuple):
    """What came of a training: agent-steps learned from, and how each row acts (`RowPolicy`)."""

    agent_steps: int
    choose: Choose


def trial(
    train: Callable[..., Trained],
    description: str | None,
    steps: int = 4096,
    **choices: Sequence[str],
) -> None:
    """The command line of a training example: `--scenario`, `--steps` and its choices.

    Trains, compares with chance on test seeds, and prints how long training took as the last line.

    Args:
        train: given a scenario's name, how many agent-steps to learn from, about, and by name what
            was chosen.
        description: of the example.
        steps: without `--steps`: tiny, to be seen running.
        choices: an option each, and what it can be; the first is the default.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--scenario", default="small_desk")
    parser.add_argument("--steps", type=int, default=steps, help="agent-steps to learn from")
    for name, values in choices.items():
        parser.add_argument(f"--{name}", choices=values, default=values[0])
    wanted = parser.parse_args()
    chosen = {name: getattr(wanted, name) for name in choices}
    _compile(wanted.scenario)
    start, computed = time.perf_counter(), time.process_time()
    agent_steps, choose = train(wanted.scenario, wanted.steps, **chosen)
    seconds, computed = time.perf_counter() - start, time.process_time() - computed
    print(compare(wanted.scenario, [RowPolicy(choose), "random"], EPISODES).headline())
    print(f"{agent_steps} agent-steps in {seconds:.2f} s, {computed:.2f} s of this processor")


def _compile(scenario: str) -> None:
    """So that the time of the training is the training's."""
    desks = DeskBatch(scenario)
    desks.reset(seed=0)
    desks.step(np.zeros_like(desks.action_masks[:, :, 0], np.int32))

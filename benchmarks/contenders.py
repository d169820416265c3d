"""What is timed: environments that play a tape of actions drawn before.

For a desk the tape is one episode, of the default scenario where no other is named: actions drawn
uniformly from the legal ones, or by a rule; recorded once and played again from the same seed,
where they are legal again.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from marl_routing import DeskBatch, load_scenario, ticket_routing_v0
from marl_routing.policies import load_policy
from marl_routing.scenario import compile_scenario

SCENARIO, EVERYTHING, RULE = "saas_balanced", "everything_on", "best_skill"
SEED = 0


Recorder: TypeAlias = Callable[[DeskBatch, int], list[NDArray[np.int32]]]


@dataclass(frozen=True)
class Contender:
    """One environment, ready to play its tape."""

    name: str
    num_agents: int
    env_steps: int  # of one play, all desks together
    play: Callable[[], None]

    def rate(self) -> float:
        """Env-steps a second of one play.

        Seconds are of this process's processor time: with its one thread that is the clock's time,
        less what other programs took on a busy machine.
        """
        start = time.process_time()
        self.play()
        return self.env_steps / (time.process_time() - start)


def record_rule(desks: DeskBatch, steps: int, name: str) -> list[NDArray[np.int32]]:
    """The actions of a rule, (num_envs, num_agents) a step."""
    rule: Any = load_policy(name)
    desks.reset(seed=SEED)
    rule.reset(SEED)
    tape = []
    for _ in range(steps):
        tape.append(rule.act(desks.view(), desks.action_masks))
        desks.step(tape[-1])
    return tape


def record_tape(desks: DeskBatch, steps: int) -> list[NDArray[np.int32]]:
    """Legal random actions, (num_envs, num_agents) a step."""
    generator = np.random.default_rng(SEED)
    desks.reset(seed=SEED)
    tape = []
    for _ in range(steps):
        masks = desks.action_masks
        chances = generator.random(masks.shape, dtype=np.float32) * masks
        tape.append(chances.argmax(axis=-1).astype(np.int32))
        desks.step(tape[-1])
    return tape


def horizon() -> int:
    return load_scenario(SCENARIO).time.horizon_steps


def desk_batch(num_envs: int) -> Contender:
    """`DeskBatch` of the default scenario under random actions, one thread."""
    return _batch(num_envs, SCENARIO, record_tape, "")


def busy_batch(scenario: str, rule: str = RULE) -> Contender:
    """`DeskBatch` of 256 under a rule that keeps its agents at work."""

    def record(desks: DeskBatch, steps: int) -> list[NDArray[np.int32]]:
        return record_rule(desks, steps, rule)

    return _batch(256, scenario, record, f", {scenario} under {rule}")


def everything_at_random() -> Contender:
    """The desk that has everything, under random actions: nearly half of them are verbs."""
    return _batch(256, EVERYTHING, record_tape, f", {EVERYTHING}")


def _batch(num_envs: int, scenario: str, record: Recorder, suffix: str) -> Contender:
    desks = DeskBatch(scenario, num_envs=num_envs)
    tape = record(desks, desks.scenario.time.horizon_steps)

    def play() -> None:
        desks.reset(seed=SEED)
        for actions in tape:
            desks.step(actions)

    name = f"DeskBatch of {num_envs}{suffix}"
    return Contender(name, tape[0].shape[1], num_envs * len(tape), play)


def parallel_env(episodes: int = 10) -> Contender:
    """One desk through PettingZoo's parallel interface: dicts in, dicts out."""
    env = ticket_routing_v0.parallel_env(SCENARIO)
    rows = record_tape(DeskBatch(SCENARIO), horizon())
    tape = [dict(zip(env.possible_agents, row[0].tolist(), strict=True)) for row in rows]

    def play() -> None:
        for _ in range(episodes):
            env.reset(seed=SEED)
            for actions in tape:
                env.step(actions)

    return Contender("parallel env", len(env.possible_agents), episodes * len(tape), play)


def oracle() -> Contender:
    """The plain-Python desk of the tests; like the others it also makes observations and masks."""
    sys.path.append(str(Path(__file__).parents[1]))
    from tests.oracle.desk import OracleDesk

    desk = OracleDesk(compile_scenario(load_scenario(SCENARIO)))
    tape = [row[0].tolist() for row in record_tape(DeskBatch(SCENARIO), horizon())]

    def play() -> None:
        desk.reset(seed=SEED)
        for actions in tape:
            desk.step(actions)
            desk.observations()
            desk.masks()

    return Contender("plain-Python desk", len(tape[0]), len(tape), play)


def simple_spread(steps: int = 200) -> Contender:
    """mpe2's simple_spread with 10 agents, random actions, as PettingZoo's parallel env."""
    from mpe2 import simple_spread_v3

    env = simple_spread_v3.parallel_env(N=10, max_cycles=steps)
    generator = np.random.default_rng(SEED)
    draws = generator.integers(5, size=(steps, 10)).tolist()
    tape = [dict(zip(env.possible_agents, row, strict=True)) for row in draws]

    def play() -> None:
        env.reset(seed=SEED)
        for actions in tape:
            env.step(actions)

    return Contender("mpe2 simple_spread", 10, steps, play)

"""Our desks, from arrays to PettingZoo, and the plain-Python one.

Each plays a tape of actions: recorded over one episode, drawn uniformly from the legal ones or
given by a rule, and played again from the same seed, where they are legal again.
"""

import time
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.contender import Contender
from marl_routing import DeskBatch, Scenario, load_scenario, ticket_routing_v0
from marl_routing.evaluation import compare
from marl_routing.policies import list_policies, load_policy
from marl_routing.scenario import compile_scenario
from marl_routing.scenario.arrivals import Poisson
from marl_routing.scenario.capacity import capacity

DEFAULT, EVERYTHING, SUPPORT = "saas_balanced", "everything_on", "support_bfsi"
SEED = 0

Tape: TypeAlias = list[NDArray[Any]]
Recorder: TypeAlias = Callable[[DeskBatch, int], Tape]


def at_random(desks: DeskBatch, steps: int) -> Tape:
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


def by_rule(name: str) -> Recorder:
    """The actions of a rule, (num_envs, num_agents) a step, which keep the agents at work."""

    def record(desks: DeskBatch, steps: int) -> Tape:
        rule: Any = load_policy(name)
        desks.reset(seed=SEED)
        rule.reset(SEED)
        tape = []
        for _ in range(steps):
            tape.append(rule.act(desks.view(), desks.action_masks))
            desks.step(tape[-1])
        return tape

    return record


def batch(
    num_envs: int,
    scenario: str | Scenario = DEFAULT,
    record: Recorder = at_random,
    steps: int | None = None,
    num_threads: int = 1,
) -> Contender:
    """`DeskBatch` over one episode (and into the next) or its first `steps`."""
    desks = DeskBatch(scenario, num_envs, num_threads)
    tape = record(desks, steps or desks.scenario.time.horizon_steps)

    def play() -> None:
        for actions in tape:
            desks.step(actions)

    amount = len(tape) * num_envs * desks.num_agents
    return Contender(amount, play, lambda: desks.reset(seed=SEED))


def quiet_support() -> Scenario:
    """`support_bfsi` with as many tickets an hour as the default has."""
    default = load_scenario(DEFAULT)
    assert isinstance(default.arrivals, Poisson)
    assert default.arrivals.load is not None
    rate = default.arrivals.load * capacity(default)[0]
    return load_scenario(SUPPORT, **{"arrivals.load": None, "arrivals.rate_per_hour": rate})


def two_threads_over_one(num_envs: int = 1024) -> Callable[[], float]:
    """How many times as fast two threads are by the clock, on the default scenario."""
    sides = [batch(num_envs, num_threads=threads) for threads in (2, 1)]

    def seconds(side: Contender) -> float:
        side.begin()
        start = time.perf_counter()
        side.play()
        return time.perf_counter() - start

    def take() -> float:
        two, one = map(seconds, sides)
        return one / two

    return take


def comparison(episodes: int = 1000) -> Callable[[], float]:
    """Processor seconds of `compare` with every rule on the default scenario."""
    compare(DEFAULT, list_policies(), episodes=1)  # what compiles has compiled

    def take() -> float:
        start = time.process_time()
        compare(DEFAULT, list_policies(), episodes)
        return time.process_time() - start

    return take


def default_tape(num_envs: int = 1) -> Tape:
    """One episode of random actions on the default scenario."""
    return at_random(DeskBatch(DEFAULT, num_envs), load_scenario(DEFAULT).time.horizon_steps)


def parallel_env(episodes: int = 10) -> Contender:
    """One desk through PettingZoo's parallel interface: dicts in, dicts out."""
    env = ticket_routing_v0.parallel_env(DEFAULT)
    agents = env.possible_agents
    tape = [dict(zip(agents, row[0].tolist(), strict=True)) for row in default_tape()]

    def play() -> None:
        for _ in range(episodes):
            env.reset(seed=SEED)
            for actions in tape:
                env.step(actions)

    return Contender(episodes * len(tape) * len(agents), play)


def oracle() -> Contender:
    """The plain-Python desk of the tests; like the others it also makes observations and masks."""
    from tests.oracle.desk import OracleDesk

    desk = OracleDesk(compile_scenario(load_scenario(DEFAULT)))
    tape = [row[0].tolist() for row in default_tape()]

    def play() -> None:
        for actions in tape:
            desk.step(actions)
            desk.observations()
            desk.masks()

    return Contender(len(tape) * len(tape[0]), play, lambda: desk.reset(seed=SEED))

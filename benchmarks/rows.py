"""Everything that is measured, by name."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeAlias

from benchmarks import desks, fresh_process, queueing, vector
from benchmarks.contender import Contender
from benchmarks.environments import Peer
from benchmarks.scale import CURVES, desk, sized

Take: TypeAlias = Callable[[], float]  # measures once

AGENT_STEPS, TICKETS, SHARE, TIMES = "agent-steps/s", "tickets/s", "share", "times"
SECONDS, MEGABYTES = "s", "MB"
RULE, TALK = desks.by_rule("best_skill"), desks.by_rule("table_greedy")


class Row(NamedTuple):
    """One figure.

    Attributes:
        title: what it is.
        unit: of its value.
        build: makes ready to measure, given the folder of the peers' environments.
    """

    title: str
    unit: str
    build: Callable[[Path], Take]


def ours(title: str, build: Callable[[], Contender], unit: str = AGENT_STEPS) -> Row:
    """A contender of this package."""
    return Row(title, unit, lambda _: build().rate)


def peer(title: str, name: str, unit: str = AGENT_STEPS, *arguments: str) -> Row:
    """A script of `peers/`."""
    return Row(title, unit, lambda folder: Peer(name, folder, *arguments).rate)


def _batch(
    num_envs: int, scenario: str = desks.DEFAULT, rule: desks.Recorder = desks.at_random
) -> Callable[[], Contender]:
    return partial(desks.batch, num_envs, scenario, rule)


DESKS = {
    "batch_1024": ours("DeskBatch of 1024", _batch(1024)),
    "batch_256": ours("DeskBatch of 256", _batch(256)),
    "batch_64": ours("DeskBatch of 64", _batch(64)),
    "parallel": ours("one parallel env", desks.parallel_env),
    "native_64": ours("SharedPolicyVecEnv of 64 desks", vector.native),
    "supersuit_64": ours("SuperSuit's vector env of 64 desks", vector.supersuit_chain),
    "oracle": ours("plain-Python desk", desks.oracle),
    "ruled": ours("256 desks, best_skill", _batch(256, desks.DEFAULT, RULE)),
    "everything_ruled": ours(
        "256 desks, everything_on, best_skill", _batch(256, desks.EVERYTHING, RULE)
    ),
    "everything": ours("256 desks, everything_on", _batch(256, desks.EVERYTHING)),
    "support": ours("256 desks, support_bfsi, table_greedy", _batch(256, desks.SUPPORT, TALK)),
    "support_quiet": ours(
        "256 desks, support_bfsi with the default's arrivals, table_greedy",
        lambda: desks.batch(256, desks.quiet_support(), TALK),
    ),
    "scale_10": ours("10 agents, 100 tickets queued, 100 desks", lambda: sized(desk(10), 100)),
    "scale_1000": ours("1,000 agents, 10,000 tickets queued", lambda: sized(desk(1000))),
    "tickets": ours("M/M/10 in whole episodes", queueing.whole_episodes, TICKETS),
}
PEERS = {
    "simple_spread": peer("mpe2 simple_spread, 10 agents", "simple_spread"),
    "pursuit": peer("PettingZoo SISL pursuit, 8 agents", "pursuit"),
    "vmas": peer("VMAS simple_spread, 3 agents, 4096 worlds", "vmas_spread"),
    "jaxmarl": peer("JaxMARL simple_spread, 10 agents, 1024 worlds", "jaxmarl_spread"),
    "simpy": peer("M/M/10 in SimPy", "simpy_desk", TICKETS, queueing.as_argument()),
    "ciw": peer("M/M/10 in Ciw", "ciw_desk", TICKETS, queueing.as_argument()),
}
OTHERS = {
    "threads": Row(
        "DeskBatch of 1024, two threads over one, by the clock",
        TIMES,
        lambda _: desks.two_threads_over_one(),
    ),
    "compare": Row(
        "`compare`, every rule, 1,000 episodes each", SECONDS, lambda _: desks.comparison()
    ),
    "ppo": Row(
        "PPO iteration within the native env",
        SHARE,
        lambda _: vector.share_of_ppo(vector.native_env, 64),
    ),
    "ppo_supersuit": Row(
        "PPO iteration within SuperSuit's",
        SHARE,
        lambda _: vector.share_of_ppo(vector.supersuit_env, 16),
    ),
    "cold": Row("first step of a process, nothing compiled", SECONDS, fresh_process.cold),
    "warm": Row("first step of a process, compiled before", SECONDS, fresh_process.warm("seconds")),
    "first": Row("memory of the first instance", MEGABYTES, fresh_process.warm("first_instance")),
    "further": Row(
        "memory of each further instance", MEGABYTES, fresh_process.warm("further_instance")
    ),
}
COSTS = {
    f"{name}_{size}": ours(f"{curve.axis}: {size:,}", partial(curve.build, size))
    for name, curve in CURVES.items()
    for size in curve.sizes
}
ROWS: dict[str, Row] = DESKS | PEERS | OTHERS | COSTS


def chosen(patterns: str) -> list[str]:
    """Names of the rows that are asked for.

    Args:
        patterns: names separated by commas; * stands for anything.

    Raises:
        ValueError: naming a pattern that fits no row.
    """
    wanted = [pattern.strip() for pattern in patterns.split(",")]
    for pattern in wanted:
        if not any(fnmatchcase(name, pattern) for name in ROWS):
            raise ValueError(f"rows: expected some of {', '.join(ROWS)}, not {pattern!r}")
    return [name for name in ROWS if any(fnmatchcase(name, pattern) for pattern in wanted)]

"""Does the triage view keep its promises?"""

from collections.abc import Callable, Iterator
from itertools import zip_longest
from typing import Any

from gymnasium.utils.env_checker import check_env

from marl_routing.scenario import Scenario
from marl_routing.testing.episode import alike, require
from marl_routing.views.triage import TicketTriage
from marl_routing.views.triage_rules import RULES, load_rule

UNMASKED = "any action, possible or not"


def find_fault(desk: Scenario, seed: int, deterministic: bool) -> str | None:
    """The first thing wrong with the triage view of a desk, in one sentence.

    Args:
        desk: a dynamic scenario.
        seed: of the episodes.
        deterministic: nothing is random, so seeds may be alike.
    """
    try:
        check_env(TicketTriage(desk), skip_render_check=True)
        for policy in (*RULES, UNMASKED):
            _check_repeats(desk, policy, seed)
        if not deterministic:
            _check_seeds_differ(desk, seed)
    except AssertionError as fault:
        return str(fault)
    return None


def _check_repeats(desk: Scenario, policy: str, seed: int) -> None:
    pairs = zip_longest(_episode(desk, policy, seed), _episode(desk, policy, seed))
    for step, (first, second) in enumerate(pairs):
        same = alike(first, second)
        require(same, f"two runs of one seed differ at step {step} (policy: {policy})")


def _check_seeds_differ(desk: Scenario, seed: int) -> None:
    first, other = (list(_episode(desk, "noop", s)) for s in (seed, seed + 1))
    hint = "; expected only where nothing is random: --deterministic"
    require(not alike(first, other), f"seeds {seed} and {seed + 1} gave the same episode{hint}")


def _episode(desk: Scenario, policy: str, seed: int) -> Iterator[Any]:
    """Everything that each step of an episode returns and shows, its KPIs at the end."""
    env = TicketTriage(desk)
    choose = _chooser(env, policy, seed)
    observation, info = env.reset(seed=seed)
    moment = (observation, 0.0, False, False, info)
    yield moment, env.operation_masks()
    while not moment[3]:
        moment = env.step(choose(moment[0]))
        yield moment, env.operation_masks(), env.action_masks()
    yield env.desk.metrics(), env.desk.state()


def _chooser(env: TicketTriage, policy: str, seed: int) -> Callable[[Any], Any]:
    if policy == UNMASKED:
        env.action_space.seed(seed)
        return lambda observation: env.action_space.sample()
    rule = load_rule(policy, seed)
    return lambda observation: rule(observation, env.operation_masks())

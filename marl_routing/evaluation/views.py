"""Episodes of the single-agent views: whoever decides there meets the same tickets as the rules."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from marl_routing.core.conversation_record import NUM_STRATEGIES
from marl_routing.evaluation.comparison import REWARD, Comparison
from marl_routing.evaluation.episodes import Kpis
from marl_routing.evaluation.learning_curve import REWARD_PER_STEP
from marl_routing.evaluation.playing import columns
from marl_routing.evaluation.seeds import TEST
from marl_routing.policies import load_policy
from marl_routing.policies.talking import TalkingPolicy
from marl_routing.scenario import Scenario
from marl_routing.vector import ConversationVectorEnv, DispatcherVectorEnv, TriageVectorEnv
from marl_routing.vector.desk_vector_env import DeskVectorEnv
from marl_routing.views import dispatcher_rules, triage_rules
from marl_routing.views.conversation_desk import AGENT
from marl_routing.views.rows import row_of

Infos: TypeAlias = dict[str, Any]
Chooser: TypeAlias = Callable[[Any, Infos], NDArray[Any]]  # observations and infos: an action a row
Rule: TypeAlias = Callable[[Any, int], Chooser]  # of the environments that it acts on, and a seed


class View(NamedTuple):
    """A single-agent view of a desk, and who can be held against what learned there.

    Attributes:
        make: the environments: of a scenario, as many, with an autoreset mode.
        rules: by name, chance among them.
    """

    make: Callable[[Scenario, int, AutoresetMode], DeskVectorEnv]
    rules: Mapping[str, Rule]


def play_view(
    view: View, scenario: Scenario, rule: Rule, episodes: int, seed: int = TEST
) -> list[Kpis]:
    """Play episodes side by side, of seeds `seed`, `seed + 1`, ...

    Returns:
        The KPIs of each; `reward` is what the view paid, `reward_per_step` that by decision.
    """
    envs = view.make(scenario, episodes, AutoresetMode.NEXT_STEP)
    observations, infos = envs.reset(seed=seed)
    choose = rule(envs, seed)
    paid, steps, kpis = np.zeros(episodes), 0, dict[int, Kpis]()
    while len(kpis) < episodes:
        observations, rewards, terminated, truncated, infos = envs.step(choose(observations, infos))
        goes_on = [row not in kpis for row in range(episodes)]
        paid[goes_on] += rewards[goes_on]
        steps += 1
        for row in np.flatnonzero((terminated | truncated) & goes_on).tolist():
            total = float(paid[row])
            rewarded = {REWARD: total, REWARD_PER_STEP: total / steps}
            kpis[row] = envs.desks.metrics(row) | rewarded
    return [kpis[row] for row in range(episodes)]


def compare_in_view(
    view: View, scenario: Scenario, rules: Mapping[str, Rule], episodes: int, seed: int = TEST
) -> Comparison:
    """The same episodes with each of some rules, or whatever else chooses."""
    samples = {
        name: columns(play_view(view, scenario, rule, episodes, seed))
        for name, rule in rules.items()
    }
    return Comparison(scenario.name, seed, episodes, samples)


def _dispatching(rule: dispatcher_rules.Rule, envs: Any, seed: int) -> Chooser:
    return lambda observations, infos: rule(observations, infos["action_mask"])


def _triaging(load: Callable[[int], triage_rules.Rule], envs: Any, seed: int) -> Chooser:
    """Each desk has a rule of its own, for one may draw."""
    rules = [load(seed + row) for row in range(envs.num_envs)]

    def actions(observations: Any) -> Iterator[NDArray[np.int64]]:
        for row, (rule, possible) in enumerate(zip(rules, envs.operation_masks(), strict=True)):
            yield rule(row_of(observations, row), possible)

    return lambda observations, infos: np.stack(list(actions(observations)))


def _talking(name: str, envs: Any, seed: int) -> Chooser:
    policy = load_policy(name)
    assert isinstance(policy, TalkingPolicy)

    def choose(observations: Any, infos: Infos) -> NDArray[np.int64]:
        view = envs.desks.view()
        shape = (*view.held.shape, NUM_STRATEGIES)
        legal = np.broadcast_to(infos["action_mask"][:, None, :] != 0, shape)
        return policy.say(view.conversations, legal)[:, AGENT]

    return choose


def _at_random(envs: Any, seed: int) -> Chooser:
    rng = np.random.default_rng(seed)

    def choose(observations: Any, infos: Infos) -> NDArray[np.int64]:
        masks = infos["action_mask"]
        return np.asarray((rng.random(masks.shape) * masks).argmax(axis=1))

    return choose


_SPEAKERS = ("fixed", "calm_then_solve", "table_greedy")

VIEWS: dict[str, View] = {
    "dispatcher": View(
        lambda scenario, envs, mode: DispatcherVectorEnv(envs, scenario, autoreset_mode=mode),
        {"random": _at_random}
        | {name: partial(_dispatching, rule) for name, rule in dispatcher_rules.RULES.items()},
    ),
    "triage": View(
        lambda scenario, envs, mode: TriageVectorEnv(envs, scenario, autoreset_mode=mode),
        {name: partial(_triaging, load) for name, load in triage_rules.RULES.items()},
    ),
    "conversation": View(
        lambda scenario, envs, mode: ConversationVectorEnv(envs, scenario, autoreset_mode=mode),
        {"random": _at_random} | {name: partial(_talking, name) for name in _SPEAKERS},
    ),
}

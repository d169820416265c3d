"""A rule that agents begin as: they imitate the best before they learn to be better."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.evaluation.baselines import baselines
from marl_routing.evaluation.episodes import rollout
from marl_routing.evaluation.protocol import require_fit
from marl_routing.evaluation.seeds import TRAINING
from marl_routing.policies import BidPolicy, Policy, load_policy
from marl_routing.policies.policy import Actions, ObservingPolicy
from marl_routing.scenario import Scenario

BEST, NOBODY = "best", "none"
TUNED = "optimised_index"
EPISODES = 16  # in which the rules are compared


class Teacher:
    """What a rule would do on the desks of a batch, which the rule and its pupil share.

    Pupils who only saw the rule's own states would be lost in those that their mistakes lead to,
    so they play more and more of the desks themselves (DAgger, Ross et al. 2011).

    Args:
        rule: chooses every agent's action.
        seed: of the rule's draws.
    """

    def __init__(self, rule: Policy, seed: int) -> None:
        self.rule, self._seed = rule, seed

    def begin(self, step: int) -> None:
        """Before a rollout from this step on; so a resumed run draws what it would have drawn."""
        self.rule.reset(self._seed + step)

    def advice(self, desks: DeskBatch) -> Actions:
        """(N, A) int32 what the rule would do."""
        if isinstance(self.rule, ObservingPolicy):
            self.rule.observe(desks.observations)
        return self.rule.act(desks.view(), desks.action_masks)

    def lead(self, actions: Actions, advice: Actions, done: float) -> None:
        """Put the rule's actions in place of the pupil's on the desks that it still plays.

        Args:
            actions: (N, A) the pupil's, changed.
            advice: (N, A) the rule's.
            done: share of the lesson that is over.
        """
        led: NDArray[np.bool_] = np.arange(len(actions)) >= done * len(actions)
        actions[led] = advice[led]


def find_teacher(scenario: Scenario, name: str, seed: int) -> Teacher | None:
    """The rule of a name; with `best`, the best of the baselines on training seeds.

    Args:
        scenario: the desk.
        name: of a policy, `best` or `none`.
        seed: of the rule's draws.

    Raises:
        ValueError: there is no such policy, it does not fit the desk, or it sends bids.
    """
    if name == NOBODY:
        return None
    rule = load_policy(_best(scenario) if name == BEST else name)
    require_fit(rule, scenario)
    if isinstance(rule, BidPolicy):
        raise ValueError(f"setting teacher: expected a policy that accepts, {name} bids")
    return Teacher(rule, TRAINING + seed)


def _best(scenario: Scenario) -> str:
    """The name of the best rule."""
    rewards = dict[str, float]()
    for name in (*baselines(scenario), TUNED):
        rule = load_policy(name)
        try:
            require_fit(rule, scenario)
        except ValueError:
            continue  # the index has not been tuned on this desk
        if not isinstance(rule, BidPolicy):
            played = rollout(scenario, rule, EPISODES, TRAINING)
            rewards[name] = float(np.mean([kpis["reward"] for kpis in played]))
    return max(rewards, key=rewards.__getitem__)

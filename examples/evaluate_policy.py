"""Compare a policy of one's own with two shipped ones on the same tickets."""

import numpy as np

from marl_routing.core.view import DeskView
from marl_routing.evaluation import compare
from marl_routing.policies.policy import Actions, Masks

EPISODES = 20


class FirstVisible:
    """Agents with a free hand ask for the first ticket they may take; colleagues may collide."""

    name = "first_visible"

    def reset(self, seed: int) -> None:
        """Nothing to forget."""

    def act(self, view: DeskView, masks: Masks) -> Actions:
        """(N, A) int32, for N desks at once."""
        accepts = masks[:, :, 1:]
        first = np.where(accepts.any(axis=2), 1 + accepts.argmax(axis=2), 0)
        return np.where(view.available, first, 0).astype(np.int32)


def main(episodes: int = EPISODES) -> None:
    result = compare("nested_085", [FirstVisible(), "best_skill", "lp_specialist"], episodes)
    for policy in result.ranking:
        reward, behind = result.interval(policy), result.difference(policy)
        print(f"{policy:14} reward {reward.mean:8.0f}, behind the best {behind.mean:8.0f}")
    print(result.headline())


if __name__ == "__main__":
    main()

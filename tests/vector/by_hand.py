"""One parallel environment a desk, stepped by hand: what shared-policy rows have to be."""

from typing import Any, NamedTuple

import numpy as np

from marl_routing import ticket_routing_v0


class Rows(NamedTuple):
    """What a step gave, a row an agent."""

    observations: Any
    rewards: Any
    truncated: Any
    masks: Any


class DesksByHand:
    """Desk i has seed `seed + i`; the caller resets them."""

    def __init__(self, scenario, desks):
        self.envs = [ticket_routing_v0.parallel_env(scenario) for _ in range(desks)]
        self.agents = self.envs[0].possible_agents
        self.mask_name = "bid_mask" if self.envs[0]._bidding else "action_mask"

    def reset(self, seed=None):
        """Of all; returns rows."""
        moments = [
            env.reset(seed=None if seed is None else seed + i) for i, env in enumerate(self.envs)
        ]
        return self._rows([(seen, {}, {}, {}, infos) for seen, infos in moments])

    def step(self, actions):
        """Of all; returns rows."""
        joint = np.reshape(actions, (len(self.envs), len(self.agents), *np.shape(actions)[1:]))
        return self._rows(
            [
                env.step(dict(zip(self.agents, row, strict=True)))
                for env, row in zip(self.envs, joint, strict=True)
            ]
        )

    def _rows(self, moments):
        def gather(part, default):
            return np.array([m[part].get(agent, default) for m in moments for agent in self.agents])

        masks = [m[4][agent][self.mask_name] for m in moments for agent in self.agents]
        return Rows(gather(0, None), gather(1, 0.0), gather(3, False), np.array(masks))

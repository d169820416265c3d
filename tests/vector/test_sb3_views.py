"""The single-agent views as environments of Stable-Baselines3: Gymnasium's rows, told its way."""

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from sb3_contrib.common.maskable.utils import get_action_masks

from marl_routing.vector import ConversationVectorEnv, DispatcherVectorEnv, TriageVectorEnv
from marl_routing.vector.sb3_views import ViewVecEnv
from tests.vector.playing import DESKS, SHORT, assert_alike, choose, operations
from tests.vector.test_views import BUGS

SAME = {"num_envs": DESKS, "autoreset_mode": AutoresetMode.SAME_STEP}
MAKERS = {
    "dispatcher": lambda: DispatcherVectorEnv(scenario=SHORT, **SAME),
    "triage": lambda: TriageVectorEnv(scenario=BUGS, **SAME),
    "conversation": lambda: ConversationVectorEnv(expertise=0.9, **SAME),
}


@pytest.mark.parametrize("name", MAKERS)
def test_rows_are_those_of_gymnasium(name):
    rows, envs, rng = ViewVecEnv(MAKERS[name]()), MAKERS[name](), np.random.default_rng(0)
    rows.seed(7)
    observations, told = envs.reset(seed=7)
    assert_alike(rows.reset(), observations)
    ends = 0
    while ends < 2:
        masks = told["action_mask"]
        if name == "triage":
            masks, actions = np.concatenate(masks, 1), operations(envs.operation_masks(), rng)
        else:
            actions = choose(masks, rng)
        np.testing.assert_array_equal(get_action_masks(rows), masks)
        observations, rewards, terminated, truncated, told = envs.step(actions)
        seen, paid, dones, infos = rows.step(actions)
        assert_alike(seen, observations)
        np.testing.assert_allclose(paid, rewards, rtol=1e-6)
        np.testing.assert_array_equal(dones, terminated | truncated)
        for row, info in enumerate(infos):
            assert bool(info) == dones[row]
            if info:
                ends += 1
                assert info["TimeLimit.truncated"] == (name != "conversation")
                assert_alike(info["terminal_observation"], told["final_obs"][row])


def test_another_autoreset_is_refused():
    with pytest.raises(ValueError, match="expected autoreset_mode SAME_STEP"):
        ViewVecEnv(DispatcherVectorEnv(DESKS, SHORT))

"""Episodes inside the kernel are those that steps play, with the compiler and without it.

`make coverage` runs this file with NUMBA_DISABLE_JIT=1: compiled code leaves no trace for coverage.
"""

import pytest

from marl_routing import load_scenario
from marl_routing.evaluation import rollout, rollout_in_steps
from marl_routing.evaluation.compiled import is_compiled
from marl_routing.policies import list_policies, load_policy
from marl_routing.policies.indices import shipped_path

# NumPy says so when hashes wrap around, which compiled code does in silence.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")

SEED = 2**64 - 1  # so that the second desk has seed 0
RULES = list_policies()
EPISODES = [
    *(("small_desk", name) for name in RULES),
    ("small_desk", f"optimised_index:weights={shipped_path('small_desk')}"),
    *(("auction_desk", name) for name in list_policies(bidding=True)[-4:]),
    *(("support_bfsi", name) for name in list_policies(talking=True)[-3:]),
]


@pytest.mark.parametrize(("desk", "name"), EPISODES)
def test_the_kernel_plays_the_episodes_that_steps_play(desk: str, name: str) -> None:
    policy = load_policy(name)
    assert is_compiled(policy)
    scenario = load_scenario(desk, **{"time.horizon_steps": 60})
    in_steps = rollout_in_steps(scenario, policy, 2, SEED)
    whole = rollout(scenario, policy, 2, SEED)
    assert repr(whole) == repr(in_steps)  # nan equals nan in a repr
    assert whole[0]["illegal_actions"] == 0
    assert any(kpis["resolved"] for kpis in whole) == (name != "pass")

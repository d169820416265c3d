"""Many desks at once: vector environments of Gymnasium and Stable-Baselines3, and shared memory."""

from typing import TYPE_CHECKING, Any

from marl_routing.vector.arrays import SharedRows, shared_rows, shared_tensors
from marl_routing.vector.conversation import ConversationVectorEnv
from marl_routing.vector.dispatcher import DispatcherVectorEnv
from marl_routing.vector.shared_policy import SharedPolicyVectorEnv
from marl_routing.vector.triage import TriageVectorEnv

if TYPE_CHECKING:
    from marl_routing.vector.stable_baselines import SharedPolicyVecEnv

__all__ = [
    "ConversationVectorEnv",
    "DispatcherVectorEnv",
    "SharedPolicyVecEnv",
    "SharedPolicyVectorEnv",
    "SharedRows",
    "TriageVectorEnv",
    "shared_rows",
    "shared_tensors",
]


def __getattr__(name: str) -> Any:
    """`SharedPolicyVecEnv` brings Stable-Baselines3, and so PyTorch, only when it is asked for."""
    if name != "SharedPolicyVecEnv":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from marl_routing.vector.stable_baselines import SharedPolicyVecEnv

    return SharedPolicyVecEnv

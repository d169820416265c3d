"""The desk one agent at a time (AEC), by PettingZoo's own conversion of the parallel one."""

from typing import Any

from pettingzoo import AECEnv
from pettingzoo.utils.conversions import parallel_to_aec_wrapper
from pettingzoo.utils.wrappers import OrderEnforcingWrapper

from marl_routing.envs.parallel import TicketRoutingEnv


def raw_env(*args: Any, **kwargs: Any) -> AECEnv[str, Any, Any]:
    """The AEC environment without order checks; arguments as `parallel_env`'s."""
    return parallel_to_aec_wrapper(TicketRoutingEnv(*args, **kwargs))


def env(*args: Any, **kwargs: Any) -> AECEnv[str, Any, Any]:
    """The AEC environment; arguments as `parallel_env`'s. `env.unwrapped` is the parallel one."""
    return OrderEnforcingWrapper(raw_env(*args, **kwargs))

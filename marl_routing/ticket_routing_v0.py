"""PettingZoo's module for the desk: `parallel_env`, `env` (AEC) and `raw_env`."""

from marl_routing.envs.aec import env, raw_env
from marl_routing.envs.parallel import TicketRoutingEnv as parallel_env

__all__ = ["env", "parallel_env", "raw_env"]

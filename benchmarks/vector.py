"""64 desks as one vector environment for Stable-Baselines3: ours, and SuperSuit's chain.

Needs the extra `train`.
"""

import time
from collections.abc import Callable
from typing import Any

from benchmarks.contender import Contender
from benchmarks.desks import DEFAULT, SEED, Tape, default_tape
from marl_routing import ticket_routing_v0

DESKS = 64
SHORT = 50  # steps of the chain: it is slow


def native_env() -> Any:
    """One row an agent, over one `DeskBatch`."""
    from marl_routing.vector import SharedPolicyVecEnv

    return SharedPolicyVecEnv(DEFAULT, DESKS)


def supersuit_env() -> Any:
    """The same from PettingZoo's parallel env, by SuperSuit's wrappers."""
    import supersuit

    env = ticket_routing_v0.parallel_env(DEFAULT)
    rows = supersuit.pettingzoo_env_to_vec_env_v1(env)
    return supersuit.concat_vec_envs_v1(rows, DESKS, base_class="stable_baselines3")


def native() -> Contender:
    """Whole episodes of the native vector env."""
    env = native_env()

    def begin() -> None:
        env.seed(SEED)
        env.reset()

    return _steps(env, begin, default_tape(DESKS))


def supersuit_chain() -> Contender:
    """The first steps of the same episodes through SuperSuit, whose wrapper for SB3 cannot seed."""
    env = supersuit_env()
    return _steps(env, lambda: env.venv.reset(seed=SEED), default_tape(DESKS)[:SHORT])


def _steps(env: Any, begin: Callable[[], object], tape: Tape) -> Contender:
    rows = [actions.reshape(-1) for actions in tape]

    def play() -> None:
        for actions in rows:
            env.step(actions)

    return Contender(len(rows) * env.num_envs, play, begin)


def share_of_ppo(make_env: Callable[[], Any], steps: int) -> Callable[[], float]:
    """The share of processor time that one iteration of PPO spends in the environment.

    Args:
        make_env: makes the vector env.
        steps: of a rollout.
    """
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.utils import set_random_seed
    from stable_baselines3.common.vec_env import VecEnvWrapper

    class Timed(VecEnvWrapper):
        """Counts the seconds within."""

        seconds = 0.0

        def reset(self) -> Any:
            return self._timed(self.venv.reset)

        def step_async(self, actions: Any) -> None:
            self._timed(lambda: self.venv.step_async(actions))

        def step_wait(self) -> Any:
            return self._timed(self.venv.step_wait)

        def _timed(self, call: Callable[[], Any]) -> Any:
            start = time.process_time()
            result = call()
            self.seconds += time.process_time() - start
            return result

    torch.set_num_threads(1)
    set_random_seed(SEED)
    env = Timed(make_env())
    rollout = steps * env.num_envs
    model = PPO("MlpPolicy", env, n_steps=steps, batch_size=2048, device="cpu")
    model.learn(rollout)

    def take() -> float:
        env.seconds, start = 0.0, time.process_time()
        model.learn(rollout)
        return env.seconds / (time.process_time() - start)

    return take

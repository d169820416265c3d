"""Train PPO to talk to customers, and compare it with rules on the same ones.

Needs the extra `train`. The default is tiny, to be seen running; give --steps 200000 to learn.
"""

import argparse
from collections.abc import Callable, Sequence

import gymnasium
import numpy as np
from numpy.typing import NDArray
from stable_baselines3 import PPO

import marl_routing  # noqa: F401  (registers the environment)
from marl_routing.core.conversation_record import STRATEGIES
from marl_routing.evaluation.seeds import TEST, TRAINING
from marl_routing.evaluation.statistics import mean_interval
from marl_routing.policies import load_policy
from marl_routing.policies.talking import TalkingPolicy
from marl_routing.views.conversation import CustomerSupport

ENVIRONMENT = "marl_routing/CustomerSupport-v0"
RULES = ("table_greedy", "calm_then_solve", *(f"fixed:strategy={name}" for name in STRATEGIES))
Speaker = Callable[[CustomerSupport, NDArray[np.float32]], int]


def play(speaker: Speaker, industry: str, episodes: int) -> list[float]:
    """Returns of conversations with the same customers for every speaker."""
    env = CustomerSupport(industry)
    observation, _ = env.reset(seed=TEST)
    returns = []
    for _ in range(episodes):
        total, over = 0.0, False
        while not over:
            observation, reward, over, _, _ = env.step(speaker(env, observation))
            total += reward
        returns.append(total)
        observation, _ = env.reset()
    return returns


def tell(name: str, returns: Sequence[float]) -> None:
    mean, low, high = mean_interval(np.array(returns))
    print(f"{name}: {mean:.3f}, 95 % interval {low:.3f} to {high:.3f}")


def rule(name: str) -> Speaker:
    policy = load_policy(name)
    assert isinstance(policy, TalkingPolicy)
    return lambda env, _: policy.answer(env)


def main(industry: str, steps: int, seeds: int, episodes: int) -> None:
    rules = {name: play(rule(name), industry, episodes) for name in RULES}
    best_fixed = max((name for name in RULES if "fixed" in name), key=lambda n: np.mean(rules[n]))
    for name in (best_fixed, "table_greedy", "calm_then_solve"):
        tell(name, rules[name])
    learned: list[float] = []
    for seed in range(seeds):
        env = gymnasium.make(ENVIRONMENT, industry=industry)
        model = PPO("MlpPolicy", env, seed=TRAINING + seed, device="cpu")
        model.learn(total_timesteps=steps)

        def speaker(
            _: CustomerSupport, observation: NDArray[np.float32], model: PPO = model
        ) -> int:
            return int(model.predict(observation, deterministic=True)[0])

        returns = play(speaker, industry, episodes)
        tell(f"PPO after {steps} turns, seed {seed}", returns)
        learned.append(float(np.mean(returns)))
    if seeds > 1:
        tell(f"PPO over {seeds} seeds", learned)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--industry", default="bfsi")
    parser.add_argument("--steps", type=int, default=2048, help="turns to train on")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--episodes", type=int, default=100, help="conversations to test on")
    arguments = parser.parse_args()
    main(arguments.industry, arguments.steps, arguments.seeds, arguments.episodes)

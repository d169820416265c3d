"""Train PPO as the central dispatcher, save it, load it and let it decide.

Needs the extra `train`. The default is tiny, to be seen running; give --steps 200000 to learn.
"""

import argparse
import tempfile
from pathlib import Path

import gymnasium
from stable_baselines3 import PPO

import marl_routing  # noqa: F401  (registers the environment)
from marl_routing.evaluation.seeds import TEST, TRAINING

ENVIRONMENT, SCENARIO = "marl_routing/TicketRouting-v0", "small_desk"


def train(steps: int, path: Path) -> None:
    env = gymnasium.make(ENVIRONMENT, scenario=SCENARIO)
    model = PPO("MultiInputPolicy", env, n_steps=128, batch_size=64, seed=TRAINING, device="cpu")
    model.learn(total_timesteps=steps)
    model.save(path)


def evaluate(path: Path, seed: int) -> float:
    """The reward of one episode of the saved model."""
    model = PPO.load(path, device="cpu")
    env = gymnasium.make(ENVIRONMENT, scenario=SCENARIO)
    observation, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        action, _ = model.predict(observation, deterministic=True)
        observation, reward, terminated, truncated, _ = env.step(action)
        total, over = total + float(reward), terminated or truncated
    return total


def main(steps: int = 256) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dispatcher.zip"
        train(steps, path)
        print(f"reward of one episode after {steps} decisions: {evaluate(path, seed=TEST):.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=256, help="decisions to train on")
    main(parser.parse_args().steps)

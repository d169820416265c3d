"""What `marl-routing train` learns, over several seeds: `python -m docs.learning [STUDY ...]`.

Each study trains a number of seeds, two at a time, and plays what they learned on the test seeds of
the leaderboard, whose rules met the same tickets. Results are kept in learning.json as they come.
"""

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from marl_routing.evaluation import rollout
from marl_routing.evaluation.seeds import TEST
from marl_routing.policies import load_policy
from marl_routing.scenario import load_scenario
from marl_routing.scenario.writing import write_file

FOLDER = Path(__file__).parent
KEPT, BOARD = FOLDER / "learning.json", FOLDER / "leaderboard.json"
SEEDS, EPISODES, PROCESSES = 5, 128, 2
CHECKPOINT = 1_000_000  # agent-steps, as of the command
INDEX = "optimised_index"


@dataclass(frozen=True)
class Study:
    """A way to train on a desk.

    Attributes:
        scenario: name of the desk.
        agent_steps: in millions.
        settings: other than the defaults.
        seeds: how many are trained.
    """

    scenario: str
    agent_steps: float
    settings: dict[str, Any] = field(default_factory=dict)
    seeds: int = SEEDS


SCRATCH = {"teacher": "none", "epochs": 2, "learning_rate": 2e-3, "entropy": 1e-3, "gamma": 0.99}
STUDIES = {
    "x_desk": Study("exact/x_desk", 6, SCRATCH | {"episode_steps": 200}),
    "v_desk": Study("exact/v_desk", 6, SCRATCH | {"episode_steps": 200}),
    "chain_085": Study("chain_085", 20),
    "nested_085": Study("nested_085", 15),
    "saas_balanced": Study("saas_balanced", 30),
    "servicenow_itsm": Study("servicenow_itsm", 20),
    "auction_desk": Study("auction_desk", 20),
    "incident_storm": Study("incident_storm", 30),
}


def train_one(name: str, seed: int) -> dict[str, Any]:
    """Train one seed of a study as `marl-routing train` does, and play it on the test seeds."""
    from marl_routing.training.keeping import Keeper
    from marl_routing.training.mappo_trainer import MappoTrainer

    study = STUDIES[name]
    settings = [f"{field}={value}" for field, value in study.settings.items()]
    trainer = MappoTrainer(load_scenario(study.scenario), [*settings, f"seed={seed}"])
    with TemporaryDirectory() as folder:
        keeper, kept = Keeper(trainer, Path(folder)), 0
        began = time.process_time()
        for _ in trainer.learn(int(study.agent_steps * 1e6)):
            if trainer.agent_steps - kept >= CHECKPOINT:
                keeper.keep()
                kept = trainer.agent_steps
        keeper.keep()
        seconds = time.process_time() - began
        rewards = _rewards(study.scenario, folder)
    steps = trainer.agent_steps
    return {"agent_steps": steps, "cpu_seconds": round(seconds, 1), "rewards": rewards}


def _rewards(scenario: str, policy: str) -> list[float]:
    """(EPISODES,) reward a step of each episode."""
    episodes = rollout(load_scenario(scenario), load_policy(policy), EPISODES, TEST)
    return [round(float(kpis["reward_per_step"]), 5) for kpis in episodes]


def main(names: list[str]) -> None:
    """Train what is not kept yet of some studies, or of all."""
    kept: dict[str, Any] = json.loads(KEPT.read_text()) if KEPT.is_file() else {}
    missing = [
        (name, seed)
        for name in names or STUDIES
        for seed in range(STUDIES[name].seeds)
        if str(seed) not in kept.get(name, {})
    ]
    with ProcessPoolExecutor(PROCESSES) as pool:
        runs = {pool.submit(train_one, *run): run for run in missing}
        for done in as_completed(runs):
            name, seed = runs[done]
            kept.setdefault(name, {})[str(seed)] = done.result()
            write_file(KEPT, json.dumps(kept, sort_keys=True) + "\n")
            print(f"{name}, seed {seed}: {np.mean(done.result()['rewards']):.3f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

"""What `marl-routing train` learns, over seeds: `python -m docs.learning [--fresh] [STUDY ...]`.

Each study trains a number of seeds, two at a time, and plays what they learned on the test seeds of
the leaderboard, whose rules met the same tickets. Results are kept in learning.json as they come.
"""

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from docs.tables import table
from marl_routing.evaluation import rollout
from marl_routing.evaluation.seeds import TEST
from marl_routing.evaluation.suite.standings import kind_of
from marl_routing.evaluation.suite.tasks import OPTIMAL, RULE
from marl_routing.policies import load_policy
from marl_routing.scenario import load_scenario
from marl_routing.scenario.writing import write_file
from marl_routing.training.settings import Settings

FOLDER = Path(__file__).parent
KEPT, BOARD = FOLDER / "learning.json", FOLDER / "leaderboard.json"
SEEDS, EPISODES, PROCESSES = 5, 128, 2
CHECKPOINT = 1_000_000  # agent-steps, as of the command
INDEX = "optimised_index"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Study:
    """A way to train on a desk.

    Attributes:
        scenario: name of the desk.
        agent_steps: in millions.
        settings: other than the defaults.
    """

    scenario: str
    agent_steps: float
    settings: dict[str, Any] = field(default_factory=dict)


FROM_NOTHING = {
    "teacher": "none",
    "epochs": 2,
    "learning_rate": 2e-3,
    "entropy": 1e-3,
    "gamma": 0.99,
    "episode_steps": 200,
}
FASTER = {"learning_rate": 5e-4}
STUDIES = {
    "x_desk": Study("exact/x_desk", 6, FROM_NOTHING),
    "v_desk": Study("exact/v_desk", 6, FROM_NOTHING),
    "chain_085": Study("chain_085", 20, FASTER),
    "auction_desk": Study("auction_desk", 10),
    "saas_balanced": Study("saas_balanced", 15),
    "incident_storm": Study("incident_storm", 15),
    "nested_085": Study("nested_085", 10, FASTER),
    "auction_for_oneself": Study("auction_desk", 10, {"team_share": 0.0}),
    "servicenow_itsm": Study("servicenow_itsm", 10),
    "chain_from_nothing": Study("chain_085", 20, FROM_NOTHING),
}


def train_one(name: str, seed: int) -> dict[str, Any]:
    """Train one seed of a study as `marl-routing train` does, and play it on the test seeds."""
    from marl_routing.training.keeping import Keeper, learning
    from marl_routing.training.mappo_trainer import MappoTrainer

    study = STUDIES[name]
    settings = [f"{field}={value}" for field, value in study.settings.items()]
    trainer = MappoTrainer(load_scenario(study.scenario), [*settings, f"seed={seed}"])
    with TemporaryDirectory() as folder:
        keep, began = Keeper(trainer, Path(folder)).keep, time.process_time()
        for _ in learning(trainer, keep, int(study.agent_steps * 1e6), CHECKPOINT):
            pass
        seconds = time.process_time() - began
        rewards = _rewards(study.scenario, folder)
    steps = trainer.agent_steps
    return {"agent_steps": steps, "cpu_seconds": round(seconds, 1), "rewards": rewards}


def _rewards(scenario: str, policy: str) -> list[float]:
    """(EPISODES,) reward a step of each episode."""
    episodes = rollout(scenario, load_policy(policy), EPISODES, TEST)
    return [round(float(kpis["reward_per_step"]), 5) for kpis in episodes]


def main(names: list[str], fresh: bool) -> None:
    """Train what is not kept yet of some studies, or all of them; `fresh` keeps nothing."""
    kept: dict[str, Any] = json.loads(KEPT.read_text()) if KEPT.is_file() else {}
    if fresh:
        kept = {name: runs for name, runs in kept.items() if names and name not in names}
    missing = [
        (name, seed)
        for seed in range(SEEDS)
        for name in names or STUDIES
        if str(seed) not in kept.get(name, {})
    ]
    with ProcessPoolExecutor(PROCESSES) as pool:
        runs = {pool.submit(train_one, *run): run for run in missing}
        for done in as_completed(runs):
            name, seed = runs[done]
            kept.setdefault(name, {})[str(seed)] = done.result()
            write_file(KEPT, json.dumps(kept, sort_keys=True) + "\n")
            print(f"{name}, seed {seed}: {np.mean(done.result()['rewards']):.3f}", flush=True)


def learning_table() -> str:
    """What was learned, against the best simple rule, the index, and the optimum where known."""
    kept, board = json.loads(KEPT.read_text()), json.loads(BOARD.read_text())["results"]
    return table(
        "| study | seeds | million agent-steps | CPU seconds | learned | best rule | ahead of it "
        "| ahead of the index | ahead of Hungarian | behind the optimum |",
        (_row(name, STUDIES[name], kept[name], board) for name in STUDIES if name in kept),
    )


def study_commands() -> str:
    """How a seed of each study is trained by hand."""
    lines = []
    for name, study in STUDIES.items():
        settings = "".join(f" --setting {field}={value}" for field, value in study.settings.items())
        steps = int(study.agent_steps * 1e6)
        lines.append(f"marl-routing train {study.scenario} --steps {steps}{settings}  # {name}")
    return "\n".join(["```text", *lines, "```"])


def settings_table() -> str:
    """The settings of the recipe."""
    defaults = asdict(Settings())
    return table(
        "| setting | default |", ((f"`{name}`", value) for name, value in defaults.items())
    )


def _row(name: str, study: Study, runs: dict[str, Any], board: dict[str, Any]) -> list[str]:
    learned = np.array([run["rewards"] for run in runs.values()])
    rivals = {
        policy: np.array(row["rewards"])
        for policy, row in board[study.scenario].items()
        if len(row["rewards"]) == EPISODES
    }
    rule = max((p for p in rivals if kind_of(p) == RULE), key=lambda p: rivals[p].mean())
    seconds = np.median([run["cpu_seconds"] for run in runs.values()])
    optimum = OPTIMAL in rivals
    return [
        f"`{name}`",
        str(len(runs)),
        f"{study.agent_steps:g}",
        f"{seconds:.0f}",
        _interval(learned.mean(axis=1), "{:.3f}"),
        f"`{rule}` {rivals[rule].mean():.3f}",
        *(_ahead(learned, rivals.get(rival)) for rival in (rule, INDEX, "hungarian")),
        _ahead(-learned, -rivals[OPTIMAL]) if optimum else "",
    ]


def _ahead(learned: Floats, rival: Floats | None) -> str:
    """Per cent of a rival's reward, on the same tickets, over seeds."""
    if rival is None:
        return ""
    return _interval(100 * (learned.mean(axis=1) - rival.mean()) / abs(rival.mean()), "{:+.1f} %")


def _interval(values: Floats, form: str) -> str:
    """The mean over seeds, and its 95 % interval (Student's t)."""
    mean = float(values.mean())
    if len(values) < 2:
        return form.format(mean)
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5
    low, high = (form.format(mean + side * half) for side in (-1, 1))
    return f"{form.format(mean)} ({low} to {high})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", nargs="*", help=f"of {', '.join(STUDIES)}; all by default")
    parser.add_argument("--fresh", action="store_true", help="train also what is kept")
    arguments = parser.parse_args()
    for name in arguments.study:
        if name not in STUDIES:
            parser.error(f"study: expected one of {', '.join(STUDIES)}, not {name!r}")
    main(arguments.study, arguments.fresh)

"""Stable-Baselines3's algorithms as trainers: figures, models that are policies, checkpoints."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from marl_routing import DeskBatch, load_scenario
from marl_routing.evaluation import rollout
from marl_routing.evaluation.seeds import TRAINING
from marl_routing.policies import load_policy
from marl_routing.policies.saved_model import SavedModel
from marl_routing.training.mappo import SEEDS_APART
from marl_routing.training.stable_baselines import StableTrainer
from marl_routing.training.trainer import make_trainer
from tests.vector.playing import SHORT
from tests.vector.test_views import BUGS

BANK = load_scenario("support_bfsi")
TINY = ["desks=4", "n_steps=8"]
FACES = [
    ("maskable_ppo", "parallel", SHORT, 8 * 4 * 2),
    ("dqn", "parallel", SHORT, 8 * 4 * 2),
    ("ppo", "dispatcher", SHORT, 8 * 4),
    ("maskable_ppo", "triage", BUGS, 8 * 4),
    ("a2c", "conversation", BANK, 8 * 4),
]


def make(algorithm: str, view: str, desk: Any, *settings: str) -> StableTrainer:
    starts = ["learning_starts=16"] if algorithm == "dqn" else []
    trainer = make_trainer(algorithm, view, desk, [*TINY, *starts, *settings])
    assert isinstance(trainer, StableTrainer)
    return trainer


def weights(trainer: StableTrainer) -> np.ndarray:
    return np.concatenate([w.numpy().ravel() for w in trainer.model.policy.state_dict().values()])


@pytest.mark.parametrize(("algorithm", "view", "desk", "update"), FACES)
def test_a_run_tells_figures_and_goes_on_from_its_checkpoint(
    algorithm: str, view: str, desk: Any, update: int, tmp_path: Path
) -> None:
    trainer = make(algorithm, view, desk)
    figures = list(trainer.learn(3 * update))
    assert trainer.agent_steps == 3 * update
    assert len({tuple(row) for row in figures}) == 1
    assert all(np.isfinite([row["reward_per_step"], row["value"]]).all() for row in figures[1:])
    trainer.save_model(tmp_path)
    trainer.save_checkpoint(tmp_path)
    card = json.loads((tmp_path / "model.json").read_text())
    assert (card["algorithm"], card["view"], card["agent_steps"]) == (algorithm, view, 3 * update)
    assert card["versions"]["stable-baselines3"]
    assert trainer.kpis(tmp_path)["reward"] == trainer.kpis(tmp_path)["reward"]
    again = make(algorithm, view, desk)
    assert (weights(again) != weights(trainer)).any()
    again.load_checkpoint(tmp_path)
    np.testing.assert_array_equal(weights(again), weights(trainer))
    assert again._rows.ret_rms.var == trainer._rows.ret_rms.var
    assert len(list(again.learn(4 * update))) == 1
    assert again.agent_steps == 4 * update
    assert (weights(again) != weights(trainer)).any()


def test_a_seed_repeats_and_another_differs() -> None:
    def learned(seed: int) -> np.ndarray:
        trainer = make("maskable_ppo", "parallel", SHORT, f"seed={seed}")
        list(trainer.learn(2 * 64))
        return weights(trainer)

    once = learned(1)
    np.testing.assert_array_equal(learned(1), once)
    assert (learned(2) != once).any()


def test_training_seeds_are_played() -> None:
    desks = DeskBatch(SHORT, 4)
    desks.reset(seed=TRAINING + 3 * SEEDS_APART)
    rows = make("ppo", "parallel", SHORT, "seed=3").model.get_env().reset()
    np.testing.assert_array_equal(rows, desks.observations.reshape(8, -1))


def test_rewards_are_told_as_they_were_paid() -> None:
    trainer = make("ppo", "parallel", SHORT)
    (figures,) = trainer.learn(64)
    paid = trainer.model.get_env().unwrapped.desks.states["reward"].sum() / (4 * 8)
    assert paid < 0
    assert figures["reward_per_step"] == pytest.approx(paid)


def test_what_off_policy_learning_remembers_is_kept(tmp_path: Path) -> None:
    trainer = make("dqn", "parallel", SHORT)
    list(trainer.learn(2 * 64))
    trainer.save_checkpoint(tmp_path)
    again = make("dqn", "parallel", SHORT)
    again.load_checkpoint(tmp_path)
    for name in ("observations", "actions", "rewards", "pos", "full"):
        one, other = (getattr(each.model.replay_buffer, name) for each in (trainer, again))
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("algorithm", ["maskable_ppo", "dqn"])
def test_the_folder_is_a_policy(algorithm: str, tmp_path: Path) -> None:
    trainer = make(algorithm, "parallel", SHORT)
    list(trainer.learn(64))
    trainer.save_model(tmp_path)
    policy = load_policy(str(tmp_path))
    assert isinstance(policy, SavedModel)
    kpis = rollout(SHORT, policy, 2)
    assert kpis[0]["illegal_actions"] == 0
    assert [one["reward"] for one in rollout(SHORT, load_policy(str(tmp_path)), 2)] == [
        one["reward"] for one in kpis
    ]


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    make("ppo", "parallel", SHORT).save_checkpoint(tmp_path)
    with pytest.raises(ValueError, match="another algorithm or view"):
        make("maskable_ppo", "parallel", SHORT).load_checkpoint(tmp_path)
    with pytest.raises(ValueError, match="another settings"):
        make("ppo", "parallel", SHORT, "gamma=0.9").load_checkpoint(tmp_path)


@pytest.mark.parametrize(
    ("algorithm", "view", "desk", "message"),
    [
        ("sac", "parallel", "small_desk", "algo: expected one of mappo, maskable_ppo"),
        ("ppo", "central", "small_desk", "view: expected one of parallel, dispatcher"),
        ("mappo", "triage", "engineering_triage", "mappo learns in the view parallel only"),
        ("dqn", "triage", "engineering_triage", "needs one number an action"),
        ("ppo", "parallel", "auction_desk", "needs agents that accept"),
        ("ppo", "triage", "small_desk", "must have verbs"),
        ("ppo", "conversation", "small_desk", "must be a scenario with customers"),
    ],
)
def test_what_does_not_go_together_is_refused(
    algorithm: str, view: str, desk: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make_trainer(algorithm, view, load_scenario(desk), [])

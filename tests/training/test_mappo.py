"""The MAPPO recipe: what it learns from, and that it goes on as if never interrupted."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from marl_routing import DeskBatch, load_scenario
from marl_routing.evaluation import rollout
from marl_routing.policies import load_policy
from marl_routing.policies.learned import Learned
from marl_routing.training import (
    Learner,
    Settings,
    load_checkpoint,
    save_checkpoint,
    save_model,
    train,
)
from marl_routing.training.networks import Critic, Layout

DESK = "small_desk"
TINY = Settings(desks=16, rollout_steps=8, episode_steps=40, teacher="threshold", taught=0.5)
ROLLOUT = 16 * 8 * 2  # agent-steps


def learned(steps: int, settings: Settings = TINY, folder: Path | None = None) -> Learner:
    """After so many agent-steps, from a checkpoint if there is a folder."""
    learner = Learner.on(DESK, settings)
    if folder is not None:
        load_checkpoint(learner, folder)
    for _ in train(learner, steps):
        pass
    return learner


def weights(learner: Learner) -> np.ndarray:
    return torch.cat([w.detach().flatten() for w in learner.actor.parameters()]).numpy()


def test_a_seed_repeats_and_another_differs() -> None:
    once = weights(learned(3 * ROLLOUT))
    np.testing.assert_array_equal(weights(learned(3 * ROLLOUT)), once)
    assert (weights(learned(3 * ROLLOUT, replace(TINY, seed=1))) != once).any()


def test_a_resumed_run_goes_on_as_the_same_run(tmp_path: Path) -> None:
    learner = Learner.on(DESK, TINY)
    run = train(learner, 7 * ROLLOUT)
    for _ in range(4):
        next(run)
    save_checkpoint(learner, tmp_path)
    for _ in run:
        pass
    np.testing.assert_array_equal(weights(learned(7 * ROLLOUT, folder=tmp_path)), weights(learner))


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"expected checkpoint\.pt"):
        load_checkpoint(Learner.on(DESK, TINY), tmp_path)
    (tmp_path / "checkpoint.pt").write_bytes(b"half")
    with pytest.raises(ValueError, match="is no checkpoint"):
        load_checkpoint(Learner.on(DESK, TINY), tmp_path)
    save_checkpoint(Learner.on(DESK, TINY), tmp_path)
    with pytest.raises(ValueError, match="another settings"):
        load_checkpoint(Learner.on(DESK, replace(TINY, gamma=0.9)), tmp_path)
    other = load_scenario(DESK, arrivals__load=0.5)
    with pytest.raises(ValueError, match="another scenario"):
        load_checkpoint(Learner.on(other, TINY), tmp_path)


def test_only_choices_are_learned_from_and_each_meets_its_own_advantage() -> None:
    learner = Learner.on(DESK, TINY)
    seen = learner.collect()
    made = seen.decisions
    assert (made.legal.sum(1) > 1).all()
    assert made.legal.gather(1, made.actions[:, None]).all()
    assert len(made.where) == len(made.inputs) < ROLLOUT
    assert seen.advantages.shape == (16 * 8, 1)
    assert int(made.where.max()) < 16 * 8
    assert (made.where.diff() >= 0).all()


def test_agents_that_are_paid_alone_have_advantages_of_their_own() -> None:
    selfish = load_scenario(DESK, reward__sharing=0.0)
    seen = Learner.on(selfish, replace(TINY, team_share=0.0)).collect()
    assert seen.advantages.shape == (16 * 8, 2)
    assert int(seen.decisions.where.max()) < 16 * 8 * 2
    assert len(seen.decisions.where.unique()) == len(seen.decisions.where)
    assert Learner.on(selfish, TINY).collect().advantages.shape == (16 * 8, 1)


def test_an_agent_is_paid_its_own_reward_and_the_teams() -> None:
    selfish = load_scenario(DESK, reward__sharing=0.0)
    rewards = np.array([[1.0, 3.0]], np.float32)
    for share, paid in ((0.0, [1.0, 3.0]), (0.5, [1.5, 2.5]), (1.0, [2.0])):
        learner = Learner.on(selfish, replace(TINY, team_share=share))
        np.testing.assert_allclose(learner._pay(rewards), [paid])


def test_values_stay_what_they_are_when_their_unit_changes() -> None:
    torch.manual_seed(0)
    critic = Critic(agents=2, own=3, shared=4, heads=2, hidden=8)
    critic.rescale(torch.tensor([[-3.0], [5.0]]), 0.1)
    inputs = torch.rand(6, 10)
    before = critic.values(inputs)
    critic.rescale(1000.0 * torch.rand(9, 2), 0.1)
    assert float(critic.unit) > 20
    torch.testing.assert_close(critic.values(inputs), before, rtol=1e-4, atol=1e-4)


def test_an_end_is_bootstrapped_and_nothing_beyond_it_counts() -> None:
    learner = Learner.on(DESK, replace(TINY, desks=1, gamma=0.5, gae_lambda=1.0, value_lambda=1.0))
    values = torch.tensor([[[8.0]], [[4.0]], [[2.0]]])  # before steps 0 and 1, and after
    rewards = np.array([[[1.0]], [[3.0]]], np.float32)
    over, state = np.array([True]), learner.desks.state()
    goes_on = (~over, state[:0])
    advantages, returns = learner._judge(values.clone(), rewards, [goes_on, goes_on])
    assert returns.flatten().tolist() == [1 + 0.5 * (3 + 0.5 * 2), 3 + 0.5 * 2]
    np.testing.assert_allclose(advantages, returns - torch.tensor([[8.0], [4.0]]))
    learner.critic.rescale(torch.tensor([[-3.0], [5.0]]), 1.0)
    with torch.no_grad():
        _, returns = learner._judge(values.clone(), rewards, [(over, state), goes_on])
        ahead = float(learner.critic.values(learner.critic.inputs(torch.from_numpy(state))))
    assert ahead != 0
    np.testing.assert_allclose(returns.flatten(), [1 + 0.5 * ahead, 4.0], rtol=1e-6)


def test_a_layout_names_each_number_once() -> None:
    desks = DeskBatch(DESK)
    layout = Layout.of(desks)
    names = [name for name, _, _ in desks.observation_fields()]
    together = np.concatenate([layout.slots.flatten(), layout.context])
    assert sorted(together) == list(range(len(names)))
    for slot, columns in enumerate(layout.slots):
        assert all(names[column].endswith(f"[{slot}]") for column in columns)
    assert "queue_length[0]" in [names[column] for column in layout.context]


def test_a_saved_model_plays_as_the_actor(tmp_path: Path) -> None:
    learner = learned(2 * ROLLOUT)
    save_model(learner, tmp_path)
    policy = load_policy(str(tmp_path))
    assert isinstance(policy, Learned)
    desks = DeskBatch(DESK, num_envs=8)
    desks.reset(seed=3)
    for _ in range(30):
        masks = desks.action_masks
        desk, agent = np.nonzero(masks.sum(axis=2) > 1)
        rows, legal = desks.observations[desk, agent], masks[desk, agent] != 0
        with torch.no_grad():
            scores = learner.actor(torch.from_numpy(rows), torch.from_numpy(legal))
        acts, best = scores[:, 0].exp() < 0.5, 1 + scores[:, 1:].argmax(1)
        expected = np.zeros(masks.shape[:2], np.int32)
        expected[desk, agent] = torch.where(acts, best, 0).numpy()
        policy.observe(desks.observations)
        np.testing.assert_array_equal(policy.act(desks.view(), masks), expected)
        desks.step(expected)


def test_drawn_actions_do_not_depend_on_the_other_desks(tmp_path: Path) -> None:
    save_model(learned(ROLLOUT), tmp_path)
    policy = load_policy(f"{tmp_path}:sampled=1")
    together = rollout(load_scenario(DESK, time__horizon_steps=60), policy, episodes=3, seed=5)
    alone = rollout(load_scenario(DESK, time__horizon_steps=60), policy, episodes=1, seed=7)
    assert str(together[2]) == str(alone[0])


def test_a_saved_model_is_refused_where_it_does_not_fit(tmp_path: Path) -> None:
    save_model(learned(ROLLOUT), tmp_path)
    with pytest.raises(ValueError, match="not those that it was trained on"):
        rollout("saas_balanced", load_policy(str(tmp_path)), episodes=1)


def test_a_longer_run_is_not_taught_again(tmp_path: Path) -> None:
    save_checkpoint(learned(4 * ROLLOUT), tmp_path)
    learner = Learner.on(DESK, TINY)
    load_checkpoint(learner, tmp_path)
    assert learner.lesson == 2
    next(train(learner, 400 * ROLLOUT))
    assert learner.lesson == 2
    untaught = learned(4 * ROLLOUT, replace(TINY, taught=0.0))
    assert untaught.lesson == 0


def test_where_hardly_anybody_has_a_choice_nothing_is_learned_and_nothing_breaks() -> None:
    learner = Learner.on(DESK, replace(TINY, desks=1, rollout_steps=1, teacher="none"))
    for figures in train(learner, 12 * 2):
        assert all(np.isfinite(list(figures.values())))
    assert np.isfinite(weights(learner)).all()

"""Minari gives back the episodes of single-agent views as they were played, bit by bit."""

from pathlib import Path
from typing import Any

import minari
import numpy as np
import pytest

from marl_routing.trajectories.views import collect_view, open_view

PLAYED = {
    "dispatcher": ("small_desk", "shortest_queue"),
    "triage": ("engineering_triage", "rule"),
    "conversation": ("bfsi", "table_greedy"),
}


def collected(view: str, policy: str, folder: Path, episodes: int = 2) -> minari.MinariDataset:
    scenario = PLAYED[view][0]
    assert collect_view(open_view(view, scenario, policy), episodes, folder, seed=3) == episodes
    return minari.MinariDataset(folder / "data")


def require_same(kept: Any, told: Any) -> None:
    """Arrays over time, in dicts and tuples; Minari gives tuples back as dicts, texts as bytes."""
    if isinstance(told, dict):
        assert set(kept) == set(told)
        for name, value in told.items():
            require_same(kept[name], value)
    elif isinstance(told, tuple):
        require_same(kept, {f"_index_{i}": value for i, value in enumerate(told)})
    elif isinstance(told, str):
        assert kept == told.encode()
    else:
        assert np.asarray(kept).dtype == np.asarray(told).dtype
        assert np.asarray(kept).tobytes() == np.asarray(told).tobytes()


def moment(kept: Any, step: int) -> Any:
    return {n: moment(v, step) for n, v in kept.items()} if isinstance(kept, dict) else kept[step]


@pytest.mark.parametrize("view", PLAYED)
def test_episodes_are_read_back_bit_by_bit(view: str, tmp_path: Path) -> None:
    data = collected(view, PLAYED[view][1], tmp_path / "played")
    env = data.recover_environment()
    assert env.observation_space == data.observation_space
    assert env.action_space == data.action_space
    for episode, seed in zip(data.iterate_episodes(), (3, 4), strict=True):
        observation, info = env.reset(seed=seed)
        for step, action in enumerate(episode.actions):
            require_same(moment(episode.observations, step), observation)
            require_same(moment(episode.infos, step), info)
            assert env.action_space.contains(action)
            observation, reward, terminated, truncated, info = env.step(action)
            assert episode.rewards[step] == reward
            assert episode.terminations[step] == terminated
            assert episode.truncations[step] == truncated
        assert terminated or truncated
        require_same(moment(episode.observations, -1), observation)
        require_same(moment(episode.infos, -1), info)


@pytest.mark.parametrize("view", PLAYED)
def test_chance_acts_legally_and_the_same_again(view: str, tmp_path: Path) -> None:
    one = collected(view, "random", tmp_path / "one")[1]
    other = collected(view, "random", tmp_path / "other", episodes=3)[1]
    assert one.actions.tobytes() == other.actions.tobytes()
    assert len(np.unique(one.actions.reshape(len(one.actions), -1)[:, 0])) > 1
    if view != "conversation":
        assert one.infos["illegal_actions"][-1] == 0


def test_a_rule_that_lets_tickets_wait_holds_them(tmp_path: Path) -> None:
    """And hands out as many as its agents would accept, or nearly: it is asked ticket by ticket."""
    episode = collected("dispatcher", "best_skill", tmp_path / "played")[0]
    hold = 2
    assert set(np.unique(episode.actions).tolist()) == {0, 1, hold}
    assert episode.infos["illegal_actions"][-1] == 0
    assert episode.infos["resolved"][-1] > 10


@pytest.mark.parametrize(
    ("view", "scenario", "policy", "message"),
    [
        ("dispatcher", "auction_desk", "truthful", "expected one whose agents accept"),
        ("dispatcher", "small_desk", "fixed", "only where agents talk"),
        ("triage", "engineering_triage", "c_mu", "expected one of rule, random, noop"),
        ("triage", "small_desk", "rule", "must have verbs"),
        ("conversation", "bfsi", "c_mu", "expected random or one that talks"),
    ],
)
def test_who_does_not_fit_a_view_is_refused(
    view: str, scenario: str, policy: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        open_view(view, scenario, policy)


def test_an_interruption_leaves_whole_episodes_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marl_routing.trajectories.views.EPISODES", 2)
    played = open_view("conversation", "bfsi", "random")
    for calls, kept in ((1, 0), (5, 4)):
        left = [calls]

        def interrupt(done: int, left: list[int] = left) -> None:
            left[0] -= done
            if left[0] == 0:
                raise KeyboardInterrupt

        assert collect_view(played, 9, tmp_path / "played", seed=0, progress=interrupt) == kept
        assert [path.name for path in tmp_path.iterdir()] == ["played"] * (kept > 0)
    assert minari.MinariDataset(tmp_path / "played" / "data").total_episodes == 4

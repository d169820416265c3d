from collections.abc import Mapping

import pytest

from marl_routing import ticket_routing_v0
from marl_routing.evaluation import play, rollout
from marl_routing.policies import list_policies, load_policy

DESK = "small_desk"


def same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return repr(dict(one)) == repr(dict(other))  # nan equals nan in a repr


def test_an_episode_does_not_depend_on_how_many_are_played() -> None:
    policy = load_policy("random")
    many = rollout(DESK, policy, 4, seed=10)
    assert len(many) == 4
    assert same(rollout(DESK, policy, 1, seed=12)[0], many[2])
    assert not same(many[0], many[1])


def test_episodes_are_the_same_across_the_border_of_a_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy = load_policy("best_skill")
    whole = rollout(DESK, policy, 5)
    monkeypatch.setattr("marl_routing.evaluation.episodes.BATCH", 2)
    for one, other in zip(rollout(DESK, policy, 5), whole, strict=True):
        assert same(one, other)


def test_policies_meet_the_same_tickets() -> None:
    episodes = [rollout(DESK, load_policy(name), 3) for name in list_policies()]
    arrivals = {tuple(kpis["arrivals"] for kpis in episode) for episode in episodes}
    assert len(arrivals) == 1


@pytest.mark.parametrize("name", ["random", "round_robin", "hungarian"])
def test_a_parallel_env_plays_the_same_episode_as_the_batch(name: str) -> None:
    env = ticket_routing_v0.parallel_env(scenario=DESK)
    alone = play(env, load_policy(name), seed=3)
    assert same(alone, rollout(DESK, load_policy(name), 1, seed=3)[0])
    assert not env.agents


def test_play_stops_early() -> None:
    env = ticket_routing_v0.parallel_env(scenario=DESK)
    kpis = play(env, load_policy("c_mu"), seed=3, max_steps=7)
    assert env.agents
    assert int(env.view().step[0]) == 7
    assert kpis["reward"] == env.metrics()["reward"]


def test_progress_counts_every_step_of_every_desk() -> None:
    told: list[int] = []
    rollout(DESK, load_policy("pass"), 3, progress=told.append)
    assert sum(told) == 3 * 240


def test_no_episodes_and_no_threads_are_refused() -> None:
    with pytest.raises(ValueError, match="episodes must be at least 1, not 0"):
        rollout(DESK, load_policy("pass"), 0)
    with pytest.raises(ValueError, match="num_threads must be at least 1, not 0"):
        rollout(DESK, load_policy("pass"), 1, num_threads=0)


@pytest.mark.parametrize("name", list_policies())
def test_no_policy_acts_illegally_or_collides(name: str) -> None:
    kpis = rollout(DESK, load_policy(name), 2)
    assert all(episode["illegal_actions"] == 0 for episode in kpis)
    if name != "random":
        assert all(episode["lost_accepts"] == 0 for episode in kpis)


@pytest.mark.parametrize("form", ["observation", "none"])
def test_play_without_masks_says_what_it_needs(form: str) -> None:
    env = ticket_routing_v0.parallel_env(scenario=DESK, action_mask=form)
    with pytest.raises(ValueError, match="an env made with action_mask='info'"):
        play(env, load_policy("c_mu"))

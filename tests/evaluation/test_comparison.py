import json

import numpy as np
import pytest

from marl_routing.evaluation import Comparison, compare, rollout
from marl_routing.evaluation.statistics import share_interval
from marl_routing.policies import load_policy

DESK, POLICIES = "small_desk", ["random", "c_mu", "pass"]


@pytest.fixture(scope="module")
def result() -> Comparison:
    return compare(DESK, POLICIES, episodes=6, seed=5)


def test_samples_are_the_rollouts(result: Comparison) -> None:
    episodes = rollout(DESK, load_policy("c_mu"), 6, seed=5)
    for kpi in ("reward", "resolved", "backlog_mean"):
        expected = [episode[kpi] for episode in episodes]
        np.testing.assert_array_equal(result.samples["c_mu"][kpi], expected)


def test_the_best_leads_and_differences_are_paired(result: Comparison) -> None:
    assert result.ranking == ["c_mu", "random", "pass"]
    difference = result.difference("random")
    samples = result.samples["random"]["reward"] - result.samples["c_mu"]["reward"]
    assert difference.mean == pytest.approx(samples.mean())
    assert difference.high < 0
    assert result.difference("c_mu") == (0.0, 0.0, 0.0)


def test_headline_is_one_sentence_with_the_numbers(result: Comparison) -> None:
    text = result.headline()
    assert text.startswith("Over 6 episodes of small_desk with the same tickets")
    assert "c_mu served best" in text
    assert "ahead of random in 100 % of them (difference" in text
    assert "minutes on average, random in" in text
    assert text.endswith(".")
    assert "\n" not in text
    assert "nan" not in text


def test_headline_does_not_claim_what_the_interval_does_not_show() -> None:
    reward = np.array([1.0, 2.0, 3.0])
    samples = {
        "a": {"reward": reward, "resolution_minutes_mean": reward},
        "b": {"reward": reward[::-1] - 0.01, "resolution_minutes_mean": reward},
    }
    text = Comparison("desk", 0, 3, samples).headline()
    assert "a served best" in text
    assert "not distinguishable from b" in text


@pytest.mark.parametrize("policies", [["c_mu"], ["pass"], ["pass", "c_mu"]])
def test_headline_without_a_rival_or_a_resolution(policies: list[str]) -> None:
    text = compare(DESK, policies, episodes=1).headline()
    assert policies[-1] in text
    assert "nan" not in text
    assert "minutes" not in text


def test_interquartile_mean_and_improvement_are_of_the_rewards(result: Comparison) -> None:
    rewards = np.sort(result.samples["random"]["reward"])
    middle = result.interquartile("random")
    assert middle.mean == pytest.approx(rewards[1:-1].mean())
    assert rewards[0] <= middle.low < middle.mean < middle.high <= rewards[-1]
    assert result.improvement("c_mu", "random") == share_interval([1.0] * 6)
    assert result.improvement("random").mean == 0.0
    assert result.improvement("c_mu").mean == 0.5


def test_json_is_plain_and_whole(result: Comparison) -> None:
    data = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert data["best"] == "c_mu"
    assert list(data["policies"]) == result.ranking
    row = data["policies"]["random"]["reward"]
    assert row["episodes"] == result.samples["random"]["reward"].tolist()
    assert row["low"] < row["mean"] < row["high"]
    assert row["minus_best"]["mean"] < 0
    assert row["interquartile_mean"] == result.interquartile("random")._asdict()
    assert row["improvement_over_best"] == result.improvement("random")._asdict()
    assert data["policies"]["pass"]["resolution_minutes_mean"]["mean"] is None


def test_an_interruption_keeps_what_is_finished() -> None:
    def interrupt(policy: str, steps: int) -> None:
        if policy == "random":
            raise KeyboardInterrupt

    result = compare(DESK, ["c_mu", "random", "pass"], 2, progress=interrupt)
    assert list(result.samples) == ["c_mu"]
    assert result.unfinished == ("random", "pass")
    with pytest.raises(KeyboardInterrupt):
        compare(DESK, ["random"], 2, progress=interrupt)


def test_wrong_policies_are_refused() -> None:
    with pytest.raises(ValueError, match="policies: expected at least one"):
        compare(DESK, [])
    with pytest.raises(ValueError, match="policies: c_mu named twice"):
        compare(DESK, ["c_mu", "c_mu"])
    with pytest.raises(ValueError, match="no policy is called 'best'"):
        compare(DESK, ["best"])

import inspect
from itertools import pairwise

import pytest

from marl_routing.cli import calibrate, compare, evaluate, gap, run, validate
from marl_routing.evaluation import compare as compare_policies
from marl_routing.evaluation import rollout
from marl_routing.evaluation.gap import find_gap
from marl_routing.evaluation.seeds import EPISODES, TEST, TRAINING, VALIDATION, refuse_training
from marl_routing.policies import load_policy

LAST_TEST = TEST + EPISODES - 1


def test_ranges_are_disjoint_and_fit_what_seeds_a_learner() -> None:
    ranges = [range(first, first + EPISODES) for first in (TEST, TRAINING, VALIDATION)]
    for one, next_one in pairwise(ranges):
        assert one[-1] < next_one[0]
    assert ranges[-1][-1] < 2**32  # NumPy's old generators, which RL libraries seed, take no more


@pytest.mark.parametrize(
    "command",
    [
        compare.compare,
        evaluate.evaluate,
        run.run,
        validate.validate,
        calibrate.calibrate,
        gap.gap,
        compare_policies,
        find_gap,
    ],
)
def test_whatever_judges_begins_with_test_seeds(command: object) -> None:
    assert callable(command)
    assert inspect.signature(command).parameters["seed"].default == TEST


@pytest.mark.parametrize(("seed", "episodes"), [(TRAINING, 1), (LAST_TEST, 2), (VALIDATION - 1, 9)])
def test_training_seeds_are_refused(seed: int, episodes: int) -> None:
    with pytest.raises(ValueError, match=f"seed: {seed} to .* meets the training seeds, 10"):
        compare_policies("small_desk", ["pass"], episodes, seed)
    if episodes > 1:  # no interval of one
        with pytest.raises(ValueError, match="meets the training seeds"):
            find_gap("exact/x_desk", ["pass"], episodes, seed)


@pytest.mark.parametrize(("seed", "episodes"), [(TEST, 64), (LAST_TEST, 1), (VALIDATION, 64)])
def test_other_seeds_are_not(seed: int, episodes: int) -> None:
    refuse_training(seed, episodes)


def test_a_precision_may_not_reach_the_training_seeds() -> None:
    with pytest.raises(ValueError, match="meets the training seeds"):
        compare_policies("small_desk", ["pass"], 64, TRAINING - 100, precision=0.01)


def test_ranges_give_other_tickets() -> None:
    rewards = [rollout("small_desk", load_policy("c_mu"), 1, s)[0] for s in (TEST, TRAINING)]
    assert rewards[0]["reward"] != rewards[1]["reward"]

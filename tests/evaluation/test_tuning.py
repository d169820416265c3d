import pytest

from marl_routing import load_scenario
from marl_routing.evaluation import rollout
from marl_routing.evaluation.seeds import VALIDATION
from marl_routing.evaluation.tuning import STARTS, Search, tune
from marl_routing.policies.indices import FEATURES
from marl_routing.policies.optimised_index import OptimisedIndex

DESK = load_scenario("small_desk")
FEW = Search(generations=3, population=12, episodes=4, validations=16)


def reward(weights: dict[str, float]) -> float:
    episodes = rollout(DESK, OptimisedIndex.of(weights), FEW.validations, VALIDATION)
    return sum(kpis["reward"] for kpis in episodes) / FEW.validations


def test_a_seed_finds_the_same_weights_and_none_worse_than_the_starts() -> None:
    told: list[int] = []
    found = tune(DESK, 5, FEW, told.append)
    assert told == [1, 2, 3]
    assert found.to_json() == tune(DESK, 5, FEW).to_json()
    assert found.weights != tune(DESK, 6, FEW).weights
    assert found.reward == pytest.approx(reward(found.weights))
    assert found.reward >= max(reward(start) for start in STARTS.values())
    assert (found.scenario, found.digest, found.generations) == ("small_desk", DESK.digest, 3)


def test_an_interruption_keeps_the_best_so_far() -> None:
    def interrupt(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    found = tune(DESK, 5, FEW, interrupt)
    assert found.generations == 2
    assert tuple(found.weights) == FEATURES


def test_starts_name_features() -> None:
    assert {name for start in STARTS.values() for name in start} <= set(FEATURES)


def test_desks_with_customers_are_refused() -> None:
    with pytest.raises(ValueError, match="does not talk to customers, as support_bfsi asks"):
        tune(load_scenario("support_bfsi"))

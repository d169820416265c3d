import pytest

from marl_routing import load_scenario
from marl_routing.evaluation import load_policies
from marl_routing.evaluation.baselines import baselines


@pytest.mark.parametrize("desk", ["small_desk", "auction_desk", "support_bfsi"])
def test_baselines_fit_the_desk_and_chance_is_one_of_them(desk: str) -> None:
    scenario = load_scenario(desk)
    names = baselines(scenario)
    assert [policy.name for policy in load_policies(names, scenario)] == names
    assert "random" in names
    assert ("truthful" in names) == (desk == "auction_desk")
    assert ("table_greedy" in names) == (desk == "support_bfsi")

"""Who knows what, and who serves what how fast."""

import numpy as np
import pytest

from marl_routing.scenario import compile_scenario, load_scenario
from marl_routing.scenario.teams import expertise, mean_minutes, speeds
from tests.scenario.bases import listed, plain


@pytest.mark.parametrize("generator", ["specialists", "generalists", "uniform", "nested", "chain"])
@pytest.mark.parametrize("count", [1, 2, 7, 12])
def test_generators(generator: str, count: int) -> None:
    table = expertise(plain(agents={"count": count, "generator": generator, "seed": 4}))
    assert table.shape == (count, 2)
    assert ((table >= 0) & (table <= 1)).all()
    again = expertise(plain(agents={"count": count, "generator": generator, "seed": 4}))
    np.testing.assert_array_equal(table, again)


def test_the_seed_makes_the_team() -> None:
    one, other = (expertise(plain(agents__seed=seed)) for seed in (1, 2))
    assert (one != other).all()


def test_specialists_are_best_at_their_own() -> None:
    table = expertise(load_scenario("saas_balanced"))
    np.testing.assert_array_equal(table.argmax(axis=1), np.arange(10) % 5)


def test_chain() -> None:
    table = expertise(load_scenario("chain_085"))
    np.testing.assert_array_equal(table[3], [0.25, 0.25, 0.25, 1.0, 0.6])
    np.testing.assert_array_equal(table[4], [0.6, 0.25, 0.25, 0.25, 1.0])
    np.testing.assert_array_equal(table[:5], table[5:])


def test_nested_seniors_are_better_at_everything() -> None:
    speed = speeds(load_scenario("nested_085"))
    juniors, seniors = speed[:7], speed[7:]
    assert (juniors[:, 3:] == 0).all()
    assert (seniors > 0).all()
    assert (seniors[:, :3].min(axis=0) > juniors[:, :3].max(axis=0)).all()


def test_speed_is_linear_in_expertise() -> None:
    desk = listed([0, 0.5], [1, 0.25])
    np.testing.assert_allclose(speeds(desk), [[0.0, 0.5], [1.0, 0.25]])
    slow = plain(agents=desk.agents, service__speed={"at_0": 0.5, "at_1": 1.5})
    np.testing.assert_allclose(speeds(slow), [[0.5, 1.0], [1.5, 0.75]])


def test_minutes_table_gives_means_speeds_and_expertise() -> None:
    desk = plain(service={"minutes": [[5, 0], [20, 8]]}, agents={"count": 2})
    np.testing.assert_allclose(mean_minutes(desk), [5, 8])
    np.testing.assert_allclose(speeds(desk), [[1, 0], [0.25, 1]])
    np.testing.assert_allclose(expertise(desk), [[1, 0], [0.25, 1]])
    team = {"team": [{"name": "Ada", "expertise": [0.1, 0.2]}, {"name": "Ben"}]}
    mixed = plain(service={"minutes": [[5, 0], [20, 8]]}, agents=team)
    np.testing.assert_allclose(expertise(mixed), [[0.1, 0.2], [0.25, 1]])
    steps = compile_scenario(desk).rules.desk[0]["handle_steps"]
    np.testing.assert_allclose(steps, [[5, 0], [20, 8]])


def test_best_first_with_ties_by_index() -> None:
    rules = compile_scenario(listed([0.5, 0.1], [0.9, 0.3], [0.5, 0.2])).rules.desk[0]
    np.testing.assert_array_equal(rules["by_expertise"], [[1, 0, 2], [1, 2, 0]])
    np.testing.assert_array_equal(rules["has_ties"], [1, 0])


def test_listed_agents_override_the_team() -> None:
    team = [
        {"name": "Ada", "expertise": [1, 1], "capacity": 2},
        {"name": "Ben", "expertise": [1, 1]},
    ]
    compiled = compile_scenario(plain(agents={"team": team, "capacity": 5, "concurrency": 3}))
    np.testing.assert_array_equal(compiled.rules.desk[0]["capacity"], [2, 5])
    np.testing.assert_array_equal(compiled.rules.desk[0]["concurrency"], [3, 3])
    assert compiled.agent_names == ("Ada", "Ben")
    assert compiled.sizes.capacity == 5

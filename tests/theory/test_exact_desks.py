"""Desks of which everything is known exactly, reproduced by simulation.

Exact costs of policies, where agents decide something, are in tests/policies.
"""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from marl_routing.evaluation.exact import check_desk, solved_desks
from marl_routing.scenario import Scenario, load_scenario
from marl_routing.theory import instance_of

DESKS = {desk.name: desk for desk in solved_desks()}
PRECISION = 0.02


@pytest.fixture(scope="module")
def published(root: Path) -> dict[str, dict[str, float]]:
    text = (root / "docs" / "published_desks.json").read_text(encoding="utf-8")
    desks: dict[str, dict[str, float]] = json.loads(text)["desks"]
    return desks


@pytest.mark.parametrize("desk", DESKS.values(), ids=DESKS.keys())
def test_simulation_meets_the_exact_values(desk: Scenario) -> None:
    check = check_desk(desk, precision=PRECISION)
    wrong = [number.to_json() for number in check.numbers if not number.agrees]
    assert wrong == []
    assert check.is_sharp
    assert len(check.numbers) >= 8


def test_every_kind_of_desk_is_there() -> None:
    assert {instance_of(desk).model for desk in DESKS.values()} == {
        "Geo/Geo/1",
        "M/D/1",
        "M/D/2",
        "M/G/1",
        "M/M/2",
        "M/M/2, 2 priorities",
        "M/M/2+M",
        "M/M/10",
        "M/M/10+M",
        "M/M/10/10",
        "M/M/10/16",
    }


def test_the_exact_values_are_the_published_ones(published: dict[str, dict[str, float]]) -> None:
    assert len(published) == 6
    for name, numbers in published.items():
        ours = asdict(instance_of(load_scenario(name)).exact)
        for what, value in numbers.items():
            assert ours[what] == pytest.approx(value, rel=5e-6, abs=1e-12), f"{name}: {what}"


def test_in_short_steps_the_formulas_of_continuous_time_hold() -> None:
    instance = instance_of(DESKS["mm2_fine"])
    assert instance.limit is not None
    limit = asdict(instance.limit)
    for what, value in asdict(instance.exact).items():
        assert value == pytest.approx(limit[what], rel=0.01)

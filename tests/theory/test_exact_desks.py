"""Desks of which numbers are known exactly, reproduced by simulation."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from marl_routing.evaluation.exact import check_desk, known_of
from marl_routing.scenario import Scenario, list_exact_desks, load_scenario
from marl_routing.theory import Instance, instance_of

DESKS = {desk.name: desk for desk in map(load_scenario, list_exact_desks())}
WITH_CHOICE = {"n_desk": 4, "v_desk": 4, "w_desk": 3, "x_desk": 5}  # rules whose cost is exact
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
    choice = WITH_CHOICE.get(desk.name)
    assert len(check.numbers) >= 8 if choice is None else len(check.numbers) == choice


def test_every_kind_of_desk_is_there() -> None:
    known = {name: known_of(desk) for name, desk in DESKS.items()}
    models = {name: of.model for name, of in known.items() if isinstance(of, Instance)}
    assert DESKS.keys() - models.keys() == WITH_CHOICE.keys()
    assert set(models.values()) == {
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


@pytest.mark.parametrize("patience", [None, {"mean_minutes_by_priority": [5.0]}])
def test_in_short_steps_the_formulas_of_continuous_time_hold(patience: object) -> None:
    changes = {"patience": patience, "arrivals.rate_per_hour": 9.6 if patience is None else 12.0}
    instance = instance_of(load_scenario("exact/mm2_fine", **changes))
    assert instance.model == ("M/M/2" if patience is None else "M/M/2+M")
    assert instance.limit is not None
    limit = asdict(instance.limit)
    for what, value in asdict(instance.exact).items():
        assert value == pytest.approx(limit[what], rel=0.01, abs=1e-7)

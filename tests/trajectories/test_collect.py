"""What is collected is what was played, bit by bit, and nothing half-written is ever left."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from marl_routing import DeskBatch, Scenario, load_scenario
from marl_routing.core.events import EVENTS
from marl_routing.evaluation.protocol import decide
from marl_routing.evaluation.seeds import TRAINING
from marl_routing.policies.registry import load_policy
from marl_routing.trajectories import Trajectories, collect, playing, read
from marl_routing.trajectories.schema import Column

EPISODES, STEPS = 5, 20
SHORT = {"time.horizon_steps": STEPS, "time.warm_up_steps": 0}
PLAYED = {"saas_balanced": "random", "auction_desk": "truthful"}  # whose agents bid


@pytest.fixture(params=PLAYED)
def desk(request: pytest.FixtureRequest) -> Scenario:
    return load_scenario(request.param, **SHORT)


def same_bits(one: Any, other: Any) -> bool:
    return (
        one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    )


def collected(desk: Scenario, folder: Path, progress: Callable[[int], None] | None = None) -> int:
    policy = load_policy(PLAYED[desk.name])
    return collect(desk, policy, EPISODES, folder, seed=3, progress=progress)


def test_every_step_is_read_back_bit_by_bit(
    desk: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "MOST_DESKS", 2)  # so that there are batches: 2, 2 and 1
    assert collected(desk, tmp_path / "played") == EPISODES
    read_back = read(tmp_path / "played")
    steps, following = read_back.steps, read_back.next_observations()
    desks = DeskBatch(desk, EPISODES, record=True, autoreset=False)
    policy = load_policy(PLAYED[desk.name])
    desks.reset(seed=3)
    policy.reset(3)
    mask = "bid_mask" if desks.bidding else "action_mask"
    for step in range(STEPS):
        assert same_bits(steps["observation"][:, step], desks.observations)
        assert same_bits(steps[mask][:, step], desks.action_masks[:, :, int(desks.bidding) :])
        actions = decide(policy, desks)
        assert same_bits(steps["action"][:, step], actions)
        desks.step(actions)
        assert same_bits(steps["reward"][:, step], desks.rewards)
        assert same_bits(following[:, step], desks.observations)
        for name, values in desks.terms().items():
            assert same_bits(steps[f"term_{name}"][:, step], values)
    assert same_bits(read_back.ends["observation"], desks.observations)
    assert same_bits(steps["truncated"][:, -1], desks.truncations)
    assert not steps["truncated"][:, :-1].any()
    assert read_back.ends["seed"][:, 0].tolist() == [3, 4, 5, 6, 7]
    for env in range(EPISODES):
        log, own = desks.events(env), read_back.events["episode"] == env
        assert len(log)
        for name in log.dtype.names:
            assert same_bits(read_back.events[name][own], np.ascontiguousarray(log[name]))


def test_numbers_that_equal_others_or_nothing_keep_their_bits() -> None:
    column = Column("x", np.float32, "", (2,))
    odd = np.array([0.0, -0.0, np.nan, -np.nan, np.inf, 1e-45], np.float32)
    odd.view(np.uint32)[2] |= 0x1234  # what else a nan holds
    table = _through_a_file(column, odd.reshape(-1, 2))
    assert same_bits(column.unpacked(table["x"]), odd.reshape(-1, 2))


def _through_a_file(column: Column, rows: Any) -> Any:
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    table = pa.Table.from_arrays([column.packed(rows)], schema=pa.schema([column.field()]))
    pq.write_table(table, file, compression="zstd")
    return pq.read_table(io.BytesIO(file.getvalue()))


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("some") / "played"
    collected(load_scenario("saas_balanced", **SHORT), folder)
    return folder


def test_it_says_what_it_is(some: Path) -> None:
    data, desk = read(some), load_scenario("saas_balanced", **SHORT)
    assert data.scenario.to_dict() == desk.to_dict()
    told = data.about
    assert (told["policy"], told["seed"], told["digest"]) == ("random", 3, desk.digest)
    assert len(told["observation_fields"]) == data.steps["observation"].shape[-1]
    assert len(told["actions"]) == data.steps["action_mask"].shape[-1]
    assert told["events"] == list(EVENTS)
    assert {"marl-routing", "numpy", "python"} <= set(told["versions"])


def test_some_episodes_only(some: Path) -> None:
    whole, part = read(some), read(some, episodes=range(1, 3))
    assert same_bits(part.steps["observation"], whole.steps["observation"][1:3])
    assert part.ends["seed"][:, 0].tolist() == [4, 5]
    assert set(part.events["episode"].tolist()) == {1, 2}
    with pytest.raises(ValueError, match=r"expected some that .* holds"):
        read(some, episodes=range(EPISODES, EPISODES + 2))


def test_polars_reads_it(some: Path) -> None:
    data, frame = read(some), pl.read_parquet(some / "steps.parquet")
    assert frame["observation"].dtype == pl.Array(pl.Float32, data.steps["observation"].shape[-1])
    assert frame["reward"].sum() == pytest.approx(data.steps["reward"].sum(), rel=1e-5)
    assert frame.null_count().sum_horizontal().item() == 0


def test_an_episode_is_the_same_whatever_their_number(some: Path, tmp_path: Path) -> None:
    desk, policy = load_scenario("saas_balanced", **SHORT), load_policy("random")
    collect(desk, policy, 1, tmp_path / "one", seed=4)
    one, second = read(tmp_path / "one"), read(some, episodes=range(1, 2))
    assert same_bits(one.steps["observation"], second.steps["observation"])


def test_without_a_seed_training_episodes_are_collected(tmp_path: Path) -> None:
    desk, policy = load_scenario("saas_balanced", **SHORT), load_policy("random")
    collect(desk, policy, 1, tmp_path / "one")
    assert read(tmp_path / "one").ends["seed"][0, 0] == TRAINING


class Interrupting:
    """Ctrl-C after so many calls."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def __call__(self, done: int) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize(("calls", "kept"), [(STEPS // 2, 0), (2 * STEPS + 5, 4)])
def test_an_interruption_leaves_whole_episodes_or_nothing(
    calls: int, kept: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playing, "MOST_DESKS", 2)
    desk = load_scenario("saas_balanced", **SHORT)
    assert collected(desk, tmp_path / "played", Interrupting(calls)) == kept
    assert [path.name for path in tmp_path.iterdir()] == ["played"] * (kept > 0)
    if kept:
        data: Trajectories = read(tmp_path / "played")
        assert data.steps["step"].shape == (kept, STEPS, 10)


def test_nothing_that_lies_there_is_touched(tmp_path: Path) -> None:
    desk = load_scenario("saas_balanced", **SHORT)
    (tmp_path / "file").write_text("mine")
    for taken in (tmp_path, tmp_path / "file"):
        with pytest.raises(ValueError, match="expected a new or empty folder"):
            collected(desk, taken)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    (tmp_path / "empty").mkdir()
    assert collected(desk, tmp_path / "empty") == EPISODES


@pytest.mark.parametrize("text", [None, "no parquet"])
def test_what_is_no_collection_is_refused(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "steps.parquet").write_text(text)
    with pytest.raises(ValueError, match="expected one that marl-routing collect wrote"):
        read(tmp_path)

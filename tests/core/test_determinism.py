"""A seed is an episode: alone, in a batch, on threads, after others, copied, or gone back to."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing import DeskBatch
from marl_routing.core.batch import Batch
from marl_routing.core.user_terms import RewardTerm
from marl_routing.evaluation.protocol import choose
from marl_routing.policies import load_policy
from marl_routing.scenario import compile_scenario, list_scenarios, load_scenario
from tests.core.desks import any_actions, joint, open_tickets

SEED, ROW, NUM_ENVS = 40, 17, 256
SHORT = load_scenario("saas_hard", **{"time.horizon_steps": 60})

Tape = NDArray[np.int32]  # (steps, N, A)


def tape(batch: Batch, steps: int, seed: int = 0) -> Tape:
    """Actions that do not look at the desk, illegal ones among them."""
    shape = (steps, batch.num_envs, batch.num_agents)
    return np.random.default_rng(seed).integers(0, batch.action_masks.shape[2], shape, np.int32)


def moment(batch: Batch, env: int = 0) -> tuple[bytes, ...]:
    """Everything that a desk shows and is."""
    arrays = (batch.states, batch.observations, batch.action_masks, batch.rewards)
    return tuple(array[env].tobytes() for array in (*arrays, batch.truncations))


def assert_same_moments(batch: Batch, other: Batch, steps: int) -> None:
    actions = tape(batch, steps)
    for row in actions:
        batch.step(row)
        other.step(row)
        for name in ("states", "observations", "action_masks", "rewards", "truncations"):
            np.testing.assert_array_equal(getattr(batch, name), getattr(other, name), name)


@pytest.mark.parametrize("name", list_scenarios())
def test_alone_in_a_batch_and_on_two_threads(name: str) -> None:
    """A whole episode of one seed, in full and to the last bit."""
    alone = DeskBatch(name)
    among = [DeskBatch(name, NUM_ENVS, num_threads=threads) for threads in (1, 2)]
    steps = alone.scenario.time.horizon_steps
    own = tape(alone, steps)
    others = np.random.default_rng(1)
    alone.reset(SEED)
    for batch in among:
        batch.reset(SEED - ROW)
    for step in range(steps):
        shape = (NUM_ENVS, alone.num_agents)
        actions = others.integers(0, alone.action_masks.shape[2], shape, np.int32)
        actions[ROW] = own[step, 0]
        alone.step(joint(alone, own[step]))
        for batch in among:
            batch.step(joint(batch, actions))
            assert moment(batch, ROW) == moment(alone), f"step {step + 1}"
    np.testing.assert_array_equal(among[0].observations, among[1].observations)
    np.testing.assert_equal(among[0].final_metrics, among[1].final_metrics)
    np.testing.assert_equal(among[0].final_metrics[ROW], alone.final_metrics[0])


def test_a_seed_forgets_what_came_before() -> None:
    fresh, used = DeskBatch(SHORT, 2), DeskBatch(SHORT, 2)
    used.reset(seed=99)
    for row in tape(used, 75, seed=1):
        used.step(row)
    fresh.reset(SEED)
    used.reset(SEED)
    assert moment(fresh) == moment(used)
    assert_same_moments(fresh, used, 70)


def test_reset_goes_on_to_the_episode_that_autoreset_began() -> None:
    on, off = DeskBatch(SHORT, 2), Batch(compile_scenario(SHORT), 2, autoreset=False)
    on.reset(SEED)
    off.reset(SEED)
    for _ in range(3):
        for row in tape(on, 60):
            on.step(row)
            off.step(row)
        assert off.truncations.all()
        off.reset()
        np.testing.assert_array_equal(on.observations, off.observations)
        np.testing.assert_array_equal(on.states, off.states)


def test_a_reset_before_the_end_is_the_next_episode_too() -> None:
    early, late = DeskBatch(SHORT), DeskBatch(SHORT)
    early.reset(SEED)
    late.reset(SEED)
    for row in tape(early, 60):
        late.step(row)
    early.step(tape(early, 1)[0])
    early.reset()
    np.testing.assert_array_equal(early.states, late.states)


def first_observations(seeds: list[int | None]) -> list[bytes]:
    return [DeskBatch(SHORT).reset(seed).tobytes() for seed in seeds]


def test_seeds_differ_and_so_do_resets_without_one() -> None:
    seeds: list[int | None] = [*range(30), 2**32, 2**63, 2**64 - 1, None, None, None]
    assert len(set(first_observations(seeds))) == len(seeds)


def test_seeds_count_modulo_64_bits() -> None:
    one, two = first_observations([3, 3 + 2**64])
    assert one == two
    last = DeskBatch(SHORT, 2)
    last.reset(-1)  # as 2**64 - 1, and the second desk's seed is 0
    assert last.observations[1].tobytes() == first_observations([0])[0]


def test_episodes_of_a_seed_differ() -> None:
    batch = DeskBatch(SHORT)
    episodes = {batch.reset(SEED).tobytes(), *(batch.reset().tobytes() for _ in range(9))}
    assert len(episodes) == 10


def tickets_met(name: str, policy_name: str) -> tuple[list[int], dict[int, tuple[Any, ...]]]:
    """Arrivals by step, and each admitted ticket as it came in: number to what was drawn."""
    batch, policy = DeskBatch(name), load_policy(policy_name)
    batch.reset(SEED)
    policy.reset(0)
    counts: list[int] = []
    met: dict[int, tuple[Any, ...]] = {}
    fields = ["arrived", "category", "priority", "work", "patience_ends", "due"]
    for _ in range(batch.scenario.time.horizon_steps):
        rows = batch.states["tickets"][0][open_tickets(batch)[0]]
        new = rows[rows["arrived"] == batch.states["step"][0]]
        met = {int(row["number"]): row[fields].item() for row in new} | met  # not as it comes back
        counts.append(int(batch.states["next_number"][0]))
        batch.step(choose(policy, batch.view(), batch.action_masks))
    return counts, met


@pytest.mark.parametrize("name", list_scenarios())
def test_policies_meet_the_same_tickets(name: str) -> None:
    """Which tickets a full desk drops is the policy's doing; all else is the seed's."""
    (first, best), *others = (tickets_met(name, p) for p in ("best_skill", "random", "pass"))
    for counts, met in others:
        assert counts == first
        common = met.keys() & best.keys()
        assert len(common) >= min(20, load_scenario(name).queue.max_open_tickets)
        assert {n: met[n] for n in common} == {n: best[n] for n in common}
    assert max(best) < first[-1]


def by_pickle(batch: Batch) -> Batch:
    copied: Batch = pickle.loads(pickle.dumps(batch))
    return copied


@pytest.mark.parametrize("copied", [by_pickle, copy.deepcopy])
@pytest.mark.parametrize("num_threads", [1, 2])
def test_a_copy_goes_on_alike_and_apart(copied: Callable[[Batch], Batch], num_threads: int) -> None:
    batch = DeskBatch(SHORT, 3, num_threads)
    batch.reset(SEED)
    for row in tape(batch, 50):
        batch.step(row)
    other = copied(batch)
    before = moment(batch)
    other.step(tape(batch, 1)[0])
    assert moment(batch) == before
    batch.step(tape(batch, 1)[0])
    assert_same_moments(batch, other, 20)  # across the end of the episode


def test_a_batch_with_reward_terms_is_copied_with_them() -> None:
    term = RewardTerm("crowding", -1.0, _crowding, compiled=True)
    batch = DeskBatch(SHORT, 2, reward_terms=[term])
    batch.reset(SEED)
    batch.step(tape(batch, 1)[0])
    assert_same_moments(batch, by_pickle(batch), 5)


@numba.njit
def _crowding(rules: Any, desk: Any, agent: int) -> float:
    return float(desk.num_open)


def test_going_back_is_exact() -> None:
    """Over the end of the episode, and by a snapshot that was pickled in between."""
    batch = DeskBatch(SHORT, 3)
    batch.reset(SEED)
    actions = tape(batch, 90)
    for row in actions[:30]:
        batch.step(row)
    snapshot = pickle.loads(pickle.dumps(batch.snapshot()))
    shown = batch.observations.copy(), batch.action_masks.copy()
    path = []
    for row in actions[30:]:
        batch.step(row)
        path.append(moment(batch))
    batch.restore(snapshot)
    np.testing.assert_array_equal(batch.observations, shown[0])
    np.testing.assert_array_equal(batch.action_masks, shown[1])
    again = []
    for row in actions[30:]:
        batch.step(row)
        again.append(moment(batch))
    assert again == path


def test_a_snapshot_does_not_move_with_the_desk() -> None:
    batch = DeskBatch(SHORT)
    batch.reset(SEED)
    snapshot = batch.snapshot()
    before = snapshot.tobytes()
    for row in tape(batch, 10):
        batch.step(row)
    assert snapshot.tobytes() == before
    twin = DeskBatch(SHORT)
    twin.restore(snapshot)  # a batch that was never reset takes it too
    twin.step(tape(twin, 1)[0])
    assert twin.states["step"][0] == 1


def test_policies_and_desks_do_not_read_the_global_stream() -> None:
    moments = set()
    for seed in (1, 2):
        np.random.seed(seed)  # noqa: NPY002
        batch, rng = DeskBatch(SHORT), np.random.default_rng(0)
        batch.reset(SEED)
        for _ in range(20):
            batch.step(any_actions(batch, rng))
        moments.add(moment(batch))
    assert len(moments) == 1

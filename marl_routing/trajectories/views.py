"""Collecting episodes of a single-agent view as a Minari dataset."""

import json
import re
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium
import numpy as np

try:
    from minari.data_collector.episode_buffer import EpisodeBuffer
    from minari.dataset._storages.hdf5_storage import HDF5Storage  # noqa: F401  (needs h5py)
    from minari.dataset.minari_storage import MinariStorage
except ImportError as error:
    raise ImportError("views need Minari: pip install 'marl-routing[collect]'") from error

from marl_routing import ENV_ID, SUPPORT_ID, TRIAGE_ID
from marl_routing.evaluation.seeds import TRAINING
from marl_routing.trajectories.collecting import about
from marl_routing.trajectories.deciders import Begin, conversing, dispatching, triaging
from marl_routing.trajectories.keeping import fill_new_folder, keep_all
from marl_routing.trajectories.schema import ABOUT

DATA = "data"  # the folder in a dataset's own where Minari looks for it
EPISODES = 64  # that are written together


class View(NamedTuple):
    """A single-agent view: its id, how a scenario is given to it, and who acts in it."""

    id: str
    scenario: str
    options: dict[str, Any]
    policy: Callable[[Any, str], Begin]


VIEWS = {
    "dispatcher": View(ENV_ID, "scenario", {"allow_hold": True}, dispatching),
    "triage": View(TRIAGE_ID, "scenario", {}, triaging),
    "conversation": View(SUPPORT_ID, "industry", {}, conversing),
}


class Played(NamedTuple):
    """A view and who acts in it."""

    view: str
    env: Any
    policy: str
    begin: Begin


def open_view(view: str, scenario: str, policy: str) -> Played:
    """Make a view of a scenario, and whoever shall act in it.

    Args:
        view: of `VIEWS`.
        scenario: a name or a path, as the view takes it.
        policy: a name; see `deciders`.

    Raises:
        ValueError: if one of them does not fit another.
    """
    kind = VIEWS[view]
    arguments: dict[str, Any] = {kind.scenario: scenario, **kind.options}
    env = gymnasium.make(kind.id, **arguments)
    return Played(view, env, policy, kind.policy(env.unwrapped, policy))


def prepare_view(played: Played) -> None:
    """Compile what `collect_view` needs: seconds for each new set of sizes."""
    env = played.env.unwrapped
    observation, _ = env.reset(seed=0)
    env.step(played.begin(0)(observation))


def collect_view(
    played: Played,
    episodes: int,
    folder: Path,
    seed: int = TRAINING,
    *,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write whole episodes of a view to `data`, a Minari dataset, in a new folder.

    Args:
        played: what `open_view` made.
        episodes: how many.
        folder: it appears when all is written; nothing may lie there before.
        seed: of the first episode; the next have `seed + 1`, ...
        progress: called with the episodes just done.

    Returns:
        How many episodes the dataset holds: fewer than asked for after an interruption, and with 0
        there is no folder.
    """

    def fill(temporary: Path) -> int:
        # Minari loses its way in relative paths.
        storage = _storage((temporary / DATA).resolve(), played, seed)
        keep_all(_batches(played, episodes, seed, progress), storage.update_episodes)
        return int(storage.total_episodes)

    return fill_new_folder(folder, fill)


def _storage(folder: Path, played: Played, seed: int) -> Any:
    """An empty dataset."""
    view, env, policy, _ = played
    storage = MinariStorage.new(
        folder, env.observation_space, env.action_space, env.spec, data_format="hdf5"
    )
    scenario = env.unwrapped.desk.scenario
    name = re.sub(r"[^-\w]+", "-", f"{scenario.name}-{view}-{policy}")
    storage.update_metadata(
        {
            "dataset_id": f"marl_routing/{name}-v0",
            "minari_version": version("minari"),
            "algorithm_name": policy,
            "description": f"Episodes of {policy} in the view {view} of {scenario.name}.",
            ABOUT: json.dumps(about(scenario, policy, seed)),
        }
    )
    return storage


def _batches(
    played: Played, episodes: int, seed: int, progress: Callable[[int], None] | None
) -> Iterator[list[EpisodeBuffer]]:
    for first in range(0, episodes, EPISODES):
        batch = []
        for number in range(first, min(first + EPISODES, episodes)):
            decide = played.begin(seed + number)
            batch.append(_play(played.env.unwrapped, decide, seed + number))
            if progress is not None:
                progress(1)
        yield batch


def _play(env: Any, decide: Callable[[Any], Any], seed: int) -> EpisodeBuffer:
    """One episode."""
    observation, info = env.reset(seed=seed)
    seen, told, actions = [observation], [info], []
    paid: list[tuple[float, bool, bool]] = []  # reward, terminated, truncated
    while not (paid and any(paid[-1][1:])):
        actions.append(decide(observation))
        observation, *outcome, info = env.step(actions[-1])
        paid.append(tuple(outcome))
        seen.append(observation)
        told.append(info)
    rewards, terminations, truncations = zip(*paid, strict=True)
    return EpisodeBuffer(
        seed=seed,
        observations=_stacked(seen),
        actions=np.array(actions, np.int64),
        rewards=np.array(rewards),
        terminations=np.array(terminations),
        truncations=np.array(truncations),
        infos=_stacked(told),
    )


def _stacked(moments: list[Any]) -> Any:
    """What was told moment by moment as arrays over time; dicts and tuples stay what they are."""
    first = moments[0]
    if isinstance(first, dict):
        return {name: _stacked([moment[name] for moment in moments]) for name in first}
    if isinstance(first, tuple):
        return tuple(_stacked(list(part)) for part in zip(*moments, strict=True))
    return moments if isinstance(first, str) else np.array(moments)

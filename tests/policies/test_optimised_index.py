"""What the index does with weights chosen by hand, and where its weights come from."""

import json
from pathlib import Path

import pytest

from marl_routing import load_scenario
from marl_routing.evaluation import compare, rollout
from marl_routing.policies import load_policy
from marl_routing.policies.indices import FEATURES, has_index, read_index, shipped_path
from marl_routing.policies.optimised_index import OptimisedIndex
from marl_routing.scenario.files import configs_folder

from .desks import view_of

TWO_SPECIALISTS = [[3.0, 10.0], [10.0, 3.0]]
SLOW_AND_FAST = {"handle_steps": [[4.0, 4.0], [2.0, 4.0]], "shares": [[1.0, 1.0]] * 2}
SHIPPED = sorted((configs_folder() / "indices").glob("*.json"))


def act(weights: dict[str, float], **desk: object) -> list[int]:
    actions: list[int] = OptimisedIndex.of(weights).act(*view_of(**desk))[0].tolist()  # type: ignore[arg-type]
    return actions


@pytest.mark.parametrize(
    ("weights", "actions"),
    [
        ({"focus": 1.0}, [3, 1]),  # each its own
        ({"focus": 1.0, "eager": -1.01}, [0, 0]),  # both rather wait
        ({"focus": 1.0, "eager": -0.99, "skill": -0.1}, [0, 0]),
        ({"priority": 1.0, "skill": 0.01}, [2, 1]),  # the urgent ones, the best pair first
    ],
)
def test_the_largest_index_first_and_none_below_0(
    weights: dict[str, float], actions: list[int]
) -> None:
    queues = [[(1, 0), (1, 0), (0, 3)]]
    assert act(weights, queues=queues, handle_steps=TWO_SPECIALISTS) == actions


@pytest.mark.parametrize(("waiting", "actions"), [(4, [0, 1]), (5, [2, 1])])
def test_crowds_bring_help(waiting: int, actions: list[int]) -> None:
    """The specialist takes the first; then 3 (or 4) wait for two agents: a crowd of 0.6 (0.67)."""
    weights = {"eager": -0.63, "programme": 1.0, "help": 1.0}
    desk = {"queues": [[(1, 0), (1, 0)]], "shares": [[0.9, 0.0], [0.0, 0.9]]}
    assert act(weights, handle_steps=TWO_SPECIALISTS, queued=[[0, waiting]], **desk) == actions


@pytest.mark.parametrize(
    ("weights", "desk", "actions"),
    [
        ({"rivals": -1, "eager": 0.2}, {}, [0, 1]),  # agent 1 is faster
        ({"rivals": -1, "eager": 0.2}, {"held": [[0, 1]]}, [1, 0]),  # but not free
        ({"free": 1, "eager": -0.9, "skill": 0.01}, {}, [0, 1]),
        ({"free": 1, "eager": -0.9, "skill": 0.01}, {"held": [[1, 0]]}, [0, 0]),
        ({"elsewhere": -1, "eager": 0.3, "skill": 0.01}, {}, [0, 1]),
        ({"elsewhere": -1, "eager": 0.3}, {"queued": [[1, 8]]}, [0, 0]),  # half of 8 / 10
        ({"age": -1, "eager": 0.97}, {}, [1, 0]),  # 100 / 104 and 100 / 102
        ({"urgency": 1, "eager": -0.3}, {"due": [[108]]}, [1, 0]),  # 4 / 12 and 2 / 10
        ({"overdue": -1, "eager": 0.5, "skill": 0.01}, {"due": [[101]]}, [0, 1]),
        ({"overdue": -1, "eager": 0.5}, {"due": [[100]]}, [0, 0]),
        ({"priority": 1, "eager": -0.5, "skill": 0.01}, {"queues": [[(0, 1)]]}, [0, 1]),  # 2 / 3
        ({"priority": 1, "eager": -0.5}, {"queues": [[(0, 2)]]}, [0, 0]),  # 1 / 3
        ({"crowd": 1, "eager": -0.3, "skill": 0.01}, {}, [0, 1]),  # 1 / 3
        ({"crowd": 1, "eager": -0.4}, {}, [0, 0]),
    ],
)
def test_what_changes_on_the_desk_counts(
    weights: dict[str, float], desk: dict[str, object], actions: list[int]
) -> None:
    assert act(weights, **{"queues": [[(0, 0)]], **SLOW_AND_FAST, **desk}) == actions


def test_saving_weighs_cost_against_handle_time() -> None:
    desk = {"queues": [[(0, 0), (1, 0)]], "handle_steps": [[4.0, 10.0]]}
    assert act({"saving": 1}, waiting=[-1.0, -2.0], **desk) == [1]
    assert act({"saving": 1}, waiting=[-1.0, -3.0], **desk) == [2]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name.split(".")[0])
def test_shipped_weights_are_of_the_scenario_as_it_is(file: Path) -> None:
    index, name = read_index(file), file.name.split(".")[0]
    exact = (configs_folder() / "exact" / f"{name}.yaml").is_file()
    scenario = load_scenario(f"exact/{name}" if exact else name)
    assert (index.scenario, index.digest) == (scenario.name, scenario.digest)
    assert has_index(scenario.name, scenario.digest)
    assert tuple(index.weights) == FEATURES


def test_it_beats_the_rules_by_far_on_saas_balanced() -> None:
    rules = ["optimised_index", "lp_specialist", "hungarian", "best_skill", "threshold"]
    result = compare("saas_balanced", rules, 24)
    assert result.ranking[0] == "optimised_index"
    assert result.difference(result.ranking[1]).mean < 0.1 * result.interval(rules[0]).mean


def test_without_weights_of_the_scenario_it_says_what_to_do() -> None:
    policy, other = load_policy("optimised_index"), load_scenario("small_desk", name="other")
    with pytest.raises(ValueError, match=r"no weights for scenario other; run `marl-routing tune`"):
        rollout(other, policy, 1)
    changed = load_scenario("small_desk", **{"agents.capacity": 2})
    with pytest.raises(ValueError, match=r"small_desk has changed .* run `marl-routing tune`"):
        rollout(changed, policy, 1)


def test_a_policy_keeps_its_weights_and_the_next_one_reads_the_file_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, file = load_scenario("small_desk"), tmp_path / "weights.json"
    file.write_text(shipped_path(desk.name).read_text())
    monkeypatch.setattr("marl_routing.policies.indices.shipped_path", lambda _: file)
    first = OptimisedIndex()
    first.require(desk)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"digest": "another"}))
    first.require(desk)
    assert not has_index(desk.name, desk.digest)
    with pytest.raises(ValueError, match="small_desk has changed"):
        OptimisedIndex().require(desk)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "file not found"),
        ("{", "cannot be read"),
        ("[]", "expected what `marl-routing tune` writes"),
        ({"weights": {"eager": 1.0}}, "expected weights of eager, skill"),
        ({"weights": dict.fromkeys(FEATURES, "much")}, "expected a number for every weight"),
    ],
)
def test_files_that_are_no_weights_are_refused(
    text: str | dict[str, object] | None, sentence: str, tmp_path: Path
) -> None:
    file = tmp_path / "weights.json"
    if isinstance(text, dict):
        text = json.dumps(json.loads(SHIPPED[0].read_text()) | text)
    if text is not None:
        file.write_text(text)
    with pytest.raises(ValueError, match="weights: ") as caught:
        load_policy(f"optimised_index:weights={file}")
    assert sentence in str(caught.value)

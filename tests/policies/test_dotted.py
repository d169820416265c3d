"""A user's own class by its dotted path, from a file in the current folder."""

import sys
from pathlib import Path

import pytest

from marl_routing.evaluation import rollout
from marl_routing.policies import load_policy

MINE = """
from __future__ import annotations

import numpy as np


class FirstSlot:
    name = "first_slot"

    def __init__(self, share: float = 0.5, bound: object = None) -> None:
        self.share = share

    def reset(self, seed):
        self.seed = seed

    def act(self, view, masks):
        actions = np.zeros(masks.shape[:2], np.int32)
        actions[:, 0] = masks[:, 0, 1]
        return actions


class Needy(FirstSlot):
    def __init__(self, share: float) -> None:
        self.share = share


class Half:
    def reset(self, seed):
        pass


class OfAnother(FirstSlot):
    def act(self, observation):
        pass


instance = FirstSlot()
"""


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_policies.py").write_text(MINE)
    (tmp_path / "my_broken.py").write_text("1 / 0")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    for name in ("my_policies", "my_broken"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_a_class_of_the_current_folder_plays() -> None:
    policy = load_policy("my_policies.FirstSlot:share=0.25")
    assert policy.name == "my_policies.FirstSlot:share=0.25"
    assert policy.share == 0.25  # type: ignore[union-attr]
    desk = {"scenario": "small_desk", "episodes": 2}
    own = rollout(policy=policy, **desk)  # type: ignore[arg-type]
    assert own[0]["resolved"] > 0
    assert own[0]["resolved_by_agent"][1] == 0  # only agent_0 takes tickets


def test_a_shipped_class_has_a_dotted_path_too() -> None:
    path = "marl_routing.policies.threshold.Threshold:help_beyond=3"
    assert load_policy(path).help_beyond == 3  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("my_nothing.Rule", "my_nothing cannot be imported (ModuleNotFoundError: No module named"),
        ("my_broken.Rule", "my_broken cannot be imported (ZeroDivisionError: division by zero)"),
        ("my_policies.Nothing", "the module my_policies has no 'Nothing'"),
        ("my_policies.instance", "expected a class, not a FirstSlot"),
        ("my_policies.Half", "expected a class with act(view, masks), as Policy has it"),
        ("my_policies.OfAnother", "expected a class with act(view, masks), as Policy has it"),
        ("my_policies.Needy", "expected my_policies.Needy:share=..."),
        ("my_policies.FirstSlot:bound=1", "bound can be set only if annotated int, float or str"),
        ("my_policies.FirstSlot:scare=1", "no parameter 'scare'; expected share, bound"),
        ("./my_policies.py", "no policy is called './my_policies.py'"),
    ],
)
def test_what_is_no_policy_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="policy") as caught:
        load_policy(text)
    assert sentence in str(caught.value)

"""Folders of saved models: what they are of, and that another model is another submission."""

import json
from pathlib import Path

import pytest

from marl_routing.evaluation.suite.digest import digest_of
from marl_routing.policies import load_policy
from marl_routing.policies.folders import read_card, trained_on
from marl_routing.scenario import load_scenario
from marl_routing.training.trainer import make_trainer
from tests.policies.test_saved_model import DESK


def test_a_folder_knows_its_desk_and_another_model_is_another_submission(tmp_path: Path) -> None:
    trainer = make_trainer("maskable_ppo", "parallel", DESK, ["desks=1", "n_steps=8"])
    trainer.save_model(tmp_path)
    assert trained_on(f"{tmp_path}:sampled=1").digest == DESK.digest
    before = digest_of(DESK, load_policy(str(tmp_path)), 1)
    assert digest_of(DESK, load_policy(str(tmp_path)), 1) == before
    (tmp_path / "model.zip").write_bytes((tmp_path / "model.zip").read_bytes() + b"more")
    assert digest_of(DESK, load_policy(str(tmp_path)), 1) != before


def test_a_model_that_decides_for_a_whole_desk_is_no_policy(tmp_path: Path) -> None:
    card = {"algorithm": "ppo", "view": "triage", "scenario": load_scenario("small_desk").to_dict()}
    (tmp_path / "model.json").write_text(json.dumps(card))
    assert read_card(str(tmp_path))["view"] == "triage"
    with pytest.raises(ValueError, match="a model of the view triage decides for a whole desk"):
        load_policy(str(tmp_path))


def test_without_a_folder_no_desk_is_known() -> None:
    with pytest.raises(ValueError, match="c_mu is no folder of a saved model"):
        trained_on("c_mu")

"""Saved models of Stable-Baselines3 as policies."""

from pathlib import Path

import pytest
from sb3_contrib import MaskablePPO
from stable_baselines3 import PPO

from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.evaluation import play, rollout
from marl_routing.evaluation.suite import SUITE, Kept
from marl_routing.evaluation.suite.playing import digest_of, turns
from marl_routing.policies import load_policy
from marl_routing.scenario import load_scenario
from marl_routing.vector import SharedPolicyVecEnv

DESK = load_scenario("small_desk", time__horizon_steps=30)
ALIKE = ["exact/x_desk", "exact/v_desk", "small_desk"]  # in observations and actions
MODEL = "marl_routing.policies.saved_model.SavedModel"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "model.zip"
    MaskablePPO("MlpPolicy", SharedPolicyVecEnv(DESK, 1), seed=1, device="cpu").save(path)
    return path


def test_it_does_what_the_model_predicts(saved: Path) -> None:
    env, model = SharedPolicyVecEnv(DESK, 3), MaskablePPO.load(saved, device="cpu")
    env.seed(5)
    seen = env.reset()
    for _ in range(env.desks.scenario.time.horizon_steps):
        actions, _ = model.predict(seen, action_masks=env.action_masks(), deterministic=True)
        seen, *_ = env.step(actions)
    expected = [kpis["reward"] for kpis in env.desks.final_metrics if kpis is not None]
    policy = load_policy(f"{MODEL}:file={saved}")
    assert [kpis["reward"] for kpis in rollout(DESK, policy, 3, seed=5)] == expected
    assert play(TicketRoutingEnv(DESK), policy, seed=6)["reward"] == pytest.approx(expected[1])


def test_models_without_masks_pass_instead_of_breaking_rules(tmp_path: Path) -> None:
    path = tmp_path / "plain.zip"
    PPO("MlpPolicy", SharedPolicyVecEnv(DESK, 1), seed=1, device="cpu").save(path)
    policy = load_policy(f"{MODEL}:file={path}:algorithm=PPO")
    assert rollout(DESK, policy, 1)[0]["illegal_actions"] == 0


def test_it_is_submitted_where_it_fits(saved: Path) -> None:
    text = f"{MODEL}:file={saved}"
    found = turns(Kept(1), SUITE, ["random"], [text])
    assert [turn.task.scenario for turn in found if turn.policy.name == text] == ALIKE
    with pytest.raises(ValueError, match="saas_balanced are not those that it was trained on"):
        rollout("saas_balanced", load_policy(text), 1)


def test_another_file_is_another_submission(saved: Path, tmp_path: Path) -> None:
    copy = tmp_path / "model.zip"
    copy.write_bytes(saved.read_bytes())
    policy = load_policy(f"{MODEL}:file={copy}")
    before = digest_of(DESK, policy, 1)
    copy.write_bytes(saved.read_bytes() + b"more")
    assert digest_of(DESK, policy, 1) != before


def test_refusals(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"file not found: no\.zip"):
        load_policy(f"{MODEL}:file=no.zip")
    for name, content in (("note.zip", b"no zip"), ("empty.zip", b"PK\5\6" + 18 * b"\0")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=rf"{name} is no saved model of MaskablePPO \("):
            load_policy(f"{MODEL}:file={tmp_path / name}")
    with pytest.raises(ValueError, match="no algorithm 'Chess'"):
        load_policy(f"{MODEL}:file={saved}:algorithm=Chess")

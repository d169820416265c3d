"""An industry of one's own, as the configs folder's page shows it: a hotel."""

import re
import subprocess
import sys
from pathlib import Path

import gymnasium
import numpy as np
import pytest
import yaml
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as check_env_for_sb3

from marl_routing import SUPPORT_ID
from marl_routing.core.conversation_record import STRATEGIES
from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.scenario import compile_scenario, load_scenario, registry
from marl_routing.scenario.demand import category_mix
from marl_routing.testing import check_desk_env
from marl_routing.vector import ConversationVectorEnv
from tests.conformance.allowed import only_warnings

FOLDER = registry.configs_folder()


def hotel(folder: Path) -> Path:
    """The industry and the scenario of the folder's page, as files; the scenario's path."""
    industry, scenario = (
        block.split("```")[0] for block in (FOLDER / "README.md").read_text().split("```yaml")[2:4]
    )
    (folder / "hotel.yaml").write_text(industry)
    path = folder / "front_desk.yaml"
    path.write_text(scenario)
    return path


def test_a_new_industry_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load_scenario(hotel(tmp_path))
    desk = compile_scenario(scenario)
    assert desk.category_names == ("booking", "complaint")
    assert desk.industries == ("hotel", "hotel")
    assert desk.rules.desk[0]["needs"].tolist() == [1, 2]
    np.testing.assert_allclose(category_mix(scenario), [0.6, 0.4])
    assert load_scenario(scenario.to_dict()) == scenario
    by_path = {"customers__industries": [str(tmp_path / "hotel.yaml")]}
    onto_a_desk = load_scenario("support_bfsi", **by_path, service__mean_minutes=5)
    assert onto_a_desk.categories == scenario.categories
    both = {"customers__industries": ["bfsi", str(tmp_path / "hotel.yaml")]}
    assert len(load_scenario("support_bfsi", **both, service__mean_minutes=5).categories) == 7
    monkeypatch.chdir(tmp_path)
    here = {"customers__industries": ["hotel.yaml"], "service__mean_minutes": 5}
    assert load_scenario("support_bfsi", **here) == onto_a_desk


def check_hotel(folder: str) -> int:
    """Put the hotel's desk, known by its name, through what every shipped scenario goes through."""
    path = hotel(Path(folder))
    name = registry.register_scenario(path).name
    check_desk_env(lambda: TicketRoutingEnv(name, max_cycles=24))
    check_conversations(path)
    return pytest.main(["-p", "no:cacheprovider", "-k", name, "tests/conformance"])


def check_conversations(path: Path) -> None:
    """Put single conversations with the hotel's guests, and many at once, through checkers."""
    with only_warnings():
        env = gymnasium.make(SUPPORT_ID, industry=path)
        check_env(env.unwrapped, skip_render_check=True)
        check_env_for_sb3(env.unwrapped)
    guests = gymnasium.make_vec(SUPPORT_ID, num_envs=4, industry=path)
    assert isinstance(guests, ConversationVectorEnv)
    _, infos = guests.reset(seed=0)
    ended = 0
    for _ in range(30):
        _, rewards, terminated, _, infos = guests.step(infos["action_mask"].argmax(axis=1))
        assert np.isfinite(rewards).all()
        ended += terminated.sum()
    assert ended > 0


def test_a_new_industry_passes_every_conformance_test(tmp_path: Path, root: Path) -> None:
    code = (
        "import sys; from tests.scenario import test_own_industry as t; "
        f"sys.exit(t.check_hotel({str(tmp_path)!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 20


def test_own_strategies_are_one_file_too(tmp_path: Path) -> None:
    path = hotel(tmp_path)
    standard = yaml.safe_load((FOLDER / "strategies" / "standard.yaml").read_text())
    own = standard | {
        "effects": standard["effects"]
        | {"upsell": {"rise": 0.5, "gain": 0.5, "loss": 0.5, "advance": 2, "fall": [0.1] * 5}}
    }
    (tmp_path / "polite.yaml").write_text(yaml.safe_dump(own))
    text = path.read_text().replace("[hotel.yaml]", "[hotel.yaml], strategies: polite.yaml")
    path.write_text(text)
    rules = compile_scenario(load_scenario(path)).rules.desk[0]
    assert rules["advance"].tolist() == [0, 1, 0, 1, 0, 1, 1, 2]
    assert not rules["context_effects"][STRATEGIES.index("upsell")].any()

"""PettingZoo's own tests, on every shipped scenario and in each mask form."""

from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pettingzoo.test as suites
import pytest

from marl_routing import list_scenarios, load_scenario, ticket_routing_v0
from marl_routing.envs.parallel import MASK_FORMS
from tests.conformance.allowed import OF_THE_DICT_FORM, only_warnings

CYCLES = 12


@pytest.fixture(params=list_scenarios())
def scenario(request):
    return load_scenario(request.param)


@pytest.fixture(params=MASK_FORMS)
def faces(request, scenario):
    """`env` and `parallel_env` of one scenario in one mask form, and its warnings."""
    settings = {"scenario": scenario, "action_mask": request.param}
    return SimpleNamespace(
        env=partial(ticket_routing_v0.env, **settings),
        parallel_env=partial(ticket_routing_v0.parallel_env, **settings),
        allowed=OF_THE_DICT_FORM if request.param == "observation" else (),
    )


def test_aec_api(faces):
    with only_warnings(*faces.allowed):
        suites.api_test(faces.env(max_cycles=CYCLES), num_cycles=2 * CYCLES)


def test_parallel_api(faces):
    with only_warnings():
        suites.parallel_api_test(faces.parallel_env(max_cycles=CYCLES), num_cycles=2 * CYCLES)


def test_seeds(faces):
    with only_warnings():
        suites.seed_test(faces.env, num_cycles=CYCLES)
        suites.parallel_seed_test(faces.parallel_env, num_cycles=CYCLES)


def test_max_cycles(faces):
    with only_warnings():
        suites.max_cycles_test(faces)


def test_state(faces):
    with only_warnings():
        suites.state_test(faces.env(), faces.parallel_env(), num_cycles=CYCLES)


def test_saving_observations(faces, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with only_warnings():
        suites.test_save_obs(faces.env())


def test_rendering(faces, capsys):
    with only_warnings():
        suites.render_test(faces.env)
    assert "queue" in capsys.readouterr().out

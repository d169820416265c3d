"""PettingZoo's own tests, on every shipped scenario and in each mask form."""

from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pettingzoo.test as suites
import pytest
from pettingzoo.utils.conversions import parallel_to_aec

from marl_routing import discrete_bids, list_scenarios, load_scenario, ticket_routing_v0
from marl_routing.envs.parallel import MASK_FORMS
from tests.conformance.allowed import OF_MULTI_DISCRETE, OF_THE_DICT_FORM, only_warnings
from tests.conformance.filled import load_filled

CYCLES = 12


FACES = [
    (name, form)
    for name in list_scenarios()
    for form in MASK_FORMS
    if form != "observation" or load_scenario(name).protocol.kind != "bid"
]


@pytest.fixture(params=FACES, ids="-".join)
def faces(request):
    """`env` and `parallel_env` of one scenario in one mask form, and its warnings."""
    name, form = request.param
    settings = {"scenario": load_filled(name), "action_mask": form}
    return SimpleNamespace(
        env=partial(ticket_routing_v0.env, **settings),
        parallel_env=partial(ticket_routing_v0.parallel_env, **settings),
        allowed=OF_THE_DICT_FORM if form == "observation" else (),
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


@pytest.mark.parametrize("form", ["info", "none"])
def test_discrete_bids(form):
    def make():
        desk = ticket_routing_v0.parallel_env("auction_desk", action_mask=form, max_cycles=CYCLES)
        return discrete_bids(desk)

    with only_warnings():
        suites.parallel_api_test(make(), num_cycles=2 * CYCLES)
        suites.parallel_seed_test(make, num_cycles=CYCLES)
    with only_warnings(*OF_MULTI_DISCRETE):
        suites.api_test(parallel_to_aec(make()), num_cycles=2 * CYCLES)

"""Importing the package registers its environments, quickly and without the heavy libraries."""

import importlib
import subprocess
import sys

import gymnasium
import pettingzoo

import marl_routing

HEAVY = ("torch", "pandas", "polars", "matplotlib", "scipy.optimize", "stable_baselines3", "rich")


def test_both_registries_know_the_desk():
    assert marl_routing.ENV_ID in gymnasium.registry
    assert marl_routing.ENV_ID in pettingzoo.parallel_registry
    assert marl_routing.ENV_ID in pettingzoo.aec_registry


def test_importing_again_does_not_register_again(recwarn):
    importlib.reload(marl_routing)
    assert not recwarn.list


def test_import_is_light():
    code = f"import sys, marl_routing; print(*[m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_public_names_exist():
    assert all(hasattr(marl_routing, name) for name in marl_routing.__all__)

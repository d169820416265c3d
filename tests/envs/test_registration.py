"""Importing the package registers its environments."""

import importlib

import gymnasium
import pettingzoo

import marl_routing


def test_both_registries_know_the_desk():
    assert marl_routing.ENV_ID in gymnasium.registry
    assert marl_routing.ENV_ID in pettingzoo.parallel_registry
    assert marl_routing.ENV_ID in pettingzoo.aec_registry


def test_importing_again_does_not_register_again(recwarn):
    importlib.reload(marl_routing)
    assert not recwarn.list


def test_public_names_exist():
    assert all(hasattr(marl_routing, name) for name in marl_routing.__all__)

"""What all adapters have in common: they are found, or say what is missing."""

import sys

import pytest

from marl_routing.training import adapters


def test_a_missing_library_is_named_with_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "marl_routing.training.adapters.supersuit", raising=False)
    monkeypatch.setitem(sys.modules, "supersuit", None)
    with pytest.raises(ImportError, match=r"supersuit_vec_env needs supersuit: .*\[train\]'"):
        adapters.supersuit_vec_env  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'KerasEnv'"):
        adapters.KerasEnv  # noqa: B018


@pytest.mark.parametrize("name", ["TorchRLEnv", "TianshouVectorEnv"])
def test_desks_with_bids_are_refused(name):
    settings = {"seed": 0} if name == "TorchRLEnv" else {}
    with pytest.raises(ValueError, match="agents accept, auction_desk has bids"):
        getattr(adapters, name)("auction_desk", 2, **settings)

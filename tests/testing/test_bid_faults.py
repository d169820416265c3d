"""`check_desk_env` catches each planted fault of a desk where agents bid, and sees no others."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from marl_routing import load_scenario
from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.testing import check_desk_env

SHORT = 60


class GenerousBidMask(TicketRoutingEnv):
    def _observe(self):
        observations, infos = super()._observe()
        for info in infos.values():
            info["bid_mask"][:] = 1
        return observations, infos


class StrictBidMask(TicketRoutingEnv):
    def _observe(self):
        observations, infos = super()._observe()
        for info in infos.values():
            info["bid_mask"][0] = 0
        return observations, infos


class MisnamedBidMask(TicketRoutingEnv):
    def _observe(self):
        observations, infos = super()._observe()
        return observations, {a: {"action_mask": i["bid_mask"]} for a, i in infos.items()}


class LongBidMask(TicketRoutingEnv):
    def _observe(self):
        observations, infos = super()._observe()
        return observations, {
            a: {"bid_mask": np.append(i["bid_mask"], np.int8(1))} for a, i in infos.items()
        }


class RaisesOnWordBids(TicketRoutingEnv):
    def step(self, actions):
        return super().step({a: np.asarray(bids, float) for a, bids in actions.items()})


class BidsForNan(TicketRoutingEnv):
    def step(self, actions):
        return super().step(
            {a: np.ones(10) if str(b)[:4] == "[nan" else b for a, b in actions.items()}
        )


class RefusesOutOfBounds(TicketRoutingEnv):
    def step(self, actions):
        return super().step({a: b for a, b in actions.items() if "-3." not in str(b)})


BID_FAULTS = {
    GenerousBidMask: "mask lies",
    StrictBidMask: "mask lies",
    MisnamedBidMask: "must be called bid_mask",
    LongBidMask: "must be int8",
    RaisesOnWordBids: "not raise",
    BidsForNan: "did something",
    RefusesOutOfBounds: "misread",
}


@pytest.mark.parametrize("fault", BID_FAULTS, ids=lambda fault: fault.__name__)
def test_planted_fault_of_a_bid_desk_is_caught(fault):
    with pytest.raises(AssertionError, match=BID_FAULTS[fault]):
        check_desk_env(lambda: fault("auction_desk", max_cycles=SHORT))


# Tickets that come back to the queue: their next winner is paid no `accept_base`.
COMING_BACK = {
    "reopen": {
        "incidents.reopen": {"probability": 1, "mean_minutes": 2},
        "service.mean_minutes": 2,
    },
    "requeue": {
        "agents.shifts": [
            {"starts": "08:00", "ends": "09:06"},
            {"starts": "08:00", "ends": "17:00"},
        ],
        "agents.end_of_shift": "requeue",
    },
}


def check_coming_back(name: str) -> None:
    desk = load_scenario("auction_desk", **COMING_BACK[name])
    check_desk_env(lambda: TicketRoutingEnv(desk, max_cycles=16))


@pytest.mark.parametrize("name", COMING_BACK)
def test_a_ticket_won_again_is_no_fault(name: str, root: Path) -> None:
    # Desks of sizes of their own: quicker without the compiler.
    code = f"from tests.testing import test_bid_faults as bids; bids.check_coming_back({name!r})"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

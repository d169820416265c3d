"""`check_desk_env` catches each planted fault of a desk where agents bid."""

import numpy as np
import pytest

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

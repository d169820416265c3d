"""`check_desk_env` passes on every shipped scenario and catches each planted fault."""

import random

import numpy as np
import pytest

from marl_routing import list_scenarios, load_scenario
from marl_routing.envs.parallel import MASK_FORMS, TicketRoutingEnv
from marl_routing.testing import check_desk_env

SHORT = 60


@pytest.mark.parametrize("name", list_scenarios())
def test_shipped_scenarios_pass(name):
    check_desk_env(load_scenario(name, **{"time.horizon_steps": SHORT, "time.warm_up_steps": 0}))


@pytest.mark.parametrize("form", MASK_FORMS)
def test_mask_forms_pass_over_a_whole_day(form):
    check_desk_env(lambda: TicketRoutingEnv("small_desk", action_mask=form))


def test_a_name_is_enough():
    check_desk_env("small_desk", seed=7)


class GenerousMask(TicketRoutingEnv):
    def _observe(self):
        observations, infos = super()._observe()
        for info in infos.values():
            info["action_mask"][:] = 1
        return observations, infos


class StrictMask(TicketRoutingEnv):
    def _observe(self):
        observations, infos = super()._observe()
        for info in infos.values():
            info["action_mask"][1:] = 0
        return observations, infos


class NothingLegal(TicketRoutingEnv):
    def _observe(self):
        observations, infos = super()._observe()
        for info in infos.values():
            info["action_mask"][:] = 0
        return observations, infos


class BoolMask(TicketRoutingEnv):
    def _observe(self):
        observations, infos = super()._observe()
        return observations, {a: {"action_mask": i["action_mask"] > 0} for a, i in infos.items()}


class LiveObservations(TicketRoutingEnv):
    def _observe(self):
        _, infos = super()._observe()
        return dict(zip(self.possible_agents, self._batch.observations[0], strict=True)), infos


class SharedRows(TicketRoutingEnv):
    def _observe(self):
        observations, infos = super()._observe()
        return dict.fromkeys(observations, observations["agent_0"]), infos


class SharedInfo(TicketRoutingEnv):
    def _observe(self):
        observations, infos = super()._observe()
        return observations, dict.fromkeys(infos, infos["agent_0"])


class SharedFlags(TicketRoutingEnv):
    def step(self, actions):
        observations, rewards, _, truncations, infos = super().step(actions)
        flags = self._all_false if observations else {}
        return observations, rewards, flags, truncations, infos


class DeafToSeeds(TicketRoutingEnv):
    def reset(self, seed=None, options=None):
        return super().reset(seed=None if seed is None else 0)


class SameAgain(TicketRoutingEnv):
    seed = 0

    def reset(self, seed=None, options=None):
        self.seed = self.seed if seed is None else seed
        return super().reset(seed=self.seed)


class LeakingSeed(TicketRoutingEnv):
    resets = 0

    def reset(self, seed=None, options=None):
        self.resets += 1
        return super().reset(seed=None if seed is None else seed + self.resets // 3)


class ForgetfulReset(TicketRoutingEnv):
    steps = 0

    def step(self, actions):
        self.steps += 1
        return super().step(actions)

    def reset(self, seed=None, options=None):
        return super().reset(seed=1000 + self.steps if seed is None else seed)


class GlobalRandomness(TicketRoutingEnv):
    def step(self, actions):
        observations, rewards, *rest = super().step(actions)
        return observations, {a: r + random.random() for a, r in rewards.items()}, *rest


class NoRestore(TicketRoutingEnv):
    def restore(self, snapshot):
        if not self.agents:
            self.reset(seed=0)


class HalfRestore(TicketRoutingEnv):
    bonus = 0.0

    def step(self, actions):
        self.bonus += 1.0  # not in the snapshot
        observations, rewards, *rest = super().step(actions)
        return observations, {agent: r + self.bonus for agent, r in rewards.items()}, *rest

    def reset(self, seed=None, options=None):
        self.bonus = 0.0
        return super().reset(seed, options)


class LosesTickets(TicketRoutingEnv):
    def counts(self):
        counts = super().counts()
        return {**counts, "arrivals": counts["arrivals"] + 1}


class DoublePrecision(TicketRoutingEnv):
    def _observe(self):
        observations, infos = super()._observe()
        return {a: o.astype(float) for a, o in observations.items()}, infos


class OutOfRange(TicketRoutingEnv):
    def _observe(self):
        observations, infos = super()._observe()
        return {a: o + np.float32(2) for a, o in observations.items()}, infos


class NumpyRewards(TicketRoutingEnv):
    def step(self, actions):
        observations, rewards, *rest = super().step(actions)
        return observations, {a: np.float64(r) for a, r in rewards.items()}, *rest


class NumpyFlags(TicketRoutingEnv):
    def step(self, actions):
        *most, truncations, infos = super().step(actions)
        return *most, {a: np.bool_(t) for a, t in truncations.items()}, infos


class Terminates(TicketRoutingEnv):
    def step(self, actions):
        observations, rewards, _, truncations, infos = super().step(actions)
        return observations, rewards, truncations, truncations, infos


class ExtraKey(TicketRoutingEnv):
    def step(self, actions):
        *most, infos = super().step(actions)
        return *most, {**infos, "__all__": {}}


class EarlyLeaver(TicketRoutingEnv):
    def step(self, actions):
        result = super().step(actions)
        self.agents = self.agents[:-1]
        return result


class NewSpaces(TicketRoutingEnv):
    def action_space(self, agent):
        return type(super().action_space(agent))(self._num_actions)


class RaisesOnIllegal(TicketRoutingEnv):
    def step(self, actions):
        if any(np.any(np.asarray(a, object) == 10**6) for a in actions.values()):
            raise ValueError("illegal")
        return super().step(actions)


class ActsOnIllegal(TicketRoutingEnv):
    def step(self, actions):
        return super().step({a: 1 if x == -1 else x for a, x in actions.items() if x is not None})


class BusyAfterTheEnd(TicketRoutingEnv):
    def step(self, actions):
        if not self.agents:
            return (*self._observe(), {}, {}, {})
        return super().step(actions)


class StateOutside(TicketRoutingEnv):
    def state(self):
        return super().state() - np.float32(3)


FAULTS = {
    GenerousMask: "mask lies",
    StrictMask: "mask lies",
    NothingLegal: "no legal action|forbids to pass",
    BoolMask: "must be int8",
    LiveObservations: "changed by a later step|changed what came after|two different|another way",
    SharedRows: "share memory|two different",
    SharedInfo: "share one info|share memory",
    SharedFlags: "changed",
    DeafToSeeds: "gave the same episode",
    SameAgain: "repeated the episode",
    LeakingSeed: "seed leaks|depends on",
    ForgetfulReset: "depends on what was played",
    GlobalRandomness: "two different episodes",
    NoRestore: "did not bring back|another way",
    HalfRestore: "another way",
    LosesTickets: "lost or invented",
    DoublePrecision: "dtype",
    OutOfRange: "outside its space",
    NumpyRewards: "Python float",
    NumpyFlags: "must be a bool",
    Terminates: "only truncate",
    ExtraKey: "exactly the agents",
    EarlyLeaver: "left before|disagree",
    NewSpaces: "same object",
    RaisesOnIllegal: "not raise",
    ActsOnIllegal: "more than pass",
    BusyAfterTheEnd: "after the end",
    StateOutside: "state.*outside",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_planted_fault_is_caught(fault):
    with pytest.raises(AssertionError, match=FAULTS[fault]):
        check_desk_env(lambda: fault("small_desk", max_cycles=SHORT))


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


@pytest.mark.parametrize("form", ["info", "none"])
def test_bid_desks_pass_over_a_whole_day(form):
    check_desk_env(lambda: TicketRoutingEnv("auction_desk", action_mask=form))

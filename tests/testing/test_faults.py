"""`check_desk_env` catches each planted fault."""

import random

import numpy as np
import pytest

from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.testing import check_desk_env

SHORT = 60


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


class NoPassInObservations(TicketRoutingEnv):
    def __init__(self, scenario, max_cycles):
        super().__init__(scenario, action_mask="observation", max_cycles=max_cycles)

    def _observe(self):
        observations, infos = super()._observe()
        for observation in observations.values():
            observation["action_mask"][:2] = 0, 1
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
    NoPassInObservations: "forbids to pass",
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

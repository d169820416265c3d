"""Who acts in a single-agent view while episodes of it are collected."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from marl_routing.core.dispatch import NO_TICKET
from marl_routing.envs.actions import PASS
from marl_routing.evaluation.protocol import require_fit
from marl_routing.policies import BidPolicy
from marl_routing.policies.policy import ObservingPolicy
from marl_routing.policies.registry import load_policy
from marl_routing.policies.talking import TalkingPolicy
from marl_routing.views.conversation import CustomerSupport
from marl_routing.views.dispatcher import TicketDispatcher
from marl_routing.views.triage import TicketTriage
from marl_routing.views.triage_rules import load_rule

Decide: TypeAlias = Callable[[Any], Any]  # an action, of an observation
Begin: TypeAlias = Callable[[int], Decide]  # whoever acts in an episode of this seed

RANDOM = "random"  # any legal action, all equally likely


def dispatching(env: TicketDispatcher, name: str) -> Begin:
    """A routing policy as a dispatcher, who may hold.

    The ticket on offer goes to the first agent whom the policy would have accept it now; if to
    none, it is held.
    """
    if name == RANDOM:
        return _randomly(env)
    policy, desk = load_policy(name), env.desk
    require_fit(policy, desk.scenario)
    if isinstance(policy, BidPolicy):
        raise ValueError(f"policy {name}: expected one whose agents accept, for a dispatcher")
    hold, slots = len(desk.possible_agents), desk.batch.num_slots

    def decide(observation: Any) -> int:
        if isinstance(policy, ObservingPolicy):
            policy.observe(desk.batch.observations)
        chosen = policy.act(desk.view(), desk.batch.action_masks)[0]
        accepts = (chosen > PASS) & (chosen <= slots)
        shown = desk.desk_record["slots"][np.where(accepts, chosen - 1, 0)]
        takers = np.flatnonzero(np.where(accepts, shown, NO_TICKET) == desk.offer())
        return int(takers[0]) if len(takers) and desk.offer() != NO_TICKET else hold

    def begin(seed: int) -> Decide:
        policy.reset(seed)
        return decide

    return begin


def triaging(env: TicketTriage, name: str) -> Begin:
    """A rule of `views.triage_rules`."""

    def begin(seed: int) -> Decide:
        rule = load_rule(name, seed)
        return lambda observation: rule(observation, env.operation_masks())

    begin(0)  # an unknown name is refused at once
    return begin


def conversing(env: CustomerSupport, name: str) -> Begin:
    """A policy that talks."""
    if name == RANDOM:
        return _randomly(env)
    policy = load_policy(name)
    if not isinstance(policy, TalkingPolicy):
        raise ValueError(f"policy {name}: expected {RANDOM} or one that talks, for a conversation")

    def begin(seed: int) -> Decide:
        policy.reset(seed)
        return lambda observation: policy.answer(env)

    return begin


def _randomly(env: TicketDispatcher | CustomerSupport) -> Begin:
    def begin(seed: int) -> Decide:
        rng = np.random.default_rng(seed)
        return lambda observation: int(rng.choice(np.flatnonzero(env.action_masks())))

    return begin

"""What policies send to desks of either protocol, and which fit them."""

import numpy as np

from marl_routing.core.view import DeskView
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.policies import BidPolicy, Policy
from marl_routing.policies.policy import Actions, Bids, Masks, ObservingPolicy
from marl_routing.policies.talking import TalkingPolicy
from marl_routing.scenario import Scenario


def require_fit(policy: Policy | BidPolicy, scenario: Scenario) -> None:
    """Raise a ValueError if it bids or talks and the agents do not, or was trained on others."""
    if isinstance(policy, BidPolicy) and scenario.protocol.kind != "bid":
        raise ValueError(
            f"policy {policy.name}: only where agents bid, "
            f"and {scenario.name} has protocol.kind {scenario.protocol.kind}"
        )
    if isinstance(policy, TalkingPolicy) and scenario.customers is None:
        raise ValueError(
            f"policy {policy.name}: only where agents talk to customers, "
            f"and {scenario.name} has none"
        )
    if isinstance(policy, ObservingPolicy) and not policy.fits(scenario):
        raise ValueError(
            f"policy {policy.name}: the observations or actions of {scenario.name} are not those "
            "that it was trained on"
        )


def decide(policy: Policy | BidPolicy, desks: DeskBatch) -> Actions | Bids:
    """What a policy sends to a batch as it stands."""
    if isinstance(policy, ObservingPolicy):
        policy.observe(desks.observations)
    return choose(policy, desks.view(), desks.action_masks)


def choose(policy: Policy | BidPolicy, view: DeskView, masks: Masks) -> Actions | Bids:
    """What a policy sends to N desks: where agents bid, an accept is a bid of 1 on that slot."""
    actions = policy.act(view, masks)
    if isinstance(policy, BidPolicy) or not view.bidding:
        return actions
    slots = np.arange(1, masks.shape[2])
    bids: Bids = (actions[:, :, None] == slots).astype(np.float32)
    return bids

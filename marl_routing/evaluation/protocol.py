"""What policies send to desks of either protocol."""

import numpy as np

from marl_routing.core.view import DeskView
from marl_routing.policies import BidPolicy, Policy
from marl_routing.policies.policy import Actions, Bids, Masks
from marl_routing.policies.talking import TalkingPolicy
from marl_routing.scenario import Scenario


def require_fit(policy: Policy | BidPolicy, scenario: Scenario) -> None:
    """Raise a ValueError if the policy bids or talks and the scenario's agents do not."""
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


def choose(policy: Policy | BidPolicy, view: DeskView, masks: Masks) -> Actions | Bids:
    """What a policy sends to N desks: where agents bid, an accept is a bid of 1 on that slot."""
    actions = policy.act(view, masks)
    if isinstance(policy, BidPolicy) or not view.bidding:
        return actions
    slots = np.arange(1, masks.shape[2])
    bids: Bids = (actions[:, :, None] == slots).astype(np.float32)
    return bids

"""What policies send to desks of either protocol, and which fit them."""

import numpy as np

from marl_routing.core.view import DeskView
from marl_routing.envs.desk_batch import DeskBatch
from marl_routing.policies import BidPolicy, Policy
from marl_routing.policies.policy import Actions, Bids, Masks, ObservingPolicy
from marl_routing.scenario import Scenario


class WrongShapeError(ValueError):
    """A policy's `act` returned an array of another shape than desks and agents have."""


def require_fit(policy: Policy | BidPolicy, scenario: Scenario) -> None:
    """Raise a ValueError if a policy says that it cannot play a scenario; not all are asked."""
    require = getattr(policy, "require", None)
    if require is not None:
        require(scenario)


def decide(policy: Policy | BidPolicy, desks: DeskBatch) -> Actions | Bids:
    """What a policy sends to a batch as it stands."""
    if isinstance(policy, ObservingPolicy):
        policy.observe(desks.observations)
    return choose(policy, desks.view(), desks.action_masks)


def choose(policy: Policy | BidPolicy, view: DeskView, masks: Masks) -> Actions | Bids:
    """What a policy sends to N desks: where agents bid, an accept is a bid of 1 on that slot."""
    actions = policy.act(view, masks)
    bids_itself = isinstance(policy, BidPolicy)
    expected = (*masks.shape[:2], view.slots.shape[1]) if bids_itself else masks.shape[:2]
    if np.shape(actions) != expected:
        raise WrongShapeError(
            f"policy {policy.name}: expected act to return an array of shape {expected}, "
            f"desks first, then agents, not {np.shape(actions)}"
        )
    if bids_itself or not view.bidding:
        return actions
    slots = np.arange(1, masks.shape[2])
    bids: Bids = (actions[:, :, None] == slots).astype(np.float32)
    return bids

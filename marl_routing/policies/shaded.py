"""Bid a share of the ticket's worth: what pays where winners pay their own bid.

In a first-price auction for one ticket, n bidders with uniform values bid (n - 1) / n of
theirs: Krishna (2009), "Auction Theory", section 2.3.
"""

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.view import DeskView
from marl_routing.policies.truthful import Truthful


class Shaded(Truthful):
    """The truthful bids times a share.

    Args:
        share: from 0 to 1.
    """

    name = "shaded"

    def __init__(self, share: float = 0.7) -> None:
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"policy shaded: share must be from 0 to 1, not {share}")
        super().__init__()
        self.share = share

    def bids(self, view: DeskView) -> NDArray[np.float32]:
        """A share of the truth."""
        bids: NDArray[np.float32] = super().bids(view) * self.share
        return bids

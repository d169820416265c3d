"""What one clearing of bids works with."""

import numpy as np


def auction_dtype(agents: int, slots: int) -> np.dtype[np.void]:
    """The record of one clearing."""
    columns = slots + 1  # the last is for agents that get nothing
    return np.dtype(
        [
            ("bid", "f8", (agents, slots)),  # 0: none
            ("worth", "f8", (agents, slots)),  # bid over the reserve price, plus the tie draw
            ("order", "i4", (slots,)),  # slots in the order of a sequential sale; -1 at the end
            ("buyer", "i4", (slots,)),  # of a slot sold, -1 before
            ("favourite", "i4", (slots,)),  # agent of largest worth in a greedy sale, -1: none left
            ("win", "i4", (agents,)),  # slot won, -1: none
            ("price", "f8", (agents,)),
            ("slot_of", "i4", (agents,)),  # from here on: scratch of the optimal assignment
            ("agent_of", "i4", (columns,)),
            ("agent_dual", "f8", (agents,)),
            ("slot_dual", "f8", (columns,)),
            ("shortest", "f8", (columns,)),
            ("path", "i4", (columns,)),
            ("slot_seen", "i1", (columns,)),
            ("left", "i4", (slots,)),  # slots not seen yet
        ],
        align=True,
    )

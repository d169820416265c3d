"""Reading what a policy sends: integers of any kind; all else is illegal, never an error."""

import numpy as np

PASS = 0
ILLEGAL = -1  # what no mask allows: the desk counts it and passes


def as_integer(action: object, num_actions: int) -> int:
    """The one integer in `action`, or ILLEGAL if there is none in 0..num_actions - 1."""
    try:
        value = np.asarray(action)
    except ValueError:  # ragged
        return ILLEGAL
    if value.size != 1 or value.dtype.kind not in "iub":
        return ILLEGAL
    number = int(value.item())
    return number if 0 <= number < num_actions else ILLEGAL

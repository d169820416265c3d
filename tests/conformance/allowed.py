"""Warnings turned to errors, but for the ones that nobody can avoid."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# PettingZoo's tests say these two of every observation that carries its mask.
OF_THE_DICT_FORM = (
    "Observation is not a NumPy array",
    "Observation space for each agent probably should be",
)
OF_MULTI_DISCRETE = ("Action space for each agent probably should be",)


@contextmanager
def only_warnings(*allowed: str) -> Iterator[None]:
    """Fail on any warning whose message does not begin with one of `allowed`."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        yield
    others = [str(w.message) for w in seen if not str(w.message).startswith(allowed or ("\0",))]
    assert not others, others

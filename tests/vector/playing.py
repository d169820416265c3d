"""Legal actions at random, and comparisons, for the tests of vector environments."""

from typing import Any

import numpy as np

from marl_routing import load_scenario
from marl_routing.views.rows import row_of

DESKS = 3
# As many histogram bins as the whole day has, so that nothing new is compiled.
SHORT = load_scenario("small_desk", time__horizon_steps=130)


def choose(masks, rng):
    """(rows,): a legal action of each row of (rows, actions) masks."""
    return (rng.random(masks.shape) * masks).argmax(axis=-1)


def operations(masks, rng):
    """(N, 3): a possible operation of each desk of (N, 5, T, A) masks, or none."""
    flat = masks.reshape(len(masks), -1)
    chosen = np.stack(np.unravel_index(choose(flat, rng), masks.shape[1:]), axis=1)
    possible = flat.any(axis=1) & (rng.random(len(masks)) < 0.8)
    return np.where(possible[:, None], chosen, [masks.shape[1], 0, 0])


def assert_alike(one: Any, other: Any) -> None:
    """Equal in structure and, but for the order of summation, in value."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for name in one:
            assert_alike(one[name], other[name])
    elif isinstance(one, tuple):
        assert len(one) == len(other)
        for mine, theirs in zip(one, other, strict=True):
            assert_alike(mine, theirs)
    elif isinstance(one, str):
        assert one == other
    else:
        assert np.shape(one) == np.shape(other)
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


def assert_told(native, reference, rows):
    """Infos say of these rows what the reference says, and flag no others; count of entries."""
    entries = 0
    for name in (name for name in native if not name.startswith("_")):
        flags = native[f"_{name}"]
        assert flags.dtype == np.bool_
        assert not (flags & ~reference[f"_{name}"]).any()
        if isinstance(native[name], dict):
            entries += assert_told(native[name], reference[name], rows)
            continue
        for row in np.flatnonzero(flags & rows).tolist():
            assert_alike(row_of(native[name], row), row_of(reference[name], row))
            entries += 1
    return entries

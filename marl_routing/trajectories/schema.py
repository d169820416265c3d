"""What the files of collected episodes hold: three tables, each column's kind and meaning."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from marl_routing.core.record import EVENT, Sizes
from marl_routing.core.terms import MEANINGS

Arrays = dict[str, NDArray[Any]]

ABOUT = "marl_routing"  # the key of the files' metadata under which a JSON text says what they are
FORMAT = 1  # goes up when a column changes its name or meaning
TERM = "term_{}"  # the column of a reward term


class Column(NamedTuple):
    """One column: a number a row, or as many as `shape` says."""

    name: str
    dtype: Any
    meaning: str
    shape: tuple[int, ...] = ()

    def field(self) -> Any:
        """What Arrow calls it; nothing is ever missing."""
        kind = pa.from_numpy_dtype(np.dtype(self.dtype))
        if self.shape:
            kind = pa.list_(pa.field("element", kind, nullable=False), self.shape[0])
        return pa.field(self.name, kind, nullable=False)

    def packed(self, rows: NDArray[Any]) -> Any:
        """(..., *shape) as a column of Arrow: the same bits, mostly the same memory."""
        values = pa.array(np.ascontiguousarray(rows, self.dtype).reshape(-1))
        if not self.shape:
            return values
        return pa.FixedSizeListArray.from_arrays(values, type=self.field().type)

    def unpacked(self, column: Any) -> NDArray[Any]:
        """(rows, *shape) of a column of Arrow."""
        values = column.combine_chunks()
        if self.shape:
            values = values.flatten()
        numbers: NDArray[Any] = values.to_numpy(zero_copy_only=False)
        return numbers.reshape(-1, *self.shape)


class Tables(NamedTuple):
    """The columns of each file."""

    steps: tuple[Column, ...]
    ends: tuple[Column, ...]
    events: tuple[Column, ...]


EPISODE = Column("episode", np.int32, "number of the episode, from 0; its seed stands in `ends`")
AGENT = Column("agent", np.int32, "index of the agent")


def tables_of(sizes: Sizes) -> Tables:
    """The three tables of a desk of these sizes."""
    seen = (
        Column("observation", np.float32, "what the agent sees", (sizes.observed,)),
        _mask(sizes),
    )
    steps = (
        EPISODE,
        Column("step", np.int32, "clock at which the agent acts, from 0"),
        AGENT,
        *seen,
        _action(sizes),
        Column("reward", np.float32, "what the step paid the agent"),
        Column("truncated", np.bool_, "whether the episode ends with this step"),
        *(Column(TERM.format(name), np.float32, words) for name, words in MEANINGS.items()),
    )
    ends = (
        EPISODE,
        Column("seed", np.int64, "of the episode"),
        Column("steps", np.int32, "of the episode"),
        AGENT,
        *seen,
    )
    meanings = {
        "step": "clock, as in events.md",
        "event": "place in `about['events']`",
        "ticket": "its number in order of arrival, -1: none",
        "agent": "index of the agent, -1: none",
        "value": "what events.md says",
    }
    events = (EPISODE, *(Column(name, EVENT[name], words) for name, words in meanings.items()))
    return Tables(steps, ends, events)


def _mask(sizes: Sizes) -> Column:
    if sizes.bidding:
        return Column("bid_mask", np.int8, "1 for a slot that it may bid for", (sizes.slots,))
    return Column("action_mask", np.int8, "1 where an action is legal", (sizes.actions,))


def _action(sizes: Sizes) -> Column:
    if sizes.bidding:
        return Column("action", np.float32, "the agent's bids, as sent", (sizes.slots,))
    return Column("action", np.int32, "the agent's action, as sent")


def schema_of(columns: tuple[Column, ...], about: str) -> Any:
    """What Arrow calls a table, with the JSON text of what the files are."""
    return pa.schema([column.field() for column in columns], metadata={ABOUT: about})

"""What a run found, as it is kept in JSON."""

import json
from dataclasses import asdict, dataclass
from statistics import median
from typing import Self


@dataclass(frozen=True)
class Results:
    """Figures of one run.

    Attributes:
        machine: where and with what this was measured.
        peers: what was installed for each peer.
        values: of each row of `rows.ROWS`, one a repetition.
        missing: rows that could not be measured, and why.
    """

    machine: dict[str, str]
    peers: dict[str, str]
    values: dict[str, list[float]]
    missing: dict[str, str]

    def middle(self, row: str) -> float:
        """Median of a row."""
        return median(self.values[row])

    def ratio(self, row: str, other: str) -> float:
        """Median of the ratios within each repetition, which met the same machine."""
        return median(a / b for a, b in zip(self.values[row], self.values[other], strict=True))

    def to_json(self) -> str:
        """Text that `from_json` reads."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote."""
        return cls(**json.loads(text))

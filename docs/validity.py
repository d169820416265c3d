"""The tables of validity.md, from kept results: `python -m docs.validity` makes these anew.

That simulates every exact desk, and those that find planted faults: a few minutes of one core,
and the same bytes every time.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docs.faults import FAULTS, Fault, check_planted, plant
from docs.tables import table
from marl_routing.evaluation.agreement import STANDARD_ERRORS
from marl_routing.evaluation.exact import PRECISION, check_desk
from marl_routing.evaluation.figures import plain
from marl_routing.scenario import list_exact_desks
from marl_routing.scenario.writing import write_file

FOLDER = Path(__file__).parent
KEPT, PUBLISHED = FOLDER / "validity.json", FOLDER / "published_desks.json"
NUMBERS = {  # what published values are called, and what they are called here
    "backlog": "backlog, tickets",
    "queue": "queue, tickets",
    "occupancy": "occupancy",
    "waited": "had to wait, share",
    "wait": "wait, minutes",
    "sojourn": "time open, minutes",
    "abandoned": "abandoned, share",
    "dropped": "dropped, share",
}

Row = dict[str, Any]


def exact_table() -> str:
    """Every exact desk, its simulated and its exact numbers."""
    rows = (
        (
            f"`exact/{check['scenario']}`",
            check["model"],
            row["number"],
            _simulated(row),
            _short(row["exact"]),
            f"{row['off_standard_errors']:+.1f}",
            f"{100 * row['off']:+.2f} %",
            "" if row["limit"] is None else _short(row["limit"]),
        )
        for check in _kept()["checks"]
        for row in check["numbers"]
        if row["simulated"] or row["exact"] > PRECISION
    )
    return table(
        "| desk | model | number | simulated | exact | off, standard errors | off "
        "| continuous time |",
        rows,
    )


def published_table() -> str:
    """Published values beside ours, a step being a minute."""
    checks = {f"exact/{check['scenario']}": check["numbers"] for check in _kept()["checks"]}
    desks = json.loads(PUBLISHED.read_text(encoding="utf-8"))["desks"]
    rows = (
        (f"`{desk}`", NUMBERS[what], f"{value:g}", _short(ours["exact"]), _simulated(ours))
        for desk, values in desks.items()
        for what, value in values.items()
        for ours in checks[desk]
        if ours["number"] == NUMBERS[what]
    )
    return table("| desk | number | published | our theory | our simulation |", rows)


def planted_table() -> str:
    """What each planted fault did to the numbers that it made wrong."""
    return table(
        "| fault | desk | number | exact | sound tick | with the fault | off, standard errors "
        "| off |",
        _planted_rows(),
    )


def _planted_rows() -> Iterator[tuple[str, ...]]:
    checks = {f"exact/{check['scenario']}": check["numbers"] for check in _kept()["checks"]}
    for planted in _kept()["faults"]:
        for sound, faulty in zip(checks[planted["desk"]], planted["numbers"], strict=True):
            if not faulty["agrees"]:
                yield (
                    planted["fault"],
                    f"`{planted['desk']}`",
                    faulty["number"],
                    _short(faulty["exact"]),
                    _simulated(sound),
                    _simulated(faulty),
                    f"{faulty['off_standard_errors']:+.0f}",
                    f"{100 * faulty['off']:+.1f} %",
                )


def _simulated(row: Row) -> str:
    return f"{_short(row['simulated'])} ± {STANDARD_ERRORS * row['standard_error']:.2g}"


def _short(number: float) -> str:
    return f"{number:.5g}" if abs(number) > 1e-9 else "0"


@cache
def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return kept


def _planted(fault: Fault) -> Row:
    with TemporaryDirectory() as folder:
        plant(fault, Path(folder))
        _, told = check_planted(fault, Path(folder), PRECISION)
    return {"fault": fault.what, "desk": fault.desk, "numbers": told["numbers"]}


def main() -> None:
    """Simulate all, keep the results, write the page."""
    from docs import generate

    results = {
        "checks": [check_desk(desk).to_json() for desk in list_exact_desks()],
        "faults": [_planted(fault) for fault in FAULTS],
    }
    write_file(KEPT, json.dumps(plain(results), indent=1) + "\n")
    _kept.cache_clear()
    generate.main()


if __name__ == "__main__":
    main()

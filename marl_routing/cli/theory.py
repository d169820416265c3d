"""`marl-routing validate --theory`: does the simulator agree with what is known exactly?"""

import math
from collections.abc import Sequence

import typer
from rich.box import SIMPLE_HEAD
from rich.progress import Progress
from rich.table import Column, Table

from marl_routing.cli.console import (
    FAILED,
    compiling,
    leave_unfinished,
    out,
    print_json,
    progress_bar,
    read_percentage,
    refusing_bad_input,
)
from marl_routing.evaluation.agreement import STANDARD_ERRORS, Check, Number
from marl_routing.evaluation.exact import check_desk, prepare_check, require_checkable
from marl_routing.scenario import Scenario, list_exact_desks, load_scenario


def validate_theory(names: Sequence[str], seed: int, precision: str, as_json: bool) -> None:
    """Simulate desks of which numbers are known exactly, and compare.

    Args:
        names: scenarios whose queue or whose costs are solved; none: all exact desks.
        seed: of the tickets.
        precision: that 3 standard errors shall reach, such as 1%, of each exact number.
        as_json: print JSON and nothing else.
    """
    with refusing_bad_input():
        share = read_percentage(precision)
        desks = [load_scenario(name) for name in names or list_exact_desks()]
        require_checkable(desks, share)
    with compiling():
        for desk in desks:
            prepare_check(desk)
    checks = _simulate(desks, seed, share)
    if as_json:
        print_json([check.to_json() for check in checks])
    else:
        for check in checks:
            out().print(_table(check))
        out().print(_verdict(checks), soft_wrap=True, highlight=False)
    leave_unfinished([desk.name for desk in desks[len(checks) :]])
    if not all(check.agrees for check in checks):
        raise typer.Exit(FAILED)


def _simulate(desks: Sequence[Scenario], seed: int, precision: float) -> list[Check]:
    """One desk after the other; an interruption keeps those that are done."""
    checks = list[Check]()
    try:
        with progress_bar() as bar:
            for desk in desks:
                checks.append(_check(desk, seed, precision, bar))
    except KeyboardInterrupt:
        pass
    return checks


def _check(desk: Scenario, seed: int, precision: float, bar: Progress) -> Check:
    task = bar.add_task(desk.name, total=1.0)
    with refusing_bad_input():  # of some desks it takes solving them to see that nothing is known
        check = check_desk(
            desk, seed, precision, progress=lambda done: bar.update(task, completed=done)
        )
    bar.remove_task(task)
    return check


def _table(check: Check) -> Table:
    """A line a number."""
    table = Table(
        Column("number", no_wrap=True),
        title=f"{check.scenario}: {check.model}, {check.desks} desks of {check.steps} "
        f"steps, policy {check.policy}",
        caption=f"± {STANDARD_ERRORS:g} standard errors; limit: in continuous time, to which the "
        "exact value tends as steps get shorter",
        title_justify="left",
        caption_justify="left",
        box=SIMPLE_HEAD,
    )
    for heading in ("simulated", "exact", "off, standard errors", "off, %", "limit", "agrees"):
        table.add_column(heading, justify="right")
    for number in check.numbers:
        table.add_row(*_row(number, check.precision))
    return table


def _row(number: Number, precision: float) -> list[str]:
    noise = STANDARD_ERRORS * number.error
    told = number.to_json()
    verdict = "yes" if number.agrees else "NO"
    return [
        number.name,
        f"{number.simulated:.5g} ± {noise:.2g}",
        f"{number.exact:.5g}",
        f"{told['off_standard_errors']:+.1f}",
        f"{100 * float(told['off']):+.2f}",
        "" if math.isnan(number.limit) else f"{number.limit:.5g}",
        verdict if number.noise <= precision else f"{verdict}, but noisy",
    ]


def _verdict(checks: Sequence[Check]) -> str:
    """What was found, in one sentence."""
    wrong = [check.scenario for check in checks if not check.agrees]
    agree = f"{len(checks) - len(wrong)} of {len(checks)} desks agree with what is known exactly"
    rule = f"every number within {STANDARD_ERRORS:g} standard errors, and these within "
    rule += " or ".join(sorted({f"{100 * check.precision:g} %" for check in checks}))
    return f"{agree}: {rule}." if not wrong else f"{agree} ({rule}); not so {', '.join(wrong)}."

"""The desk as text: clock, queue by category, agents with load bars, KPIs."""

from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any

from marl_routing.core.batch import Batch
from marl_routing.core.record import NEVER, Record
from marl_routing.scenario import Scenario
from marl_routing.scenario.time import MINUTES_A_DAY, MINUTES_A_WEEK, WEEKDAYS

BAR = 10  # characters of a full load bar


def desk_text(batch: Batch, scenario: Scenario) -> str:
    """Draw the first desk of a batch, some lines of plain text."""
    desk = batch.states[0]
    parts = [
        _clock(desk, scenario),
        _table(_queue_rows(desk, scenario), numbers=3),
        _table(_agent_rows(desk, batch, scenario), numbers=0),
        _kpis(batch.metrics(0)),
    ]
    return "\n\n".join(parts)


def _clock(desk: Record, scenario: Scenario) -> str:
    time = scenario.time
    minute = int(time.start.minute_of_week + desk["step"] * time.step_minutes) % MINUTES_A_WEEK
    day, minute = divmod(minute, MINUTES_A_DAY)
    hours, minutes = divmod(minute, 60)
    return (
        f"{scenario.name}   {WEEKDAYS[day]} {hours:02}:{minutes:02}   "
        f"step {desk['step']} of {time.horizon_steps}"
    )


def _queue_rows(desk: Record, scenario: Scenario) -> Iterator[Sequence[str]]:
    yield "queue", "waiting", "oldest", "next deadline"
    step, minutes = int(desk["step"]), scenario.time.step_minutes
    tickets = list(_queued(desk))
    for category, name in enumerate(scenario.categories):
        waiting = [ticket for ticket in tickets if ticket["category"] == category]
        oldest = min((int(ticket["arrived"]) for ticket in waiting), default=NEVER)
        late = sum(int(ticket["due"]) <= step for ticket in waiting)
        due = min((int(ticket["due"]) for ticket in waiting), default=NEVER)
        yield (
            name,
            str(len(waiting)),
            "-" if oldest == NEVER else _span((step - oldest) * minutes),
            f"{late} late" if late else _until(due, step, minutes),
        )


def _until(due: int, step: int, step_minutes: float) -> str:
    return "-" if due == NEVER else f"in {_span((due - step) * step_minutes)}"


def _queued(desk: Record) -> Iterator[Any]:
    """Every ticket of the queue, list by list."""
    for index in desk["head"]:
        while index >= 0:
            yield desk["tickets"][index]
            index = desk["tickets"][index]["next"]


def _agent_rows(desk: Record, batch: Batch, scenario: Scenario) -> Iterator[Sequence[str]]:
    yield "agent", "load", "", "in work"
    rules = batch.parameters.rules.desk[0]
    for agent, name in enumerate(batch.parameters.agent_names):
        held, capacity = int(desk["held_count"][agent]), int(rules["capacity"][agent])
        full = -(-BAR * held // capacity)
        in_work = desk["held"][agent, : min(held, int(rules["concurrency"][agent]))]
        doing = ", ".join(_ticket(desk["tickets"][index], scenario) for index in in_work) or "idle"
        yield (
            f"agent_{agent}" if name == f"agent_{agent}" else f"agent_{agent} {name}",
            "█" * full + "░" * (BAR - full),
            f"{held}/{capacity}",
            doing if desk["on_shift"][agent] else "off shift",
        )


def _ticket(ticket: Any, scenario: Scenario) -> str:
    category, priority = scenario.categories[ticket["category"]], ticket["priority"]
    late = ", late" if ticket["breached"] else ""
    return f"#{ticket['number']} {category} ({scenario.priorities[priority]}{late})"


def _kpis(metrics: dict[str, Any]) -> str:
    resolution = metrics["resolution_minutes_mean"]
    return "   ".join(
        (
            f"arrivals {metrics['arrivals']}",
            f"resolved {metrics['resolved']}",
            f"abandoned {metrics['abandoned']}",
            f"dropped {metrics['dropped']}",
            f"open {metrics['backlog_end']}",
            f"to resolution {'-' if isnan(resolution) else _span(resolution)}",
            f"SLA {_percent(metrics['sla_resolution'])}",
            f"occupancy {_percent(metrics['occupancy'])}",
            f"reward {metrics['reward']:.1f}",
        )
    )


def _percent(share: float) -> str:
    return "-" if isnan(share) else f"{share:.0%}"


def _span(minutes: float) -> str:
    """A length of time in its two largest units."""
    hours, rest = divmod(round(minutes), 60)
    days, hours_left = divmod(hours, 24)
    if days:
        return f"{days} d {hours_left} h"
    return f"{hours} h {rest:02} min" if hours else f"{rest} min"


def _table(rows: Iterator[Sequence[str]], numbers: int) -> str:
    """Align columns; the last `numbers` of them to the right."""
    lines = list(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    left = len(widths) - numbers
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )

"""The desk as text: clock, queue by category, agents with load bars, KPIs.

Where tickets can rest, queued ones that depend on another are counted, and those in an agent's
hands named.
"""

from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any

from marl_routing.core.batch import Batch
from marl_routing.core.record import NEVER, NOT_PENDING, Record
from marl_routing.envs.dependencies import wait_for_others
from marl_routing.scenario import Scenario
from marl_routing.scenario.time import MINUTES_A_DAY, MINUTES_A_WEEK, WEEKDAYS

BAR = 10  # characters of a full load bar


def desk_text(batch: Batch, scenario: Scenario) -> str:
    """Draw the first desk of a batch, some lines of plain text."""
    desk = batch.states[0]
    parts = [
        _clock(desk, scenario),
        _table(_queue_rows(desk, scenario), numbers=3 + scenario.dynamic),
        _table(_agent_rows(desk, scenario), numbers=0),
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
    yield "queue", "waiting", "oldest", "next deadline", *(["dependent"] * scenario.dynamic)
    step, minutes = int(desk["step"]), scenario.time.step_minutes
    queued = list(_queued_tickets(desk))
    for category, name in enumerate(scenario.categories):
        indices = [index for index in queued if desk["tickets"][index]["category"] == category]
        waiting = [desk["tickets"][index] for index in indices]
        oldest = min((int(ticket["arrived"]) for ticket in waiting), default=NEVER)
        late = sum(int(ticket["due"]) <= step for ticket in waiting)
        due = min((int(ticket["due"]) for ticket in waiting), default=NEVER)
        row = (
            name,
            str(len(waiting)),
            "-" if oldest == NEVER else _span((step - oldest) * minutes),
            f"{late} late" if late else _until(due, step, minutes),
        )
        yield (*row, str(wait_for_others(desk, indices).sum())) if scenario.dynamic else row


def _queued_tickets(desk: Record) -> Iterator[int]:
    """Index of every ticket of the queue, list by list."""
    following = desk["tickets"]["next"]
    for index in desk["head"]:
        while index >= 0:
            yield int(index)
            index = following[index]


def _until(due: int, step: int, step_minutes: float) -> str:
    return "-" if due == NEVER else f"in {_span((due - step) * step_minutes)}"


def _agent_rows(desk: Record, scenario: Scenario) -> Iterator[Sequence[str]]:
    yield "agent", "load", "", "in work"
    agents = scenario.agents
    for agent, (name, capacity) in enumerate(zip(agents.names, agents.capacities, strict=True)):
        held = int(desk["held_count"][agent])
        full = -(-BAR * held // capacity)
        doing = _doing(desk, agent, scenario) if desk["on_shift"][agent] else "off shift"
        yield (
            f"agent_{agent}" if name == f"agent_{agent}" else f"agent_{agent} {name}",
            "█" * full + "░" * (BAR - full),
            f"{held}/{capacity}",
            doing,
        )


def _doing(desk: Record, agent: int, scenario: Scenario) -> str:
    """What an agent works on, or else helps with; then what rests in its hands."""
    held = desk["held"][agent, : desk["held_count"][agent]]
    if not scenario.dynamic:
        return _tickets(desk, held[: scenario.agents.concurrencies[agent]], scenario) or "idle"
    life, helped = desk["life"][held], desk["helping"][agent]
    pending = life["pending"] != NOT_PENDING
    waiting = wait_for_others(desk, held) & ~pending
    parts = [_tickets(desk, held[life["in_work"] != 0], scenario) or "idle"]
    if helped >= 0:
        parts = [f"helps with {_tickets(desk, [helped], scenario)}"]
    for word, which in (("pending", pending), ("waiting", waiting)):
        if which.any():
            parts.append(f"{word} {_tickets(desk, held[which], scenario)}")
    return "; ".join(parts)


def _tickets(desk: Record, indices: Sequence[int], scenario: Scenario) -> str:
    return ", ".join(_ticket(desk["tickets"][index], scenario) for index in indices)


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

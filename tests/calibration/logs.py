"""A made-up desk's tickets, written the way each help desk exports them."""

import csv
import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

MONDAY = datetime(2024, 5, 6)
AGENTS = ("Ada", "Ben", "Cleo")
CATEGORIES = ("Billing", "Login", "Printer")
PRIORITIES = ("High", "Medium", "Low")
SPEEDS = np.array([[1.0, 1.0, 0.0], [1.0, 0.2, 1.0], [0.2, 1.0, 1.0]])  # 0: never takes any


@dataclass(frozen=True)
class Ticket:
    """One ticket of the made-up desk."""

    id: int
    opened: datetime
    resolved: datetime
    agent: str
    category: str
    priority: str
    made_sla: bool


def make_tickets(weeks: int, seed: int = 0) -> list[Ticket]:
    """Three agents who work Monday to Friday, 9 to 17, at 30 tickets a day."""
    draws = np.random.Generator(np.random.PCG64(seed))
    tickets: list[Ticket] = []
    for day in (d for d in range(7 * weeks) if d % 7 < 5):
        for minute in np.sort(draws.integers(9 * 60, 17 * 60, size=30)):
            opened = MONDAY + timedelta(days=day, minutes=int(minute))
            category = draws.choice(3, p=[0.5, 0.3, 0.2])
            able = SPEEDS[:, category] > 0
            agent = draws.choice(3, p=able / able.sum())
            took = 1 + 60 * draws.exponential() / SPEEDS[agent, category]
            tickets.append(
                Ticket(
                    id=len(tickets) + 1,
                    opened=opened,
                    resolved=opened + timedelta(minutes=int(took)),
                    agent=AGENTS[agent],
                    category=CATEGORIES[category],
                    priority=PRIORITIES[draws.choice(3, p=[0.1, 0.6, 0.3])],
                    made_sla=bool(took < 120),
                )
            )
    return tickets


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """A CSV file, compressed if its name says so."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def servicenow(path: Path, tickets: Iterable[Ticket]) -> Path:
    """Two rows a ticket; the outcome stands on both, a late category on the last only."""
    header = ["number", "incident_state", "made_sla", "opened_at", "category", "priority"]
    header += ["resolved_by", "resolved_at", "closed_at"]
    ranks = {"High": "2 - High", "Medium": "3 - Moderate", "Low": "4 - Low"}
    rows = []
    for t in tickets:
        opened, resolved = (f"{d.day}/{d.month}/{d:%Y %H:%M}" for d in (t.opened, t.resolved))
        for state, category in (("New", "?"), ("Closed", t.category)):
            start = [f"INC{t.id:07d}", state, str(t.made_sla).lower(), opened, category]
            rows.append([*start, ranks[t.priority], t.agent, resolved, "1/1/2030 00:00"])
    return write_csv(path, header, rows)


def zendesk(path: Path, tickets: Iterable[Ticket]) -> Path:
    """The CSV export."""
    header = ["Id", "Created at", "Solved at", "Assignee", "Ticket type", "Priority"]
    return write_csv(path, header, [_row(t, "%Y-%m-%d %H:%M:%S") for t in tickets])


def zendesk_api(path: Path, tickets: Iterable[Ticket]) -> Path:
    """The API's fields, with its dates."""
    header = ["id", "created_at", "metrics.solved_at", "assignee_id", "type", "priority"]
    return write_csv(path, header, [_row(t, "%Y-%m-%dT%H:%M:%SZ") for t in tickets])


def freshdesk(path: Path, tickets: Iterable[Ticket]) -> Path:
    """Header case varies between accounts; hour columns are often empty."""
    header = ["Ticket Id", "Created Time", "RESOLVED TIME", "Agent", "Type", "Priority"]
    header += ["Resolution status", "First response time (in hrs)"]
    status = {True: "Within SLA", False: "SLA Violated"}
    rows = [[*_row(t, "%Y-%m-%d %H:%M:%S"), status[t.made_sla], ""] for t in tickets]
    return write_csv(path, header, rows)


def jira(path: Path, tickets: Iterable[Ticket]) -> Path:
    """A byte order mark, repeated column names, cells beyond the header, a "-" before a breach."""
    header = ["\ufeffIssue key", "Created", "Resolved", "Assignee", "Issue Type", "Priority"]
    header += ["Labels", "Labels", "Time to resolution"]
    time = {True: "3:15", False: "-1:20"}
    rows = [[*_row(t, "%d/%b/%y %I:%M %p"), "a", "b", time[t.made_sla], "beyond"] for t in tickets]
    return write_csv(path, header, rows)


def _row(t: Ticket, form: str) -> list[str]:
    return [
        str(t.id),
        f"{t.opened:{form}}",
        f"{t.resolved:{form}}",
        t.agent,
        t.category,
        t.priority,
    ]

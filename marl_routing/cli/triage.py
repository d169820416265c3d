"""The word `triage` for a scenario: an operator's episode in the triage view, step by step."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import typer
from rich.table import Table

from marl_routing.cli.console import (
    INTERRUPTED,
    compiling,
    err,
    make_writable,
    out,
    print_json,
    refuse,
    refusing_bad_input,
)
from marl_routing.core.record import NEVER, NOT_PENDING
from marl_routing.envs.dependencies import wait_for_others
from marl_routing.evaluation.figures import plain
from marl_routing.scenario.writing import write_file
from marl_routing.views.triage import VERBS, Action, TicketTriage
from marl_routing.views.triage_observation import steps_left
from marl_routing.views.triage_rules import Rule, load_rule

VIEW = "triage"  # no scenario is called so
TOP = 5  # tickets in the closing table


def run_triage(
    policy: str, seed: int, steps: int | None, render: bool, as_json: bool, trace: Path | None
) -> None:
    """Play one episode; write what each step did, and show engineers and open tickets."""
    with refusing_bad_input():
        rule = load_rule(policy, seed)
        if trace is not None:
            _make_writable(trace)
        env = TicketTriage(render_mode="human" if render else None)
    _compile()
    lines: list[dict[str, Any]] = []
    switches = np.zeros(len(env.desk.possible_agents), np.int64)
    interrupted = False
    try:
        for line in _play(env, rule, seed, steps):
            lines.append(line)
            switches += env.desk.terms()["context_switch"].astype(np.int64)
    except KeyboardInterrupt:
        interrupted = True
    if trace is not None:
        with refusing_bad_input():
            write_file(trace, "".join(f"{json.dumps(plain(line))}\n" for line in lines))
        err.print(f"Wrote {len(lines)} steps to {trace}.", soft_wrap=True, highlight=False)
    _report(env, f"{VIEW}, {policy}, seed {seed}, {len(lines)} steps", switches, as_json)
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _make_writable(trace: Path) -> None:
    """Find out before the work whether its steps can be saved."""
    if trace.is_dir():
        refuse(f"--out: expected a file to write, and {trace} is a folder")
    make_writable(trace.parent)


def _compile() -> None:
    env = TicketTriage()
    with compiling():
        env.reset(seed=0)
        env.step(np.zeros(3, np.int64))


def _play(env: TicketTriage, rule: Rule, seed: int, steps: int | None) -> Iterator[dict[str, Any]]:
    """Each step as a line of the trace."""
    observation, info = env.reset(seed=seed)
    done, truncated = 0, False
    while not truncated and done != steps:
        action, illegal = rule(observation, env.operation_masks()), info["illegal_actions"]
        words = env.action_meaning(action)
        observation, reward, _, truncated, info = env.step(action)
        yield _line(done, action, words, reward, info, illegal)
        done += 1


def _line(
    step: int, action: Action, words: str, reward: float, info: dict[str, Any], illegal: int
) -> dict[str, Any]:
    verb, row, engineer = action.tolist()
    return {
        "step": step,
        "action": words,
        "verb": VERBS[verb],
        "row": row,
        "engineer": engineer,
        "legal": info["illegal_actions"] == illegal,
        "reward": reward,
        "reward_terms": info["reward_terms"],
        "backlog_count": info["backlog_count"],
        "total_resolved": info["total_resolved"],
        "sla_breaches": info["sla_breaches"],
    }


def _report(env: TicketTriage, title: str, switches: Any, as_json: bool) -> None:
    kpis = env.desk.metrics()
    engineers, tickets = _engineers(env, kpis, switches), _most_urgent(env)
    if as_json:
        print_json({"kpis": kpis, "engineers": engineers, "tickets": tickets})
        return
    out().print(_table(title, engineers))
    out().print(_table(f"{len(tickets)} most urgent of {kpis['backlog_end']} open", tickets))
    closing = {name: kpis[name] for name in ("reward", "resolved", "breaches", "illegal_actions")}
    closing["sla_breaches"] = int(env.desk.desk_record["breaches"])
    out().print("   ".join(f"{name} {n:.4g}" for name, n in closing.items()), highlight=False)


def _engineers(env: TicketTriage, kpis: dict[str, Any], switches: Any) -> list[dict[str, Any]]:
    """A row an engineer."""
    record, desk = env.desk.desk_record, env.desk
    busy = np.nan_to_num(kpis["occupancy_by_agent"])
    return [
        {
            "engineer": name,
            "resolved": kpis["resolved_by_agent"][i],
            "busy, %": round(100 * float(busy[i])),
            "switches": int(switches[i]),
            "holds": int(record["held_count"][i]),
            "helps with": int(record["helped_number"][i]) if record["helping"][i] >= 0 else None,
        }
        for i, name in enumerate(desk.scenario.agents.names)
    ]


def _most_urgent(env: TicketTriage) -> list[dict[str, Any]]:
    """A row for each of the open tickets with the least time left."""
    desk, scenario = env.desk, env.desk.scenario
    indices = desk.open_tickets()
    left = steps_left(desk.batch, np.array([indices], np.int64))[0].tolist()
    order = sorted(zip(left, (desk.ticket(i).number for i in indices), indices, strict=True))
    minutes, clock = scenario.time.step_minutes, int(desk.desk_record["step"])
    rows = []
    for steps, number, index in order[:TOP]:
        ticket = desk.ticket(index)
        rows.append(
            {
                "ticket": number,
                "category": scenario.categories[ticket.category],
                "priority": scenario.priorities[ticket.priority],
                "age, min": round((clock - ticket.arrived) * minutes),
                "left, min": None if steps == NEVER else round(steps * minutes),
                "where": _where(env, index),
            }
        )
    return rows


def _where(env: TicketTriage, index: int) -> str:
    """Who holds a ticket, and what keeps it from being worked on."""
    record, life = env.desk.desk_record, env.desk.desk_record["life"][index]
    holder = int(record["tickets"]["holder"][index])
    place = "queue" if holder < 0 else env.desk.scenario.agents.names[holder]
    if life["pending"] != NOT_PENDING:
        return f"{place}, pending"
    if wait_for_others(record, [index])[0]:
        return f"{place}, waits for ticket {life['waits_for']}"
    return f"{place}, in work" if life["in_work"] else place


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    """Rows of equal keys; numbers to the right."""
    table = Table(title=title, title_justify="left")
    for name, value in (rows[0] if rows else {}).items():
        table.add_column(name, justify="left" if isinstance(value, str) else "right")
    for row in rows:
        table.add_row(*("-" if value is None else str(value) for value in row.values()))
    return table

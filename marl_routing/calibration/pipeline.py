"""From a log to a scenario file: read, fit, solve, compare, write."""

from collections.abc import Callable, Mapping
from pathlib import Path

from marl_routing.calibration import build, explain, trace, write
from marl_routing.calibration.compare import HOUR_OF_WEEK, compare
from marl_routing.calibration.fit import fit_desk
from marl_routing.calibration.read import read_log
from marl_routing.calibration.report import CalibrationReport
from marl_routing.calibration.simulate import POLICY, simulate, solve_targets
from marl_routing.calibration.tickets import choose_team, split_weeks
from marl_routing.scenario import load_scenario
from marl_routing.scenario.writing import write_file

TRACE_EPISODES = 2  # a replayed log is one long episode, and the same tickets each time


def run(
    path: Path,
    output: Path,
    format: str,
    mapping: Mapping[str, str],
    *,
    top_categories: int,
    team_size: int,
    as_trace: bool,
    source: str,
    episodes: int,
    seed: int,
    progress: Callable[[str], None],
) -> CalibrationReport:
    """Do what `calibrate` says."""
    progress("reading the log")
    log = read_log(path, format, mapping)
    weeks = split_weeks(log)
    tickets, names = choose_team(log, weeks, top_categories, team_size)
    progress("fitting the desk")
    fit = fit_desk(tickets, names, weeks)
    data = build.build_data(fit, output.stem, explain.description(log, fit))
    if as_trace:
        data = trace.trace_arrivals(data, weeks, trace.trace_tickets(tickets, names))
        episodes = min(episodes, TRACE_EPISODES)
    progress("simulating the desk")
    simulation = simulate(load_scenario(data), episodes, seed)
    while simulation.dropped and simulation.most_open < build.MOST_OPEN:
        data = build.with_queue(data, simulation.most_open)
        simulation = simulate(load_scenario(data), episodes, seed)
    targets, reached = solve_targets(simulation, fit.attainment)
    data = build.with_queue(data, simulation.most_open)
    data = build.with_targets(data, targets.tolist())
    load_scenario(data)
    replayed = None
    if as_trace:
        replayed = output.with_name(f"{output.stem}_trace.csv")
        write_file(replayed, trace.trace_csv(data["arrivals"]["trace"]))
        data = data | {"arrivals": {"process": "trace", "trace": replayed.name}}
    comments = explain.comments(log, fit, weeks, reached, source, as_trace)
    write_file(output, write.scenario_text(data, comments))
    rows = compare(tickets, names, weeks, simulation, reached)
    return CalibrationReport(
        output=output,
        trace=replayed,
        format=log.format,
        columns=log.columns,
        rows=log.rows,
        tickets=len(log.opened),
        skipped=log.skipped,
        notes=explain.notes(log, fit, weeks),
        policy=POLICY,
        comparison=tuple(row for row in rows if row.group != HOUR_OF_WEEK),
        hour_of_week=tuple(row for row in rows if row.group == HOUR_OF_WEEK),
    )

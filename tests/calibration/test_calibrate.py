"""From a log to a scenario file, end to end."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from marl_routing.calibration import CalibrationReport, LogError, calibrate, pipeline
from marl_routing.calibration.simulate import Simulation, simulate, solve_targets
from marl_routing.scenario import Scenario, load_scenario
from tests.calibration import logs

TICKETS = logs.make_tickets(weeks=8)
EPISODES = 2


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return logs.servicenow(tmp_path_factory.mktemp("log") / "log.csv.gz", TICKETS)


@pytest.fixture(scope="module")
def report(log: Path) -> CalibrationReport:
    return calibrate(
        log, output=log.with_name("help_desk.yaml"), source="a made-up desk", episodes=EPISODES
    )


def test_the_scenario_loads_and_names_the_desk(report: CalibrationReport) -> None:
    scenario = load_scenario(report.output)
    assert scenario.name == "help_desk"
    assert sorted(scenario.agents.names) == sorted(logs.AGENTS)
    assert scenario.categories == ("billing", "login", "printer")
    assert scenario.priorities == ("high", "moderate", "low")
    assert scenario.time.horizon_steps * scenario.time.step_minutes == 5 * 1440  # no weekends
    assert scenario.arrivals.process == "weekly"


def test_the_comments_say_what_was_assumed(report: CalibrationReport) -> None:
    text = report.output.read_text()
    for phrase in (
        "Source: a made-up desk",
        "ESTIMATES",
        "n / (n + k)",
        "There are no shifts",
        "Attainment in %, log / simulated: high",
    ):
        assert phrase in " ".join(text.replace("\n# ", " ").split())
    assert max(map(len, text.splitlines())) <= 200


def test_the_report_is_complete(report: CalibrationReport, log: Path) -> None:
    assert (report.format, report.rows, report.tickets) == (
        "servicenow",
        2 * len(TICKETS),
        len(TICKETS),
    )
    groups = {row.group for row in report.comparison}
    assert groups == {"arrivals", "mix", "backlog", "resolution", "sla", "share"}
    assert len(report.hour_of_week) == 168
    assert report.hour_of_week[34].name == "tuesday 10:00, tickets"
    assert json.loads(json.dumps(report.to_dict(), allow_nan=False))["policy"] == report.policy


def test_the_simulation_resembles_the_log(report: CalibrationReport) -> None:
    rows = {row.name: row for row in report.comparison}
    for day in ("monday", "friday"):
        row = rows[f"{day} 08-18, tickets an hour"]
        assert row.simulated == pytest.approx(row.fitted, rel=0.4)
        assert row.held_out is not None
    for category in ("billing", "login", "printer"):
        row = rows[f"{category}, share"]
        assert row.simulated == pytest.approx(row.fitted, abs=0.1)
    for priority in ("moderate", "low"):
        row = rows[f"{priority}, share in time"]
        assert row.simulated == pytest.approx(row.fitted, abs=0.05)
    assert rows["saturday 08-18, tickets an hour"].simulated is None


def test_the_targets_hold_in_a_run_of_the_written_scenario(report: CalibrationReport) -> None:
    """The file that was written, simulated anew, meets its targets as often as the table says."""
    scenario = load_scenario(report.output)
    targets = scenario.sla.resolution_minutes
    assert targets is not None
    simulation = simulate(scenario, EPISODES, seed=0)
    assert simulation.dropped == 0
    rows = {row.name: row for row in report.comparison}
    for priority, target, histogram in zip(
        scenario.priorities, targets, simulation.resolutions, strict=True
    ):
        assert target is not None
        steps = int(target / scenario.time.step_minutes)
        in_time = histogram[: steps + 1].sum() / histogram.sum()
        assert rows[f"{priority}, share in time"].simulated == pytest.approx(in_time)


def test_same_log_same_scenario(report: CalibrationReport, log: Path, tmp_path: Path) -> None:
    again = calibrate(
        log, output=tmp_path / "help_desk.yaml", source="a made-up desk", episodes=EPISODES
    )
    assert again.output.read_bytes() == report.output.read_bytes()
    assert again.comparison == report.comparison


def test_nothing_but_the_outputs_is_left_behind(report: CalibrationReport, log: Path) -> None:
    assert {path.name for path in log.parent.iterdir()} == {log.name, report.output.name}


def test_as_trace_replays_exactly_the_logged_tickets(tmp_path: Path) -> None:
    log = logs.zendesk(tmp_path / "log.csv", logs.make_tickets(weeks=1))
    report = calibrate(log, output=tmp_path / "replay.yaml", as_trace=True, episodes=EPISODES)
    assert report.trace == tmp_path / "replay_trace.csv"
    assert yaml.safe_load(report.output.read_text())["arrivals"]["trace"] == report.trace.name
    scenario = load_scenario(report.output)
    assert scenario.arrivals.process == "trace"
    replayed = [(t.time_minutes, t.category, t.priority) for t in scenario.arrivals.trace]
    logged = [
        ((t.opened - logs.MONDAY).total_seconds() / 60, t.category.lower(), t.priority.lower())
        for t in logs.make_tickets(weeks=1)
    ]
    assert sorted(replayed) == sorted(logged)
    simulation = simulate(scenario, 1, seed=3)
    resolved = int(simulation.by_agent.sum())
    assert len(logged) - 40 <= resolved <= len(logged)


def test_targets_of_priorities_that_never_came_or_were_never_judged() -> None:
    histogram = np.zeros((2, 8), np.int64)
    histogram[0, 1:6] = 20
    simulation = Simulation(
        step_minutes=10.0,
        hourly_arrivals=np.zeros(168),
        mean_open=1.0,
        most_open=2,
        dropped=0,
        resolutions=histogram,
        by_category=np.array([100]),
        by_agent=np.array([100]),
    )
    targets, reached = solve_targets(simulation, np.array([0.0, np.nan]))
    assert targets.tolist() == [10.0, 40.0]  # at least a step; 80 % of all tickets
    assert reached.tolist() == [0.2, 0.8]


def test_a_desk_that_drops_tickets_gets_more_room(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = []

    def full_at_first(scenario: Scenario, episodes: int, seed: int) -> Simulation:
        rooms.append(scenario.queue.max_open_tickets)
        return Simulation(
            step_minutes=6.0,
            hourly_arrivals=np.zeros(168),
            mean_open=50.0,
            most_open=min(rooms[-1], 130),
            dropped=int(rooms[-1] < 130),
            resolutions=np.ones((3, 8), np.int64),
            by_category=np.ones(3, np.int64),
            by_agent=np.ones(3, np.int64),
        )

    monkeypatch.setattr(pipeline, "simulate", full_at_first)
    report = calibrate(log, output=tmp_path / "busy.yaml")
    assert rooms == [100, 200]
    assert load_scenario(report.output).queue.max_open_tickets == 300


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"team_size": 0}, "team_size: expected at least 1, got 0"),
        ({"top_categories": -1}, "top_categories: expected at least 1, got -1"),
        ({"episodes": 0}, "episodes: expected at least 1, got 0"),
        ({"format": "lotus"}, "format: expected auto"),
        ({"mapping": {"agent": "nobody"}}, "no column 'nobody'"),
    ],
)
def test_bad_choices(log: Path, tmp_path: Path, choice: dict[str, object], sentence: str) -> None:
    with pytest.raises(LogError, match=sentence):
        calibrate(log, output=tmp_path / "out.yaml", **choice)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_polars_is_loaded_only_when_a_log_is_read(root: Path) -> None:
    code = "import sys, marl_routing.calibration; sys.exit('polars' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)


def test_without_polars(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(LogError, match=r"pip install 'marl-routing\[calibration\]'"):
        calibrate(log, output=tmp_path / "out.yaml")


def test_output_must_be_yaml(log: Path, tmp_path: Path) -> None:
    with pytest.raises(LogError, match=r"output: expected a \.yaml file"):
        calibrate(log, output=tmp_path / "out.txt")

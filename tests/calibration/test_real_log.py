"""The ServiceNow log that the shipped scenario is fitted to, where the environment names it."""

from pathlib import Path

import numpy as np
import pytest

from marl_routing.calibration import CalibrationReport, calibrate
from marl_routing.calibration.read import TicketLog, read_log
from marl_routing.scenario import load_scenario


@pytest.fixture(scope="module")
def log(ticket_log: Path) -> TicketLog:
    return read_log(ticket_log, "auto", {})


@pytest.fixture(scope="module")
def report(ticket_log: Path, tmp_path_factory: pytest.TempPathFactory) -> CalibrationReport:
    output = tmp_path_factory.mktemp("fitted") / "servicenow_itsm.yaml"
    return calibrate(ticket_log, format="servicenow", output=output)


def test_one_ticket_an_incident(log: TicketLog) -> None:
    assert (log.format, log.rows, len(log.opened), log.skipped) == (
        "servicenow",
        101_045,
        17_136,
        {},
    )
    assert log.opened[0] == np.datetime64("2016-02-29T01:16")
    assert str(log.opened[-1]).startswith("2016-04-30")


def test_known_figures(log: TicketLog) -> None:
    assert np.isnat(log.resolved).mean() == pytest.approx(0.07, abs=0.01)
    minutes = (log.resolved - log.opened)[~np.isnat(log.resolved)].astype(float)
    assert np.median(minutes) / 60 == pytest.approx(28.35, abs=0.1)
    assert np.bincount(log.priority.codes).tolist() == [178, 287, 16_144, 527]
    assert log.made_sla.mean() == pytest.approx(9_804 / 17_136)
    assert (log.category.codes < 0).sum() == 7
    assert (np.bincount(log.agent.codes[log.agent.codes >= 0]) >= 30).sum() > 90


def test_the_shipped_scenario_is_what_calibration_gives(
    report: CalibrationReport, root: Path
) -> None:
    assert load_scenario(report.output) == load_scenario(root / "configs/servicenow_itsm.yaml")


def test_the_shipped_scenario_cites_the_log(root: Path) -> None:
    assert "https://doi.org/10.24432/C57S4H" in (root / "configs/servicenow_itsm.yaml").read_text()


def test_arrivals_and_mix_of_the_simulation(report: CalibrationReport) -> None:
    for row in report.comparison:
        if row.simulated is None or row.fitted is None:
            continue
        if row.group == "arrivals":
            assert row.simulated == pytest.approx(row.fitted, rel=0.1)
        if row.group == "mix":
            assert row.simulated == pytest.approx(row.fitted, abs=0.015)


def test_attainment_of_the_common_priorities(report: CalibrationReport) -> None:
    rows = {row.name: row for row in report.comparison}
    for priority in ("moderate", "low"):
        row = rows[f"{priority}, share in time"]
        assert row.simulated == pytest.approx(row.fitted, abs=0.03)

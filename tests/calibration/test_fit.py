"""What is fitted, on tickets whose truth is known."""

from pathlib import Path

import numpy as np
import pytest

from marl_routing.calibration import LogError, demand, expertise, staffing
from marl_routing.calibration.explain import notes
from marl_routing.calibration.fit import Fit, fit_desk
from marl_routing.calibration.read import TicketLog, read_log
from marl_routing.calibration.tickets import (
    Names,
    Tickets,
    Weeks,
    choose_team,
    split_weeks,
)
from marl_routing.scenario import load_scenario
from marl_routing.scenario.capacity import capacity
from tests.calibration import logs

TICKETS = logs.make_tickets(weeks=12)
DAY, WEEK = 1440, 10_080


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> TicketLog:
    path = tmp_path_factory.mktemp("log") / "log.csv"
    return read_log(logs.servicenow(path, TICKETS), "servicenow", {})


@pytest.fixture(scope="module")
def desk(log: TicketLog) -> tuple[Tickets, Names, Weeks, Fit]:
    weeks = split_weeks(log)
    tickets, names = choose_team(log, weeks, top_categories=2, team_size=3)
    return tickets, names, weeks, fit_desk(tickets, names, weeks)


def test_the_last_quarter_of_the_weeks_is_held_out(log: TicketLog) -> None:
    weeks = split_weeks(log)
    assert (weeks.start, weeks.fit_end, weeks.end) == (0, 9 * WEEK, 11 * WEEK + 5 * DAY)
    assert weeks.monday == np.datetime64("2024-05-06")
    assert weeks.held_out == 3


def test_a_fit_never_sees_the_held_out_weeks(log: TicketLog, tmp_path: Path) -> None:
    """Other tickets in the last weeks change nothing."""
    weeks = split_weeks(log)
    early = [t for t in TICKETS if (t.opened - logs.MONDAY).days < 63]
    late = logs.make_tickets(weeks=12, seed=1)[len(early) :]
    other = read_log(logs.servicenow(tmp_path / "other.csv", [*early, *late]), "servicenow", {})
    fits = [
        fit_desk(*choose_team(each, weeks, top_categories=2, team_size=3), weeks)
        for each in (log, other)
    ]
    for field in ("hourly_rates", "category_mix", "priority_mix", "expertise", "minutes"):
        np.testing.assert_array_equal(getattr(fits[0], field), getattr(fits[1], field))


def test_top_categories_and_other(desk: tuple[Tickets, Names, Weeks, Fit]) -> None:
    _, names, _, fit = desk
    assert names.categories == ("billing", "login", "other")
    np.testing.assert_allclose(fit.category_mix, [0.5, 0.3, 0.2], atol=0.03)
    assert fit.category_mix.sum() == pytest.approx(1)


def test_priorities_are_ranked_and_their_mixes_sum_to_one(
    desk: tuple[Tickets, Names, Weeks, Fit],
) -> None:
    _, names, _, fit = desk
    assert names.priorities == ("high", "moderate", "low")
    np.testing.assert_allclose(fit.priority_mix.sum(axis=1), 1)
    np.testing.assert_allclose(fit.priority_mix, [[0.1, 0.6, 0.3]] * 3, atol=0.06)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("1 - Critical", "4 - Low", "3 - Moderate"), ("critical", "moderate", "low")),
        (("P3", "P1"), ("p1", "p3")),
        (("Low", "Urgent", "Medium", "High"), ("urgent", "high", "medium", "low")),
        (("Highest", "Low", "Lowest", "Blocker"), ("blocker", "highest", "low", "lowest")),
    ],
)
def test_scales_of_priorities(
    given: tuple[str, ...], expected: tuple[str, ...], tmp_path: Path
) -> None:
    header = ("Id", "Created at", "Solved at", "Assignee", "Type", "Priority")
    rows = [
        (str(i), "2024-05-06 10:00", "2024-05-06 11:00", "Ada", "Login", given[i % len(given)])
        for i in range(60)
    ]
    log = read_log(logs.write_csv(tmp_path / "log.csv", header, rows), "zendesk", {})
    tickets, names = choose_team(log, split_weeks(log), top_categories=5, team_size=5)
    assert names.priorities == expected
    assert names.categories == ("login",)
    assert np.bincount(tickets.priority).tolist() == [60 // len(given)] * len(given)


def test_hourly_rates_find_the_working_day(desk: tuple[Tickets, Names, Weeks, Fit]) -> None:
    rates = desk[3].hourly_rates.reshape(7, 24)
    np.testing.assert_allclose(rates[:5, 9:17], 30 / 8, rtol=0.5)
    assert rates[:5].sum() == pytest.approx(150, rel=0.02)
    assert rates[5:].sum() == 0
    assert rates[:, :9].sum() == 0


def test_hourly_rates_keep_a_busy_monday(desk: tuple[Tickets, Names, Weeks, Fit]) -> None:
    """Smoothing shares evidence between hours of a day, not between days."""
    tickets, _, weeks, fit = desk
    seen = tickets.between(weeks.start, weeks.fit_end)
    twice = seen.where(np.arange(len(seen)) >= 0)
    doubled = Tickets(
        *(
            np.concatenate([column, column[seen.opened % WEEK < DAY]])
            for column in vars(twice).values()
        )
    )
    rates = demand.hourly_rates(doubled, weeks).reshape(7, 24).sum(axis=1)
    before = fit.hourly_rates.reshape(7, 24).sum(axis=1)
    assert rates[0] == pytest.approx(2 * before[0])
    np.testing.assert_allclose(rates[1:], before[1:])


def test_attainment_by_priority(desk: tuple[Tickets, Names, Weeks, Fit]) -> None:
    tickets, _, weeks, fit = desk
    seen = tickets.between(weeks.start, weeks.fit_end)
    for priority in range(3):
        chosen = seen.priority == priority
        assert fit.attainment[priority] == pytest.approx(seen.made_sla[chosen].mean())


def test_expertise_tells_slow_from_fast(desk: tuple[Tickets, Names, Weeks, Fit]) -> None:
    """Cleo is slow at billing, Ben at logins; the others are equal."""
    _, names, _, fit = desk
    skill = dict(zip(names.team, fit.expertise, strict=True))
    assert skill["Cleo"][0] < 0.35 < 0.5 < min(skill["Ada"][0], skill["Ben"][0])
    assert skill["Ben"][1] < 0.35 < 0.5 < min(skill["Ada"][1], skill["Cleo"][1])


def test_expertise_is_shrunk_by_the_stated_formula(
    desk: tuple[Tickets, Names, Weeks, Fit],
) -> None:
    tickets, names, weeks, fit = desk
    seen = tickets.between(weeks.start, weeks.fit_end)
    seen = seen.where(seen.category == 0)
    minutes = seen.minutes_to_resolution
    score = np.array([(minutes > m).mean() + (minutes == m).mean() / 2 for m in minutes])
    groups = [score[seen.agent == agent] for agent in range(len(names.team))]
    n = np.array([len(group) for group in groups])
    means = np.array([group.mean() for group in groups])
    within = sum(((g - g.mean()) ** 2).sum() for g in groups) / (n - 1).sum()
    k = within / (means.var(ddof=1) - (within / n).mean())
    np.testing.assert_allclose(fit.expertise[:, 0], 0.5 + (means - 0.5) * n / (n + k))


def test_no_tickets_no_opinion() -> None:
    """An agent without tickets of a category has the category's mean expertise."""
    tickets = Tickets(
        opened=np.zeros(4, np.int64),
        resolved=np.array([10, 20, 30, 40]),
        agent=np.array([0, 0, 1, 1]),
        category=np.array([0, 0, 0, 1]),
        priority=np.zeros(4, np.int64),
        made_sla=np.full(4, np.nan),
    )
    fitted = expertise.fit_expertise(tickets, 2, 2)
    assert fitted[0, 1] == 0.5
    assert fitted[0, 0] >= 0.5 >= fitted[1, 0]


def test_who_never_took_a_category_does_not_serve_it(
    desk: tuple[Tickets, Names, Weeks, Fit],
) -> None:
    _, names, _, fit = desk
    served = dict(zip(names.team, (fit.minutes > 0).tolist(), strict=True))
    assert served == {"Ada": [True, True, False], "Ben": [True] * 3, "Cleo": [True] * 3}


def test_too_little_evidence_rules_nobody_out() -> None:
    served = expertise.served_pairs(np.array([[500.0, 20.0], [10.0, 0.0], [500.0, 0.0]]))
    assert served.tolist() == [[True, True], [True, True], [True, False]]


def test_busy_hours(desk: tuple[Tickets, Names, Weeks, Fit]) -> None:
    busy = desk[3].busy.reshape(7, 24)
    assert busy[:5, 9:17].all()
    assert not busy[5:].any()
    assert not busy[:, :9].any()


def test_work_is_scaled_to_the_assumed_occupancy(
    desk: tuple[Tickets, Names, Weeks, Fit],
) -> None:
    """Tickets opened in busy hours need 85 % of the capacity programme's rate."""
    tickets, _, weeks, fit = desk
    scenario = load_scenario(
        {
            "name": "fitted",
            "exact": True,
            "time": {"step_minutes": 0.25},
            "categories": list(fit.names.categories),
            "arrivals": {
                "process": "poisson",
                "rate_per_hour": 1.0,
                "category_mix": fit.category_mix.tolist(),
            },
            "service": {"minutes": fit.minutes.tolist()},
            "agents": {"count": 3},
        }
    )
    seen = tickets.between(weeks.start, weeks.fit_end)
    rate = (demand.count_by_hour(seen.opened) / 9)[fit.busy].mean()
    assert rate / capacity(scenario)[0] == pytest.approx(staffing.OCCUPANCY)


def test_slow_categories_take_longer_but_waiting_is_not_all_work() -> None:
    minutes = np.repeat([10, 1000], 500)
    tickets = Tickets(
        opened=np.zeros(1000, np.int64),
        resolved=minutes,
        agent=np.zeros(1000, np.int64),
        category=np.repeat([0, 1], 500),
        priority=np.zeros(1000, np.int64),
        made_sla=np.full(1000, np.nan),
    )
    work = staffing.relative_work(tickets, 2)
    shrunk = 500 / (500 + staffing.CATEGORY_PRIOR_TICKETS)
    ratio = (1001 / 11) ** (staffing.WORK_IN_WAITING * shrunk)
    assert work[1] / work[0] == pytest.approx(ratio)


def test_notes_tell_what_the_log_does_not(tmp_path: Path) -> None:
    header = ("Id", "Created at", "Solved at", "Assignee", "Type")
    rows = [
        (str(i), "2024-05-06 10:00", "2024-05-06 11:00" if i < 60 else "", "Ada", "Login")
        for i in range(70)
    ]
    log = read_log(logs.write_csv(tmp_path / "log.csv", header, rows), "auto", {})
    weeks = split_weeks(log)
    fit = fit_desk(*choose_team(log, weeks, top_categories=2, team_size=3), weeks)
    said = " ".join(notes(log, fit, weeks))
    assert "The log has no priorities" in said
    assert "10 tickets have no resolution date" in said
    assert "80 % is assumed" in said
    assert "no weeks are held out" in said
    assert fit.names.priorities == ("normal",)


def test_one_row_is_too_little(tmp_path: Path) -> None:
    log = read_log(logs.zendesk(tmp_path / "log.csv", TICKETS[:1]), "auto", {})
    with pytest.raises(
        LogError, match=r"opened from 2024-05-06 to .*: expected at least 50, found 1"
    ):
        choose_team(log, split_weeks(log), top_categories=2, team_size=3)


def test_nothing_usable_tells_why(tmp_path: Path) -> None:
    header = ("Id", "Created at", "Solved at", "Assignee", "Type")
    rows = [("1", "soon", "later", "Ada", "Login"), ("", "", "", "", "")]
    log = read_log(logs.write_csv(tmp_path / "log.csv", header, rows), "auto", {})
    with pytest.raises(LogError, match=r"no row of the log can be used .*1 x row without a ticket"):
        split_weeks(log)


def test_no_agents(tmp_path: Path) -> None:
    header = ("Id", "Created at", "Solved at", "Assignee", "Type")
    rows = [(str(i), "2024-05-06 10:00", "2024-05-06 11:00", "", "Login") for i in range(60)]
    log = read_log(logs.write_csv(tmp_path / "log.csv", header, rows), "auto", {})
    with pytest.raises(LogError, match="the column 'Assignee' names no agent"):
        choose_team(log, split_weeks(log), top_categories=2, team_size=3)

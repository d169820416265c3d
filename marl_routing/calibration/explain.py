"""What a reader must know: the notes of a report and the comments of a scenario file."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.calibration import demand, expertise, staffing
from marl_routing.calibration.fit import Fit
from marl_routing.calibration.read import TicketLog
from marl_routing.calibration.simulate import ASSUMED_ATTAINMENT, POLICY
from marl_routing.calibration.tickets import Weeks
from marl_routing.scenario.time import MINUTES_A_DAY

RATES = (
    f"Tickets an hour, a day a line, Monday first: (n + {demand.PRIOR_WEEKS:g} p) / "
    f"(weeks + {demand.PRIOR_WEEKS:g}), n logged, p the day's total times the hour's share of the "
    "days of its kind (Monday to Friday, weekend)."
)
PRIORITIES = (
    f"A category a line: (n + {demand.PRIOR_TICKETS:g} q) / (total + {demand.PRIOR_TICKETS:g}), q "
    "the mix over all categories."
)
SERVICE = (
    "Mean minutes of work, an agent a line, a category a column; 0: it resolved none of a category "
    f"of which it should have met at least {expertise.UNSEEN_TICKETS:g}. ESTIMATES: the log tells "
    "time to resolution (mostly waiting), not touch time. Scaled so that tickets opened in "
    f"busy hours take {100 * staffing.OCCUPANCY:.0f} % of what the team can serve at best. "
    f"Between agents, {100 * staffing.PACE_IN_VOLUME:.0f} % of the log-difference in volume counts "
    "as pace (the rest as presence), and speed goes from "
    f"{staffing.NOVICE_SPEED:.2f} to {staffing.EXPERT_SPEED:.2f} with expertise; between "
    f"categories, {100 * staffing.WORK_IN_WAITING:.0f} % of the log-difference in median time to "
    "resolution counts as work. The law is an assumption too."
)
EXPERTISE = (
    "Expertise: the mean rank of an agent's tickets among the category's by time to resolution (1: "
    "faster than all), shrunk towards the category's mean 0.5 by n / (n + k), k = variance within "
    "agents / variance between agents (empirical Bayes)."
)


def description(log: TicketLog, fit: Fit) -> str:
    """One sentence for lists of scenarios."""
    return (
        f"{len(fit.names.team)} agents and {len(fit.names.categories)} categories, fitted to "
        f"{len(log.opened)} tickets of a {log.format} log."
    )


def notes(log: TicketLog, fit: Fit, weeks: Weeks) -> tuple[str, ...]:
    """What was assumed and left out, one sentence each."""
    unresolved = int(np.isnat(log.resolved).sum())
    said = [
        f"The {len(fit.names.team)} resolvers with most tickets are modelled, and only the tickets "
        f"they resolved: {100 * fit.names.team_share:.0f} % of those whose resolver is known.",
        "The log has no touch time: work is scaled so that tickets opened in busy hours take "
        f"{100 * staffing.OCCUPANCY:.0f} % of what the team can serve, and categories differ by "
        "their times to resolution.",
        "Simulated times to resolution hold work and queueing only; logged ones also hold nights, "
        "waiting for customers and hand-overs, so targets are fitted to attainment, not copied.",
        "There are no shifts yet: the team is present at all hours.",
    ]
    if unresolved:
        said.append(
            f"{unresolved} tickets have no resolution date; they count as arrivals and for their "
            "resolver, but not in times to resolution."
        )
    if "priority" not in log.columns:
        said.append("The log has no priorities: all tickets have the same one.")
    if np.isnan(fit.attainment).any():
        said.append(
            "Where the log does not tell whether targets were met, "
            f"{100 * ASSUMED_ATTAINMENT:.0f} % is assumed."
        )
    if not weeks.held_out:
        said.append("The log is shorter than three weeks, so no weeks are held out.")
    return tuple(said)


def comments(
    log: TicketLog,
    fit: Fit,
    weeks: Weeks,
    reached: NDArray[np.float64],
    source: str,
    as_trace: bool,
) -> dict[str, str]:
    """What stands above the keys of the scenario file.

    Args:
        log: the log.
        fit: what was fitted.
        weeks: where.
        reached: (P,) simulated attainments.
        source: where the log comes from, or nothing.
        as_trace: the logged tickets are replayed.

    Returns:
        path of a key -> text; the empty path is the head of the file.
    """
    last = weeks.monday + np.timedelta64(weeks.fit_end // MINUTES_A_DAY - 1, "D")
    first = weeks.monday + np.timedelta64(weeks.start // MINUTES_A_DAY, "D")
    explained = {
        "": f"Fitted by `marl-routing calibrate --format {log.format}` to {len(log.opened)} "
        f"tickets; fitted weeks: {first} to {last}, held out: the last {weeks.held_out} weeks."
        + (f"\nSource: {source}" if source else ""),
        "time": f"The log shows {int(fit.busy.sum())} busy hours a week (a quarter or more of the "
        "tickets opened, or resolved, in the busiest one). There are no shifts: the team is there "
        "at all hours, and nights are quiet because little arrives.",
        "service": SERVICE,
        "agents": f"The {len(fit.names.team)} resolvers with most tickets. {EXPERTISE}",
        "queue": f"Twice the most tickets open at once under {POLICY}.",
        "sla": _targets(fit, reached),
    }
    if as_trace:
        return explained | {"arrivals": "The team's logged tickets, timed from `time.start`."}
    return explained | {
        "arrivals": "Only tickets resolved by this team: "
        f"{100 * fit.names.team_share:.0f} % of those with a known resolver.",
        "arrivals.hourly_rates": RATES,
        "arrivals.priority_mix": PRIORITIES,
    }


def _targets(fit: Fit, reached: NDArray[np.float64]) -> str:
    pairs = [
        f"{name} {'-' if np.isnan(logged) else f'{100 * logged:.0f}'} / {100 * got:.0f}"
        for name, logged, got in zip(fit.names.priorities, fit.attainment, reached, strict=True)
    ]
    return (
        f"Solved so that {POLICY} meets as many as the log says (the least target is a step). "
        f"Attainment in %, log / simulated: {', '.join(pairs)}."
    )

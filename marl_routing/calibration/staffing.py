"""How long work takes: a log tells waiting plus work, so it is estimated from a busy team."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.calibration.demand import count_by_hour, weeks_observed
from marl_routing.calibration.tickets import UNRESOLVED, Tickets, Weeks
from marl_routing.scenario import load_scenario
from marl_routing.scenario.capacity import capacity
from marl_routing.scenario.time import HOURS_A_WEEK

OCCUPANCY = 0.85  # assumed share of the team's time in busy hours that tickets need
BUSY = 0.25  # an hour is busy if it sees this share of what the busiest hour sees
PACE_IN_VOLUME = 0.5  # share of a log-difference in work done that is taken as pace
CATEGORY_PRIOR_TICKETS = 20.0  # tickets of evidence that the mean category counts for
WORK_IN_WAITING = 0.25  # share of a log-difference in time to resolution that is taken as work
NOVICE_SPEED, EXPERT_SPEED = 2 / 3, 4 / 3  # at expertise 0 and 1; 1 at the category's mean


def busy_hours(tickets: Tickets) -> NDArray[np.bool_]:
    """(168,) hours of the week in which many tickets are opened, or many resolved."""
    resolved = tickets.resolved[tickets.resolved != UNRESOLVED]
    busy = np.zeros(HOURS_A_WEEK, np.bool_)
    for minutes in (tickets.opened, resolved):
        counts = count_by_hour(minutes)
        busy |= counts >= BUSY * counts.max()
    return busy


def handle_minutes(
    tickets: Tickets,
    weeks: Weeks,
    busy: NDArray[np.bool_],
    expertise: NDArray[np.float64],
    counts: NDArray[np.float64],
    served: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """(A, C) mean minutes of work, 0 where the agent does not serve the category.

    A ticket's relative work is u_ac = relative work of the category / speed, with speed linear in
    expertise. Agent a did W_a = sum_c n_ac u_ac of it, and with a pace of W_a ** b, b =
    `PACE_IN_VOLUME` (the rest of the difference is taken as presence), takes K u_ac / W_a ** b
    minutes. K is such that the tickets opened in busy hours need `OCCUPANCY` of the team: of the
    largest rate, with this mix, that the capacity programme finds.
    """
    speed = NOVICE_SPEED + (EXPERT_SPEED - NOVICE_SPEED) * expertise
    work = relative_work(tickets, counts.shape[1]) / speed
    volume = (counts * work).sum(axis=1, keepdims=True)
    relative = np.where(served, work / volume**PACE_IN_VOLUME, 0.0)
    hours = weeks_observed(weeks.start, weeks.fit_end)[busy].sum()
    rate = count_by_hour(tickets.opened)[busy].sum() / hours
    scale = OCCUPANCY * _capacity_per_hour(relative, counts.sum(axis=0)) / rate
    minutes: NDArray[np.float64] = relative * scale
    return minutes


def _capacity_per_hour(minutes: NDArray[np.float64], mix: NDArray[np.float64]) -> float:
    """Tickets an hour that a team with these mean minutes can serve, at best."""
    agents, categories = minutes.shape
    desk = {
        "name": "capacity",
        "exact": True,
        "time": {"step_minutes": float(minutes[minutes > 0].min())},
        "categories": [str(category) for category in range(categories)],
        "arrivals": {"process": "poisson", "rate_per_hour": 0.0, "category_mix": mix.tolist()},
        "service": {"minutes": minutes.tolist()},
        "agents": {"count": agents},
    }
    rate, _ = capacity(load_scenario(desk))
    return rate


def relative_work(tickets: Tickets, categories: int) -> NDArray[np.float64]:
    """(C,) work of a category relative to the mean one.

    exp(`WORK_IN_WAITING` * (l_c - l)), l_c the logarithm of the category's median time to
    resolution, shrunk towards the mean l of all categories by n / (n + k).
    """
    minutes = tickets.minutes_to_resolution
    logs = np.log1p(minutes)
    known = ~np.isnan(minutes)
    n = np.bincount(tickets.category[known], minlength=categories)
    median = np.array(
        [np.median(logs[known & (tickets.category == c)]) if n[c] else 0 for c in range(categories)]
    )
    overall = (n * median).sum() / n.sum()
    shrunk = (median - overall) * n / (n + CATEGORY_PRIOR_TICKETS)
    work: NDArray[np.float64] = np.exp(WORK_IN_WAITING * shrunk)
    return work

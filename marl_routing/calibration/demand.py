"""What comes in: arrival rates over the week, categories, priorities, and the attainment logged."""

import numpy as np
from numpy.typing import NDArray

from marl_routing.calibration.tickets import Tickets, Weeks
from marl_routing.scenario.time import HOURS_A_WEEK

PRIOR_WEEKS = 2.0  # weeks of evidence that the smooth profile counts for
PRIOR_TICKETS = 10.0  # tickets of evidence that the overall mix counts for


def count_by_hour(minutes: NDArray[np.int64]) -> NDArray[np.float64]:
    """(168,) how many of the minutes since a Monday 00:00 fall into each hour of the week."""
    hours = (minutes // 60) % HOURS_A_WEEK
    return np.bincount(hours, minlength=HOURS_A_WEEK).astype(np.float64)


def weeks_observed(start: int, end: int) -> NDArray[np.float64]:
    """(168,) how often each hour of the week lies in the minutes [start, end)."""
    return count_by_hour(np.arange(start, end, 60))


def hourly_rates(tickets: Tickets, weeks: Weeks) -> NDArray[np.float64]:
    """(168,) tickets an hour, Monday 00:00 first.

    With n_h tickets in w_h weeks, rate_h = (n_h + k p_h) / (w_h + k), k = `PRIOR_WEEKS`. The
    profile p_h is the day's total times the hour's share of the days of its kind (Monday to
    Friday, or the weekend): a quiet hour is smoothed and a busy Monday stays one.
    """
    counts = count_by_hour(tickets.opened)
    observed = weeks_observed(weeks.start, weeks.fit_end)
    raw = np.divide(counts, observed, out=np.zeros(HOURS_A_WEEK), where=observed > 0)
    by_day = raw.reshape(7, 24)
    profile = np.empty((7, 24))
    for days in (slice(0, 5), slice(5, 7)):
        hours = by_day[days].sum(axis=0)
        share = hours / hours.sum() if hours.sum() else np.full(24, 1 / 24)
        profile[days] = by_day[days].sum(axis=1, keepdims=True) * share
    rates: NDArray[np.float64] = (counts + PRIOR_WEEKS * profile.ravel()) / (observed + PRIOR_WEEKS)
    return rates


def category_mix(tickets: Tickets, categories: int) -> NDArray[np.float64]:
    """(C,) share of each category."""
    mix: NDArray[np.float64] = np.bincount(tickets.category, minlength=categories) / len(tickets)
    return mix


def priority_mix(tickets: Tickets, categories: int, priorities: int) -> NDArray[np.float64]:
    """(C, P) share of each priority within a category, (n_cp + k q_p) / (n_c + k).

    q is the mix over all categories, k = `PRIOR_TICKETS`.
    """
    pairs = np.bincount(
        tickets.category * priorities + tickets.priority, minlength=categories * priorities
    ).reshape(categories, priorities)
    overall = pairs.sum(axis=0) / pairs.sum()
    total = pairs.sum(axis=1, keepdims=True) + PRIOR_TICKETS
    mix: NDArray[np.float64] = (pairs + PRIOR_TICKETS * overall) / total
    return mix


def attainment(tickets: Tickets, priorities: int) -> NDArray[np.float64]:
    """(P,) share of tickets that met their resolution target, nan where the log does not say."""
    known = tickets.where(~np.isnan(tickets.made_sla))
    total = np.bincount(known.priority, minlength=priorities)
    met = np.bincount(known.priority, weights=known.made_sla, minlength=priorities)
    share: NDArray[np.float64] = np.divide(
        met, total, out=np.full(priorities, np.nan), where=total > 0
    )
    return share

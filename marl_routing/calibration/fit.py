"""Everything fitted from the log, in one record."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marl_routing.calibration import demand, expertise, staffing
from marl_routing.calibration.tickets import Names, Tickets, Weeks

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """A desk as the fitted weeks of the log show it.

    Attributes:
        names: team, categories, priorities.
        hourly_rates: (168,) tickets an hour, Monday 00:00 first.
        category_mix: (C,) shares.
        priority_mix: (C, P) shares within each category.
        expertise: (A, C) in 0..1.
        minutes: (A, C) mean minutes of work, 0 where an agent does not serve a category.
        attainment: (P,) share of targets met, nan where the log does not say.
        busy: (168,) bool, the hours of the week in which the desk works.
    """

    names: Names
    hourly_rates: Array
    category_mix: Array
    priority_mix: Array
    expertise: Array
    minutes: Array
    attainment: Array
    busy: NDArray[np.bool_]


def fit_desk(tickets: Tickets, names: Names, weeks: Weeks) -> Fit:
    """Fit a desk to the tickets opened before `weeks.fit_end`."""
    seen = tickets.between(weeks.start, weeks.fit_end)
    agents, categories = len(names.team), len(names.categories)
    priorities = len(names.priorities)
    busy = staffing.busy_hours(seen)
    counts = expertise.resolved_counts(seen, agents, categories)
    skill = expertise.fit_expertise(seen, agents, categories)
    minutes = staffing.handle_minutes(
        seen, weeks, busy, skill, counts, expertise.served_pairs(counts)
    )
    return Fit(
        names=names,
        hourly_rates=demand.hourly_rates(seen, weeks),
        category_mix=demand.category_mix(seen, categories),
        priority_mix=demand.priority_mix(seen, categories, priorities),
        expertise=skill,
        minutes=minutes,
        attainment=demand.attainment(seen, priorities),
        busy=busy,
    )

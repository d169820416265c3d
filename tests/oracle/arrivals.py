"""The stream of arriving tickets: it depends on seed and episode, never on what anyone does."""

import math
from types import SimpleNamespace

from marl_routing.core.parameters import BERNOULLI, BURSTY, COUNTS, TRACE, Parameters
from tests.oracle.draws import Draws
from tests.oracle.sla import Deadlines
from tests.oracle.tickets import Ticket


def plain(parameters: Parameters) -> SimpleNamespace:
    """The scenario's rules as Python numbers and lists."""
    record = parameters.rules.desk[0]
    return SimpleNamespace(**{name: record[name].tolist() for name in record.dtype.names})


class Arrivals:
    """Numbers and draws the tickets of one episode."""

    def __init__(
        self,
        parameters: Parameters,
        rules: SimpleNamespace,
        draws: Draws,
        deadlines: Deadlines,
    ) -> None:
        self.rules = rules
        self.draws = draws
        self.deadlines = deadlines
        self.calendar = parameters.rules.calendar
        self.arrival_cdf = parameters.rules.arrival_cdf
        self.trace = parameters.rules.trace
        self.next_number = 0
        self.phase = 0

    def initial(self) -> list[Ticket]:
        """The backlog that stands in the queue at step 0."""
        return [self._ticket(0) for _ in range(self.rules.initial_backlog)]

    def at(self, step: int) -> list[Ticket]:
        """The tickets that arrive at this step, in order of their numbers; once a step."""
        if self.rules.arrival_process == BURSTY:
            self.phase = self._phase(step)
        if self.rules.arrival_process == TRACE:
            rows = self.trace[self.trace[:, 0] == step].tolist()
            return [self._ticket(step, int(c), int(p), work) for _, c, p, work in rows]
        if step == 0:
            return []
        if self.rules.arrival_process == BERNOULLI:
            return [
                self._ticket(step, category)
                for category, probability in enumerate(self.rules.bernoulli)
                if self.draws.uniform("arrival", step, category) < probability
            ]
        assert self.rules.arrival_process in (COUNTS, BURSTY)
        bursty = self.rules.arrival_process == BURSTY
        cdf = self.arrival_cdf[self.phase if bursty else self.calendar[step, 0]]
        return [self._ticket(step) for _ in range(self.draws.inverse(cdf, "arrival", step))]

    def _phase(self, step: int) -> int:
        """The phase in which the tickets of this step arrive."""
        if step == 0:
            shares = self.rules.phase_cdf[: self.rules.num_phases]
            return self.draws.inverse(shares, "phase", 0)
        if self.draws.uniform("phase", step) < self.rules.leave_phase[self.phase]:
            return (self.phase + 1) % int(self.rules.num_phases)
        return self.phase

    def _ticket(
        self,
        step: int,
        category: int | None = None,
        priority: int | None = None,
        work: float = math.nan,
    ) -> Ticket:
        number = self.next_number
        self.next_number += 1
        if category is None:
            category = self.draws.inverse(self.rules.category_cdf, "category", number)
        if priority is None:
            cdf = self.rules.priority_cdf[category]
            priority = self.draws.inverse(cdf, "priority", number)
        if math.isnan(work):
            shape = self.rules.work_shape[int(1024 * self.draws.uniform("work", number))]
            work = self.rules.mean_minutes[category] * shape
        first_due = self.deadlines.first_due(step, priority)
        due = self.deadlines.due(step, priority)
        return Ticket(
            number=number,
            category=category,
            priority=priority,
            arrived=step,
            first_due=first_due,
            due=due,
            patience_ends=self._patience_end(number, step, category, priority),
            work=work,
            full_work=work,
            original_priority=priority,
            original_first_due=first_due,
            original_due=due,
        )

    def _patience_end(self, number: int, step: int, category: int, priority: int) -> int | None:
        if not self.rules.has_patience:
            return None
        bits = self.rules.patience_bits[category][priority]
        return step + self.draws.geometric(bits, "patience", number)

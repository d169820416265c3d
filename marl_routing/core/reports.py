"""What a batch of desks reports: KPIs, raw reward terms, events, and what its numbers are."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core import describe
from marl_routing.core.events import logged
from marl_routing.core.kpis import count_tickets, headline, report
from marl_routing.core.parameters import Parameters
from marl_routing.core.terms import AGENT_TERMS, DESK_TERMS, SLA_BREACH, UNHELD_BREACH
from marl_routing.core.view import DeskView

Floats = NDArray[np.float32]


class Reports:
    """Everything that only reads a batch's records."""

    parameters: Parameters
    states: NDArray[Any]
    truncations: NDArray[np.bool_]
    autoreset: bool
    _final_states: NDArray[Any]
    _final_metrics: list[dict[str, Any] | None] | None
    _user_terms: dict[str, Floats]
    _seeded: bool

    def view(self) -> DeskView:
        """The desks as policies see them."""
        return DeskView(self.states, self.parameters)

    def snapshot(self) -> NDArray[Any]:
        """A copy of the records: all that decides what happens next; picklable.

        Any batch of the same scenario and size takes it, on whatever device.
        """
        self._require_open()
        return self.states.copy()

    def _require_open(self) -> None:
        if not self._seeded:
            raise RuntimeError("The desks are not open yet: call reset() first.")

    @property
    def final_metrics(self) -> list[dict[str, Any] | None]:
        """KPIs of episodes that ended in the last step (with autoreset), None for other desks."""
        if self._final_metrics is None:
            self._final_metrics = [
                report(self._final_states[env], self.parameters) if ended else None
                for env, ended in enumerate(np.asarray(self.truncations)[:, 0] & self.autoreset)
            ]
        return self._final_metrics

    def metrics(self, env: int = 0) -> dict[str, Any]:
        """The KPIs of one desk's episode so far."""
        return report(self.states[env], self.parameters)

    def headline(self, env: int = 0) -> dict[str, float]:
        """The few KPIs cheap enough for every step."""
        return headline(self.states[env], self.parameters)

    def counts(self, env: int = 0) -> dict[str, int]:
        """One episode's tickets.

        arrivals + initial + reopened = resolved + abandoned + dropped + open.
        """
        return count_tickets(self.states[env])

    def terms(self) -> dict[str, Floats]:
        """The last step's raw reward terms, the user's own included, name to (N, A) float32."""
        desk = self.states["desk_terms"] / np.float32(self.parameters.sizes.agents)
        ones = np.ones((1, self.parameters.sizes.agents), np.float32)
        terms = {name: self.states["terms"][:, i].copy() for i, name in enumerate(AGENT_TERMS)}
        terms["sla_breach"] += desk[:, UNHELD_BREACH, None]
        for i, name in enumerate(DESK_TERMS[:UNHELD_BREACH]):
            terms[name] = desk[:, i, None] * ones
        return terms | self._user_terms

    def term_totals(self) -> NDArray[np.float64]:
        """(N, terms): the sums of `terms` over agents, in the order of `core.terms.TERMS`."""
        of_agents = self.states["terms"].sum(axis=2, dtype=np.float64)
        of_desk = self.states["desk_terms"].astype(np.float64)
        totals = np.concatenate([of_agents, of_desk[:, :UNHELD_BREACH]], axis=1)
        totals[:, SLA_BREACH] += of_desk[:, UNHELD_BREACH]
        return totals

    def final_events(self, env: int = 0) -> NDArray[np.void]:
        """The events of the desk's episode that ended last (with autoreset); as `events`."""
        return self._events(self._final_states[env])

    def events(self, env: int = 0) -> NDArray[np.void]:
        """What happened in one desk's episode so far, in order; with `record=True` only.

        Returns:
            Structured array of step, event (index into `core.events.EVENTS`), ticket (number, or
            -1), agent (or -1) and value (see `core.events.MEANINGS`).

        Raises:
            RuntimeError: if nothing was recorded.
        """
        return self._events(self.states[env])

    def _events(self, state: Any) -> NDArray[np.void]:
        if not self.parameters.sizes.events:
            raise RuntimeError("no events were recorded: construct with record=True")
        return logged(state["log"][0])

    def observation_fields(self) -> list[tuple[str, float, float]]:
        """(name, low, high) of every entry of an observation, in order."""
        return describe.observation_fields(self.parameters)

    def action_meanings(self) -> list[str]:
        """What each action does, or what each entry of a bid is for, in words."""
        return describe.action_meanings(self.parameters)

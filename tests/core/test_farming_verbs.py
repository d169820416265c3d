"""Verbs and incidents cannot be farmed: who plays tricks with them earns less than honest work."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from marl_routing.core.batch import Batch
from marl_routing.core.parameters import (
    DEFER,
    ESCALATE,
    RELEASE,
    REQUEST_INFO,
    TRANSFER,
)
from marl_routing.core.view import DeskView
from marl_routing.evaluation.statistics import paired_difference
from marl_routing.policies import load_policy
from marl_routing.policies.policy import Actions, Masks, Policy
from marl_routing.scenario import Scenario, compile_scenario, load_scenario
from tests.core.desks import open_tickets
from tests.core.test_farming import returns

Flags = NDArray[np.bool_]

OFTEN = 4  # steps


class Trickster:
    """An honest rule whose agents, whenever they would pass, play a trick with a verb."""

    name = "trickster"

    def __init__(self, scenario: Scenario, *verbs: int, every: int = 1, late: bool = False) -> None:
        parameters = compile_scenario(scenario)
        slots, teams = parameters.sizes.slots, parameters.sizes.teams
        width = {ESCALATE: slots, DEFER: slots, TRANSFER: teams}
        at = parameters.rules.desk[0]["verb_at"]
        self._blocks = {v: slice(int(at[v]), int(at[v]) + width.get(v, 1)) for v in verbs}
        assert all(at[verb] > 0 for verb in verbs), "the verb is off"
        self._every, self._late = every, late
        self._rule = load_policy("best_skill")

    def reset(self, seed: int) -> None:
        self._rule.reset(seed)

    def act(self, view: DeskView, masks: Masks) -> Actions:
        actions = self._rule.act(view, masks)
        if view.step[0] % self._every == self._every - 1:
            for verb, block in self._blocks.items():
                legal = masks[:, :, block] != 0
                if self._late:
                    legal &= (view.due == view.step[:, None] + 1)[:, None, :]
                if verb in (ESCALATE, DEFER):
                    legal &= _one_each(legal, actions == 0)
                asks = legal.any(axis=2) & (actions == 0)
                actions = np.where(asks, block.start + legal.argmax(axis=2), actions)
        return actions.astype(np.int32)


def _one_each(legal: Flags, passing: Flags) -> Flags:
    """The i-th passing agent looks at the i-th slot only: nobody pays for what a colleague does."""
    turn = np.cumsum(passing, axis=1) - 1
    mine: Flags = turn[:, :, None] == np.arange(legal.shape[2])
    return mine & passing[:, :, None]


class Bungler:
    """Everybody takes what they know least about: more of it comes back."""

    name = "bungler"

    def reset(self, seed: int) -> None:
        """Nothing to forget."""

    def act(self, view: DeskView, masks: Masks) -> Actions:
        steps = np.moveaxis(view.handle_steps[:, np.maximum(view.category, 0)], 0, 1)
        accepts = masks[:, :, 1 : 1 + view.slots.shape[1]] != 0
        slowness = np.where(accepts & view.available[:, :, None], steps, -1.0)
        actions = np.zeros(slowness.shape[:2], np.int32)
        for desk, row in zip(actions, slowness, strict=True):
            while row.max() >= 0:
                agent, slot = np.unravel_index(row.argmax(), row.shape)
                desk[agent] = slot + 1
                row[agent] = row[:, slot] = -1.0
        return actions


ON_EVERYTHING: dict[str, Callable[[Scenario], Policy]] = {
    "releases_and_takes_again": lambda desk: Trickster(desk, RELEASE, every=OFTEN),
    "transfers_back_and_forth": lambda desk: Trickster(desk, TRANSFER, every=OFTEN),
    "asks_every_customer": lambda desk: Trickster(desk, REQUEST_INFO),
    "escalates_everything": lambda desk: Trickster(desk, ESCALATE),
    "escalates_and_defers": lambda desk: Trickster(desk, ESCALATE, DEFER),
    "lets_it_come_back": lambda desk: Bungler(),
}
ON_TRIAGE = {
    name: trick
    for name, trick in ON_EVERYTHING.items()
    if name not in ("releases_and_takes_again", "transfers_back_and_forth")  # these verbs are off
}
DESKS = {
    "everything_on": (load_scenario("everything_on"), ON_EVERYTHING),
    "everything_on by triage": (
        load_scenario("everything_on", reward={"preset": "triage"}),
        ON_EVERYTHING,
    ),
    "engineering_triage": (load_scenario("engineering_triage"), ON_TRIAGE),
}


@pytest.mark.parametrize("name", DESKS)
def test_a_trickster_earns_less_than_an_honest_rule(name: str) -> None:
    scenario, tricks = DESKS[name]
    honest = returns(scenario, load_policy("best_skill"))
    for trick, policy in tricks.items():
        assert paired_difference(returns(scenario, policy(scenario)), honest).high < 0, trick


@pytest.mark.parametrize("name", ["everything_on", "engineering_triage"])
def test_deferring_at_the_last_moment_does_not_pay(name: str) -> None:
    """In an order that does not go by deadlines all else is the same: only the promise moves."""
    first_come = {"queue.order": "fifo"} if name == "everything_on" else {}
    scenario = load_scenario(name, **first_come)
    honest = returns(scenario, load_policy("best_skill"))
    assert (
        paired_difference(returns(scenario, Trickster(scenario, DEFER, late=True)), honest).high < 0
    )


@pytest.mark.parametrize("trick", ON_EVERYTHING)
def test_a_ticket_is_paid_once_however_often_it_changes_hands_or_comes_back(trick: str) -> None:
    """The accept at most once, and `resolved` once for each that stays resolved."""
    scenario = load_scenario("everything_on", reward={"preset": "routing"})
    batch, policy = (
        Batch(compile_scenario(scenario), autoreset=False),
        ON_EVERYTHING[trick](scenario),
    )
    batch.reset(0)
    policy.reset(0)
    seen: set[int] = set()
    for _ in range(scenario.time.horizon_steps):
        seen |= set(batch.states["tickets"]["number"][0][open_tickets(batch)[0]].tolist())
        batch.step(policy.act(batch.view(), batch.action_masks))
    metrics = batch.metrics()
    assert metrics["term_accept_base"] <= len(seen)
    assert metrics["term_expertise_bonus"] <= metrics["term_accept_base"]
    assert metrics["term_resolved"] == metrics["resolved"] - metrics["reopened"] <= len(seen)
    assert metrics["reopened"] > 0
    if trick in ("releases_and_takes_again", "transfers_back_and_forth"):
        assert batch.states["accepts"][0] > 2 * len(seen)

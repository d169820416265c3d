"""A small desk whose agents choose: rules whose cost there is solved, and their simulation."""

import math
from functools import cached_property

import numpy as np

from marl_routing.evaluation.agreement import Number, Samples
from marl_routing.evaluation.compiled import Player
from marl_routing.evaluation.gap.asking import assigns_of
from marl_routing.policies.best_skill import BestSkill
from marl_routing.policies.c_mu import CMu
from marl_routing.policies.hungarian import Hungarian
from marl_routing.policies.lp_specialist import LpSpecialist
from marl_routing.policies.threshold import Threshold
from marl_routing.scenario import Scenario, compile_scenario, load_scenario
from marl_routing.theory import NotSolvedError
from marl_routing.theory.decisions import decisions
from marl_routing.theory.small_desk import SmallDesk
from marl_routing.theory.value_iteration import average

RULES = (BestSkill, CMu, Hungarian, Threshold, LpSpecialist)
WARM_UP, MEASURED = 4096, 32768  # steps of an episode


class CostTrial:
    """Long-run average holding costs of rules whose actions follow from the state alone.

    Args:
        scenario: its horizon, warm-up and initial backlog are chosen anew.
        desk: the same, as a decision problem sees it.
        num_desks: in a lot.
        num_threads: that share them.
    """

    model, steps = "two agents who choose", WARM_UP + MEASURED

    def __init__(
        self, scenario: Scenario, desk: SmallDesk, num_desks: int, num_threads: int = 1
    ) -> None:
        self._scenario, self._desk = scenario, desk
        self._rules = {f"cost a step, {rule.name}": rule() for rule in RULES}
        time = {"time.horizon_steps": self.steps, "time.warm_up_steps": WARM_UP}
        lasting = load_scenario(scenario, **time, **{"arrivals.initial_backlog": 0})
        self._player = Player(compile_scenario(lasting), num_desks, num_threads)

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """The costs that are exact; nothing simulated yet.

        Raises:
            NotSolvedError: if there are none.
        """
        problem, exact = decisions(self._desk), dict[str, float]()
        for name, rule in self._rules.items():
            assigns = assigns_of(rule, self._scenario, problem)
            if assigns is not None:
                exact[name] = average(problem, assigns, problem.cost)
        if not exact:
            rules = ", ".join(rule.name for rule in RULES)
            raise NotSolvedError(f"{self._desk.name}: what {rules} do there depends on draws")
        return tuple(Number(name, cost, math.nan) for name, cost in exact.items())

    @property
    def policy(self) -> str:
        """Those that play."""
        return ", ".join(self._rules[number.name].name for number in self.numbers)

    def prepare(self) -> None:
        """Compile."""
        for rule in self._rules.values():
            self._player.prepare(rule)

    def play(self, seed: int) -> Samples:
        """A lot of desks, of seeds `seed`, `seed + 1`, ..., with every rule."""
        rules = [(number.name, self._rules[number.name]) for number in self.numbers]
        costs = {name: -self._player.rewards(rule, seed) / MEASURED for name, rule in rules}
        return {name: (cost, np.ones(len(cost))) for name, cost in costs.items()}

"""How much policies cost above the least that is possible, on desks that can be solved."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from marl_routing.evaluation import load_policies, mean_interval, prepare, rollout
from marl_routing.evaluation.compiled import is_compiled
from marl_routing.evaluation.figures import plain
from marl_routing.evaluation.gap.asking import assigns_of
from marl_routing.evaluation.seeds import TEST, refuse_training
from marl_routing.policies import BidPolicy, Policy
from marl_routing.scenario import Scenario, load_scenario
from marl_routing.theory.decisions import Decisions, decisions, moves
from marl_routing.theory.small_desk import small_desk
from marl_routing.theory.value_iteration import PRECISION, average, best_plan

# Simulated episodes are so long that how they begin does not matter.
HORIZON, WARM_UP = 16_000, 4_000  # steps
EPISODES = 256


class Cost(NamedTuple):
    """Long-run average holding cost a step of a policy.

    Attributes:
        policy: its name.
        mean: the cost, or its estimate.
        low, high: 95 % interval of what is simulated; of an exact cost the cost itself.
        exact: solved, not simulated.
    """

    policy: str
    mean: float
    low: float
    high: float
    exact: bool


@dataclass(frozen=True)
class Gap:
    """A solved desk and what policies cost there.

    Attributes:
        scenario: its name.
        optimal: the least long-run average holding cost a step of any policy.
        work_conserving: the least of those that never let an agent idle beside a ticket that it
            could serve.
        idles: share of the steps in which the best policy does just that.
        at_buffer: share of the steps in which under the best policy a category's queue is full.
        costs: of policies, the cheapest first.
        unfinished: policies that an interruption left out.
    """

    scenario: str
    optimal: float
    work_conserving: float
    idles: float
    at_buffer: float
    costs: tuple[Cost, ...] = ()
    unfinished: tuple[str, ...] = ()

    def headline(self) -> str:
        """What was found, in one plain sentence."""
        text = f"On {self.scenario} no policy can cost less than {_short(self.optimal)} a step"
        if self.costs:
            text += f"; {self.costs[0].policy} comes closest, {self._how_close(self.costs[0])}"
        if _same(self.work_conserving, self.optimal):
            return f"{text}; no agent needs to idle beside a ticket that it could serve."
        least = self._above(self.work_conserving)
        return f"{text}; to let no agent idle beside a ticket that it could serve costs {least}."

    def _how_close(self, cost: Cost) -> str:
        if not cost.exact and cost.low <= self.optimal:
            return "not distinguishable from the optimum"
        return f"at {self._above(cost.mean)}"

    def _above(self, cost: float) -> str:
        if _same(cost, self.optimal):
            return "that very cost"
        return f"{_short(cost)} ({100.0 * (cost / self.optimal - 1.0):.2g} % more)"

    def to_json(self) -> dict[str, Any]:
        """Plain data; `ratio` is the cost over the least possible."""
        data: dict[str, Any] = {
            "scenario": self.scenario,
            "headline": self.headline(),
            "optimal": self.optimal,
            "work_conserving": self.work_conserving,
            "idles": self.idles,
            "at_buffer": self.at_buffer,
            "policies": {
                cost.policy: {
                    "cost": cost.mean,
                    "low": cost.low,
                    "high": cost.high,
                    "exact": cost.exact,
                    "ratio": cost.mean / self.optimal,
                }
                for cost in self.costs
            },
            "unfinished": self.unfinished,
        }
        found: dict[str, Any] = plain(data)
        return found


def _short(cost: float) -> str:
    return f"{cost:.4g}"


def _same(cost: float, other: float) -> bool:
    """Whether two solved costs differ by no more than what solving leaves open."""
    return abs(cost - other) <= 4.0 * PRECISION * other


def solve(scenario: str | Path | Scenario) -> tuple[Decisions, Gap]:
    """Solve a desk of two agents: its decision problem, and its gap without policies.

    Raises:
        ScenarioError: naming the field because of which the desk cannot be solved.
    """
    desk = small_desk(scenario)
    problem = decisions(desk)
    plan = best_plan(problem)
    assigns = moves(np.ones(len(plan.after)), plan.after)
    return problem, Gap(
        scenario=desk.name,
        optimal=plan.cost,
        work_conserving=best_plan(problem, keeps_busy=True).cost,
        idles=average(problem, assigns, problem.idles[plan.after]),
        at_buffer=average(problem, assigns, problem.at_buffer),
    )


def find_gap(
    scenario: str | Path | Scenario,
    policies: Sequence[str | Policy | BidPolicy],
    episodes: int = EPISODES,
    seed: int = TEST,
    *,
    progress: Callable[[str], None] | None = None,
    compiling: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Gap:
    """Solve a desk of two agents, and find what policies cost there.

    A compiled policy that does what it does for the state alone is solved too, another one
    simulated. An interruption (`KeyboardInterrupt`) keeps the policies that are finished.

    Args:
        scenario: a name, a path or a `Scenario`.
        policies: texts as `load_policy` reads them, or policies; no two of one name.
        episodes: of a simulated policy; seeds `seed`, `seed + 1`, ..., none a training seed.
        seed: of the first episode.
        progress: called with what begins now.
        compiling: entered while the simulation is compiled.

    Raises:
        ScenarioError: naming the field because of which the desk cannot be solved.
    """
    scenario = load_scenario(scenario)
    loaded = check_gap(scenario, policies, episodes, seed)
    tell = progress or (lambda _: None)
    tell("the optimum")
    problem, found = solve(scenario)
    costs: list[Cost] = []
    try:
        for policy in loaded:
            tell(policy.name)
            if (cost := _solved_cost(policy, scenario, problem)) is not None:
                costs.append(cost)
        solved = {cost.policy for cost in costs}
        rest = [policy for policy in loaded if policy.name not in solved]
        with compiling() if rest else nullcontext():
            for policy in rest:
                prepare(long_run(scenario), policy)
        for policy in rest:
            tell(policy.name)
            costs.append(simulated_cost(policy, scenario, episodes, seed))
    except KeyboardInterrupt:
        tell("interrupted")
    known = {cost.policy for cost in costs}
    unfinished = tuple(policy.name for policy in loaded if policy.name not in known)
    costs.sort(key=lambda cost: round(cost.mean, 6))  # equal ones in the order given
    return replace(found, costs=tuple(costs), unfinished=unfinished)


def check_gap(
    scenario: Scenario,
    policies: Sequence[str | Policy | BidPolicy],
    episodes: int = EPISODES,
    seed: int = TEST,
) -> list[Policy | BidPolicy]:
    """The policies that `find_gap` reads; its arguments.

    Raises:
        ValueError: if the desk cannot be solved, or a policy or a seed does not fit.
    """
    small_desk(scenario)
    refuse_training(seed, episodes)
    return load_policies(policies, long_run(scenario))


def _solved_cost(policy: Policy | BidPolicy, scenario: Scenario, problem: Decisions) -> Cost | None:
    """None if it has to be simulated; so has what looks at more of a desk than a stage shows."""
    if not is_compiled(policy):
        return None
    assigns = assigns_of(policy, scenario, problem)
    if assigns is None:
        return None
    cost = average(problem, assigns, problem.cost)
    return Cost(policy.name, cost, cost, cost, exact=True)


def long_run(scenario: Scenario) -> Scenario:
    """A desk played for so long that how an episode begins does not matter."""
    lasting = {"horizon_steps": HORIZON, "warm_up_steps": WARM_UP}
    return load_scenario(scenario, time=scenario.time.model_dump(mode="json") | lasting)


def simulated_cost(
    policy: Policy | BidPolicy, scenario: Scenario, episodes: int, seed: int = TEST
) -> Cost:
    """The long-run average holding cost of a policy on a desk that can be solved, by simulation."""
    kpis = rollout(long_run(scenario), policy, episodes, seed)
    mean, low, high = mean_interval([-episode["reward_per_step"] for episode in kpis])
    return Cost(policy.name, mean, low, high, exact=False)

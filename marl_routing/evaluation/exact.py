"""Simulated numbers of a desk beside those that are known exactly."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from zlib import crc32

from marl_routing.evaluation.agreement import Check
from marl_routing.evaluation.cost_trial import CostTrial
from marl_routing.evaluation.precision import require_share
from marl_routing.evaluation.queue_trial import QueueTrial, opening_hours
from marl_routing.scenario import Scenario, ScenarioError, load_scenario
from marl_routing.theory import Instance, NotSolvedError, instance_of
from marl_routing.theory.small_desk import SmallDesk, small_desk

PRECISION = 0.01
DESKS = 64  # simulated at once
MOST_DESKS = 128 * DESKS
AGAIN = 4  # a desk that seems off is simulated so much longer: chance fades, faults do not


def require_checkable(desks: Sequence[Scenario], precision: float) -> None:
    """Refuse what `check_desk` would refuse, before any work.

    Raises:
        ValueError: in one sentence.
    """
    require_share(precision)
    for desk in desks:
        known = known_of(desk)
        if isinstance(known, Instance):
            opening_hours(desk, known)


def known_of(scenario: Scenario) -> Instance | SmallDesk:
    """What of a desk is solved: its queue, or the costs of two agents who choose.

    Raises:
        NotSolvedError: if neither is, in one sentence.
    """
    try:
        return instance_of(scenario)
    except NotSolvedError as why:
        try:
            return small_desk(scenario)
        except ScenarioError as why_not_costs:
            raise NotSolvedError(
                f"{scenario.name}: is no instance of a solved model: {why}; nor are costs of "
                f"policies known: {why_not_costs}"
            ) from None


def check_desk(
    scenario: str | Path | Scenario,
    seed: int = 0,
    precision: float = PRECISION,
    *,
    num_threads: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Check:
    """Simulate a desk until 3 standard errors of each number are within the precision.

    If a number then disagrees, the desk is simulated four times as long and judged again: what
    chance has done fades, what a fault does stands out the more.

    Args:
        scenario: an instance of a solved model, or a desk of two agents whose costs can be solved;
            its horizon, warm-up and initial backlog are chosen anew.
        seed: chooses the tickets, together with the scenario: no two desks meet the same.
        precision: as a share of the exact value.
        num_threads: threads that share the desks; the results do not depend on it.
        progress: told after each lot of desks what share of those needed is probably done.

    Raises:
        NotSolvedError: if nothing of the desk is solved, in one sentence.
    """
    scenario = load_scenario(scenario)
    require_checkable([scenario], precision)
    enough = 0
    for check in _lot_by_lot(scenario, seed, precision, num_threads):
        if check.is_sharp:
            enough = enough or (1 if check.agrees else AGAIN) * check.desks
        if enough and check.desks >= enough:
            break
        if progress is not None:
            progress(check.done)
    return check


def prepare_check(scenario: Scenario) -> None:
    """Compile what `check_desk` needs: seconds for each new set of sizes, later read from disk."""
    _trial(scenario, num_desks=1).prepare()


def _lot_by_lot(
    scenario: Scenario, seed: int, precision: float, num_threads: int
) -> Iterator[Check]:
    """What is found after each lot of desks."""
    trial = _trial(scenario, DESKS, num_threads)
    first, numbers = seed + crc32(scenario.to_yaml().encode()), trial.numbers
    for desks in range(DESKS, MOST_DESKS + 1, DESKS):
        samples = trial.play(first + desks - DESKS)
        for number in numbers:
            number.add(*samples[number.name])
        yield Check(
            scenario.name, trial.model, trial.policy, precision, desks, trial.steps, numbers
        )


def _trial(scenario: Scenario, num_desks: int, num_threads: int = 1) -> QueueTrial | CostTrial:
    known = known_of(scenario)
    if isinstance(known, Instance):
        return QueueTrial(scenario, known, num_desks, num_threads)
    return CostTrial(scenario, known, num_desks, num_threads)

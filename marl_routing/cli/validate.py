"""`marl-routing validate`: does a scenario's desk keep its promises?"""

from typing import Annotated

import typer

from marl_routing.cli.console import (
    FAILED,
    JsonOption,
    SeedOption,
    compile_desk,
    err,
    out,
    print_json,
    refuse,
    refusing_bad_input,
)
from marl_routing.cli.theory import validate_theory
from marl_routing.cli.triage import VIEW
from marl_routing.cli.triage_check import find_fault as find_fault_of_triage
from marl_routing.envs.parallel import TicketRoutingEnv
from marl_routing.evaluation import rollout_in_steps
from marl_routing.evaluation.seeds import TEST
from marl_routing.policies import load_policy
from marl_routing.scenario import Scenario, load_scenario
from marl_routing.testing import check_desk_env
from marl_routing.views.triage import DEFAULT

EPISODES = 3
PLAYS = "random"


def validate(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SCENARIO",
            help="A shipped scenario's name, or a path; or triage, the triage view. With --theory "
            "any number of scenarios, or none for all exact desks.",
            show_default=False,
        ),
    ] = None,
    seed: SeedOption = TEST,
    steps: Annotated[int | None, typer.Option(min=2, help="Shorter episodes.")] = None,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Nothing is random: seeds may be alike.")
    ] = False,
    theory: Annotated[
        bool, typer.Option("--theory", help="Compare simulated numbers with exact ones.")
    ] = False,
    precision: Annotated[
        str | None,
        typer.Option(help="With --theory: simulate until each number is known to this; else 1%."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check that a scenario's desk conforms to its interfaces and repeats exactly."""
    if theory and (steps is not None or deterministic):
        refuse(
            "--steps, --deterministic: expected without --theory, which chooses its own episodes"
        )
    if theory:
        validate_theory(scenarios or (), seed, precision or "1%", as_json)
    elif precision is not None:
        refuse("--precision: expected with --theory only")
    elif scenarios is None or len(scenarios) != 1:
        refuse("SCENARIO: expected one name or path")
    else:
        _validate_desk(scenarios[0], seed, steps, deterministic, as_json)


def _validate_desk(
    scenario: str, seed: int, steps: int | None, deterministic: bool, as_json: bool
) -> None:
    shorter = {} if steps is None else {"time.horizon_steps": steps, "time.warm_up_steps": 0}
    viewed = scenario == VIEW
    with refusing_bad_input():
        desk = load_scenario(DEFAULT if viewed else scenario, **shorter)
    compile_desk(desk, load_policy(PLAYS))
    with err.status("Playing whole episodes ..."):
        fault = (find_fault_of_triage if viewed else _find_fault)(desk, seed, deterministic)
    name = VIEW if viewed else desk.name
    if as_json:
        print_json({"scenario": name, "valid": fault is None, "fault": fault})
    else:
        promise = _promise(desk.time.horizon_steps, viewed)
        out().print(
            f"{name}: {fault}" if fault is not None else f"{name} {promise}", soft_wrap=True
        )
    if fault is not None:
        raise typer.Exit(FAILED)


def _promise(steps: int, viewed: bool) -> str:
    repeats = f"{EPISODES} episodes of {steps} steps repeat exactly, together and alone"
    if viewed:
        repeats = (
            f"two runs of {steps} steps agree in everything, whatever the policy: observations, "
            "rewards, infos, masks and KPIs"
        )
    return f"is valid: it conforms to its interfaces, and {repeats}."


def _find_fault(desk: Scenario, seed: int, deterministic: bool) -> str | None:
    """The first thing wrong, in one sentence."""
    try:
        check_desk_env(lambda: TicketRoutingEnv(desk), seed=seed, stochastic=not deterministic)
        _check_repeats(desk, seed)
    except AssertionError as fault:
        return str(fault)
    return None


def _check_repeats(desk: Scenario, seed: int) -> None:
    """Episodes of the random policy: the same twice, and the same in a batch as alone."""
    policy = load_policy(PLAYS)
    together = [str(kpis) for kpis in rollout_in_steps(desk, policy, EPISODES, seed)]
    if together != [str(kpis) for kpis in rollout_in_steps(desk, policy, EPISODES, seed)]:
        raise AssertionError("two runs of one seed gave different KPIs")
    alone = [str(rollout_in_steps(desk, policy, 1, seed + i)[0]) for i in range(EPISODES)]
    if together != alone:
        raise AssertionError("an episode gave other KPIs in a batch than alone")

"""What must hold between verbs, teams and incidents, and the sections they rest on."""

from collections.abc import Iterator

from marl_routing.scenario.dynamics import deferral_steps
from marl_routing.scenario.errors import ScenarioError
from marl_routing.scenario.incidents import Incidents
from marl_routing.scenario.schema import Scenario

LONGEST_DEFERRAL_STEPS = 10_000_000


def check_dynamics(scenario: Scenario) -> None:
    """Raise `ScenarioError` about the first thing that does not fit together."""
    _teams_fit(scenario)
    _verbs_can_be_used(scenario)
    _pendings_are_long_enough(scenario)
    _deferrals_are_short_enough(scenario)


def _teams_fit(scenario: Scenario) -> None:
    agents = scenario.agents
    teams = agents.teams or ()
    for index, agent in enumerate(agents.team or ()):
        if agent.team is not None and agent.team not in teams:
            listed = f"expected one of {', '.join(teams)}" if teams else "expected agents.teams"
            raise ScenarioError(f"agents.team.{index}.team: {listed}, got '{agent.team}'")
    for team in teams:
        if team not in agents.team_of:
            raise ScenarioError(f"agents.teams: expected an agent in each, '{team}' has none")


def _verbs_can_be_used(scenario: Scenario) -> None:
    """A verb that nobody could ever use is a mistake, not a choice."""
    used = scenario.verbs.used
    targets = scenario.sla.resolution_minutes or ()
    needs = (
        ("escalate", len(scenario.priorities) >= 2, "at least two priorities"),
        ("defer", any(target is not None for target in targets), "sla.resolution_minutes"),
        ("swarm", len(scenario.agents.names) >= 2, "at least two agents"),
        ("transfer", len(scenario.agents.teams or ()) >= 2, "at least two agents.teams"),
        ("reassign", len(scenario.agents.names) >= 2, "at least two agents"),
    )
    for verb, given, needed in needs:
        if verb in used and not given:
            raise ScenarioError(f"protocol.verbs.{verb}: only with {needed}")


def _means(scenario: Scenario) -> Iterator[tuple[str, float]]:
    """Path and minutes of what lasts a random number of steps."""
    incidents, request_info = scenario.incidents or Incidents(), scenario.verbs.request_info
    if request_info is not None:
        yield "protocol.verbs.request_info", request_info.mean_minutes
    if incidents.block is not None:
        yield "incidents.block", incidents.block.mean_minutes
    if incidents.reopen is not None:
        yield "incidents.reopen", incidents.reopen.mean_minutes


def _pendings_are_long_enough(scenario: Scenario) -> None:
    step = scenario.time.step_minutes
    for path, minutes in _means(scenario):
        if minutes < step:
            raise ScenarioError(
                f"{path}.mean_minutes: expected at least a step ({step:g} minutes), got {minutes:g}"
            )


def _deferrals_are_short_enough(scenario: Scenario) -> None:
    defer = scenario.verbs.defer
    if defer is None:
        return
    steps = defer.at_most * deferral_steps(defer, scenario.time.step_minutes)
    if steps > LONGEST_DEFERRAL_STEPS:
        raise ScenarioError(
            f"protocol.verbs.defer.minutes: expected at most {LONGEST_DEFERRAL_STEPS} steps "
            f"in at_most deferrals, got {steps}"
        )

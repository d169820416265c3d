"""What must hold between customers and the sections they rest on."""

from marl_routing.scenario.customers import Customers
from marl_routing.scenario.desk import Bid
from marl_routing.scenario.errors import ScenarioError
from marl_routing.scenario.industries import URGENCIES
from marl_routing.scenario.reward import Reward
from marl_routing.scenario.schema import Scenario

NO_VERBS = ("swarm", "request_info")
NO_INCIDENTS = ("regression", "block")
PAID_FOR_TALKING = ("satisfaction", "efficiency", "business_impact", "escalation")


def check_customers(scenario: Scenario) -> None:
    """Raise `ScenarioError` about the first thing that does not fit together."""
    customers = scenario.customers
    if customers is None:
        _nobody_is_paid_for_talking(scenario.reward)
        return
    _names_follow(scenario, customers)
    _desk_can_talk(scenario)
    for industry in customers.industries:
        for name, kind in industry.inquiry_types.items():
            if kind.needs > customers.max_turns:
                raise ScenarioError(
                    f"customers.max_turns: expected at least the {kind.needs} turns that "
                    f"'{name}' needs, got {customers.max_turns}"
                )


def _nobody_is_paid_for_talking(reward: Reward) -> None:
    if reward.preset == "conversation":
        raise ScenarioError("reward.preset: conversation is only for desks with customers")
    for term in PAID_FOR_TALKING:
        if getattr(reward.weights, term):
            raise ScenarioError(f"reward.weights.{term}: only for desks with customers")


def _names_follow(scenario: Scenario, customers: Customers) -> None:
    kinds = tuple(name for _, name, _ in customers.inquiry_types)
    for path, given, expected in (
        ("categories", scenario.categories, kinds),
        ("priorities", scenario.priorities, URGENCIES),
    ):
        if given != expected:
            raise ScenarioError(
                f"{path}: with customers expected {', '.join(expected)} (or leave it out), "
                f"got {', '.join(given)}"
            )


def _desk_can_talk(scenario: Scenario) -> None:
    """A conversation takes its agent's whole attention, and the ticket's course is its own."""
    if isinstance(scenario.protocol, Bid):
        raise ScenarioError("protocol.kind: with customers expected accept, got bid")
    for verb in NO_VERBS:
        if verb in scenario.verbs.used:
            raise ScenarioError(f"protocol.verbs.{verb}: not with customers")
    incidents = {} if scenario.incidents is None else scenario.incidents.used
    for incident in NO_INCIDENTS:
        if incident in incidents:
            raise ScenarioError(f"incidents.{incident}: not with customers")
    if max(scenario.agents.concurrencies) > 1:
        most = max(scenario.agents.concurrencies)
        raise ScenarioError(f"agents.concurrency: with customers expected 1, got {most}")

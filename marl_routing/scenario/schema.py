"""A scenario: everything that defines a desk, its tickets and what agents are paid for."""

import hashlib
import json
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError

from marl_routing.scenario.agents import Agents
from marl_routing.scenario.arrivals import Arrivals
from marl_routing.scenario.customers import Customers
from marl_routing.scenario.desk import Accept, Observation, Patience, Protocol, Queue, Sla
from marl_routing.scenario.errors import ScenarioError, explain
from marl_routing.scenario.files import to_yaml
from marl_routing.scenario.incidents import Incidents
from marl_routing.scenario.industries import URGENCIES
from marl_routing.scenario.reward import Reward
from marl_routing.scenario.service import Service
from marl_routing.scenario.time import Time
from marl_routing.scenario.values import Flag, Name, Names, Section
from marl_routing.scenario.verbs import Verbs


def _categories(data: dict[str, Any]) -> Names:
    customers: Customers | None = data.get("customers")
    if customers is not None:
        return tuple(name for _, name, _ in customers.inquiry_types)
    return ("technical", "billing", "feature_request", "bug_report", "integration")


def _priorities(data: dict[str, Any]) -> Names:
    return ("critical", "high", "medium", "low") if data.get("customers") is None else URGENCIES


class Scenario(Section):
    """An immutable, validated description of a desk.

    Attributes:
        name: for display and for the registry.
        description: one or two sentences.
        exact: the desk reproduces a solved Markov chain; silences the warning on short service.
        time, arrivals, service, agents, queue, sla, patience, incidents, protocol, reward,
            observation: the sections.
        customers: tickets are conversations; their inquiry types are then the categories, and their
            urgencies the priorities.
        categories, priorities: names; priority 0 is the most urgent.
    """

    name: Name
    description: str = ""
    exact: Flag = False
    time: Time = Time()
    customers: Customers | None = None
    categories: Annotated[Names, Field(default_factory=_categories)]
    priorities: Annotated[Names, Field(default_factory=_priorities)]
    arrivals: Arrivals
    service: Service
    agents: Agents
    queue: Queue = Queue()
    sla: Sla = Sla()
    patience: Patience | None = None
    incidents: Incidents | None = None
    protocol: Protocol = Accept()
    reward: Reward = Reward()
    observation: Observation = Observation()

    @property
    def verbs(self) -> Verbs:
        """What agents may do besides accepting."""
        protocol = self.protocol
        return (protocol.verbs if isinstance(protocol, Accept) else None) or Verbs()

    @property
    def dynamic(self) -> bool:
        """Whether there are verbs, incidents, learning or customers."""
        befalls = self.incidents.used if self.incidents is not None else {}
        changes = self.service.learning is not None or self.customers is not None
        return bool(self.verbs.used or befalls) or changes

    @property
    def reopens(self) -> bool:
        """Whether resolved tickets may come back."""
        return self.incidents is not None and self.incidents.reopen is not None

    @property
    def digest(self) -> str:
        """Tells desks apart: a hash of all values that are not defaults, but name and description.

        So a key that is added to the schema later, and keeps to its default, changes none.
        """
        told = {"name", "description"}
        data = self.model_dump(mode="json", exclude_defaults=True, exclude=told)
        text = json.dumps(data, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @classmethod
    def parse(cls, data: Any) -> Self:
        """Build a scenario from nested mappings; `ScenarioError` in one sentence if it is wrong."""
        if not isinstance(data, dict):
            raise ScenarioError(f"a scenario is a mapping of sections, got {type(data).__name__}")
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise ScenarioError(explain(error)) from None

    def to_dict(self) -> dict[str, Any]:
        """Nested plain mappings and lists that `parse` turns into an equal scenario."""
        follow = {"categories", "priorities"} if self.customers is not None else None
        return self.model_dump(mode="json", exclude_none=True, exclude=follow)

    def to_yaml(self) -> str:
        """YAML text that loads as an equal scenario; every default is written out."""
        return to_yaml(self.to_dict())

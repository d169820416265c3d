"""Every key of a scenario file: its default, its choices and what its section says of it."""

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docs.tables import table
from marl_routing.scenario import Scenario
from marl_routing.scenario.agents import Agent, Break, Shift
from marl_routing.scenario.arrivals import (
    Bernoulli,
    Bursty,
    Phase,
    Poisson,
    Trace,
    TraceTicket,
    Weekly,
)
from marl_routing.scenario.customers import Silent
from marl_routing.scenario.desk import Accept, Bid
from marl_routing.scenario.incidents import Block, ByExpertise, Dependency, Regression, Reopen
from marl_routing.scenario.industries import Industry, InquiryType, Strategies, Strategy
from marl_routing.scenario.service import Learning, Speed
from marl_routing.scenario.time import BusinessHours, Start
from marl_routing.scenario.values import Named
from marl_routing.scenario.verbs import Defer, Release, RequestInfo, Verb, Verbs

Section = type[BaseModel]

# Sections of several kinds: the key that tells them apart, and the kinds.
KINDS: dict[str, tuple[str, tuple[Section, ...]]] = {
    "arrivals": ("process", (Poisson, Weekly, Bursty, Bernoulli, Trace)),
    "protocol": ("kind", (Accept, Bid)),
}
INNER: dict[str, Section] = {
    "time.start": Start,
    "time.business_hours": BusinessHours,
    "customers.industries[]": Industry,
    "customers.industries[].inquiry_types.*": InquiryType,
    "customers.strategies": Strategies,
    "customers.strategies.effects.*": Strategy,
    "customers.silent": Silent,
    "arrivals.phases[]": Phase,
    "arrivals.trace[]": TraceTicket,
    "service.speed": Speed,
    "service.learning": Learning,
    "agents.shifts[]": Shift,
    "agents.shifts[].breaks[]": Break,
    "agents.team[]": Agent,
    "agents.team[].shift": Shift,
    "incidents.regression": Regression,
    "incidents.block": Block,
    "incidents.dependency": Dependency,
    "incidents.reopen": Reopen,
    "incidents.reopen.probability": ByExpertise,
    "protocol.verbs": Verbs,
    "protocol.verbs.escalate": Verb,
    "protocol.verbs.defer": Defer,
    "protocol.verbs.swarm": Verb,
    "protocol.verbs.request_info": RequestInfo,
    "protocol.verbs.release": Release,
    "protocol.verbs.transfer": Verb,
    "protocol.verbs.reassign": Verb,
}
ATTRIBUTE = re.compile(r"^    (\w+(?:, \w+)*): (.+(?:\n {8}.+)*)", re.MULTILINE)


def key_table() -> str:
    """A row a key; the weights of single reward terms stand in rewards.md."""
    rows = [row for path, section in _sections() for row in _rows(path, section)]
    return table("| key | default | choices | meaning |", rows)


def _sections() -> Iterator[tuple[str, Section]]:
    yield "", Scenario
    for name, field in Scenario.model_fields.items():
        if name in KINDS:
            key, sections = KINDS[name]
            for section in sections:
                (kind,) = get_args(section.model_fields[key].annotation)
                yield f"{name}({kind})", section
        else:
            yield from ((name, section) for section in _held(field.annotation))
        yield from ((path, inner) for path, inner in INNER.items() if path.startswith(f"{name}."))


def _rows(path: str, section: Section) -> Iterator[tuple[str, ...]]:
    said = {
        name: f"{names}: {_one_line(text)}" if "," in names else _one_line(text)
        for kind in reversed(section.__mro__)
        for names, text in ATTRIBUTE.findall(cleandoc(kind.__doc__ or ""))
        for name in names.split(", ")
    }
    for name, field in section.model_fields.items():
        # leaving it out means something
        off = path != "" and (field.default is None or field.default_factory is not None)
        if name not in KINDS and (off or name == "weights" or not _held(field.annotation)):
            key = f"{path}.{name}" if path else name
            choices = ", ".join(_choices(field.annotation))
            yield f"`{key}`", _default(field), choices, said.get(name, "")


def _one_line(text: str) -> str:
    return " ".join(text.split()).removesuffix(".")


def _held(annotation: Any) -> list[Section]:
    """The section that a key holds, if it holds one (and not several)."""
    several = get_origin(annotation) in (tuple, Named)
    kinds = (annotation,) if several else get_args(annotation) or (annotation,)
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]


def _choices(annotation: Any) -> list[str]:
    kinds = (annotation, *get_args(annotation))
    return [str(choice) for k in kinds if get_origin(k) is Literal for choice in get_args(k)]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    without_customers = {"customers": None}
    value = field.get_default(call_default_factory=True, validated_data=without_customers)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None or isinstance(value, (BaseModel, Named)) else str(value).lower()

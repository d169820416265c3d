"""What the desk was assumed to be, in words; and what the policies do."""

import inspect
import sys
from collections.abc import Iterable

from marl_routing.evaluation.figures import in_short
from marl_routing.policies import BidPolicy, Policy
from marl_routing.report.measures import MISSING
from marl_routing.report.plots.plot import Table
from marl_routing.report.words import clock, span
from marl_routing.scenario import Scenario, compile_scenario
from marl_routing.scenario.arrivals import Bernoulli, Bursty, Poisson, Trace, Weekly
from marl_routing.scenario.desk import Protocol
from marl_routing.scenario.time import Time
from marl_routing.scenario.values import Section

_SHIPPED = "marl_routing.policies."


def what_it_does(policy: Policy | BidPolicy) -> str:
    """The first line about the policy: of its file, where it is shipped; else of its class."""
    rule = type(policy)
    source = sys.modules[rule.__module__] if rule.__module__.startswith(_SHIPPED) else rule
    return next(iter((inspect.getdoc(source) or "").splitlines()), "")


def facts(scenario: Scenario) -> list[tuple[str, str]]:
    """What and how, a line each."""
    found = {
        "An episode": _episode(scenario.time),
        "Team": f"{len(scenario.agents.names)} agents, {_presence(scenario)}",
        "Tickets": f"{_list(scenario.categories)}; {_arrivals(scenario)}",
        "Work": _work(scenario),
        "Queue": f"in order of {_ORDERS[scenario.queue.order]}; "
        f"arrivals beyond {scenario.queue.max_open_tickets} open tickets are turned away",
        "Customers": _customers(scenario),
        "Routing": _routing(scenario.protocol),
    }
    if scenario.sla.clock == "business":
        found["Targets"] = "count business hours only"
    if scenario.incidents is not None and scenario.incidents.used:
        found["Incidents"] = _list(scenario.incidents.used)
    return list(found.items())


_ORDERS = {"fifo": "arrival", "priority": "priority", "deadline": "deadline"}
_SPREADS = {
    "memoryless": "of very different length (memoryless)",
    "deterministic": "all of one length",
    "lognormal": "of different length (lognormal)",
    "gamma": "of different length (gamma)",
    "empirical": "of different length, as in a log",
}


def _list(names: Iterable[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _episode(time: Time) -> str:
    length, start = span(time.step_minutes * time.horizon_steps), clock(time.start.minute_of_week)
    text = f"{length} from {start}, in steps of {span(time.step_minutes)}"
    if not time.warm_up_steps:
        return text
    return f"{text}; figures leave out the first {span(time.warm_up_steps * time.step_minutes)}"


def _customers(scenario: Scenario) -> str:
    patience = "wait for ever" if scenario.patience is None else "give up after a while"
    if scenario.customers is None:
        return patience
    return f"{patience}; agents talk to them, and what they say decides how it ends"


def _routing(protocol: Protocol) -> str:
    if protocol.kind == "bid":
        return "agents bid for tickets, and an auction decides"
    by = protocol.arbitration.replace("_", " ")
    return f"agents accept tickets; if several want one, it goes by {by}"


def _presence(scenario: Scenario) -> str:
    return "with shifts or days off" if scenario.agents.come_and_go else "always there"


def _arrivals(scenario: Scenario) -> str:
    arrivals = scenario.arrivals
    if isinstance(arrivals, Trace):
        return f"{len(arrivals.trace)} logged tickets, replayed"
    if isinstance(arrivals, Bernoulli):
        return "at most one of each kind a step, by chance"
    kinds: dict[type[Section], str] = {
        Poisson: "at a constant rate, by chance",
        Weekly: "by the hour of the week, by chance",
        Bursty: "in waves, by chance",
    }
    text = kinds[type(arrivals)]
    if arrivals.load is not None:
        text += f", {100 * arrivals.load:.0f} % of what the team can serve at best"
    elif isinstance(arrivals, Poisson):
        text += f", {in_short(arrivals.rate_per_hour or 0.0)} an hour"
    return text


def _work(scenario: Scenario) -> str:
    if scenario.customers is not None:
        return "conversations, turn by turn"
    minutes = compile_scenario(scenario).rules.desk[0]
    means = minutes["mean_minutes"]
    least, most = in_short(float(means.min())), in_short(float(means.max()))
    mean = least if least == most else f"{least} to {most}"
    return (
        f"{mean} minutes a ticket on average, by category; {_SPREADS[scenario.service.law]}; "
        "who knows a category well is faster"
    )


def promises(scenario: Scenario) -> Table | None:
    """Targets by priority; none where nothing is promised."""
    sla = scenario.sla
    if sla.first_response_minutes is None and sla.resolution_minutes is None:
        return None
    nothing = (None,) * len(scenario.priorities)
    first, last = sla.first_response_minutes or nothing, sla.resolution_minutes or nothing
    rows = [
        (name, *map(_minutes, promised))
        for name, *promised in zip(scenario.priorities, first, last, strict=True)
    ]
    return Table(("priority", "first reply within", "resolved within"), rows)


def _minutes(target: float | None) -> str:
    return MISSING if target is None else f"{target:g} min"

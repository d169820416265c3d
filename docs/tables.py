"""The tables that the code knows: fields, actions, reward terms, KPIs, scenarios."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict

import numpy as np

from docs.definitions import HEADLINE, KPIS
from marl_routing.core import events, fields
from marl_routing.core.batch import Batch
from marl_routing.core.conversation_record import NUM_CONTEXT
from marl_routing.core.parameters import PEERS_FULL, PEERS_SUMMARY
from marl_routing.core.terms import AGENT_TERMS, MEANINGS, TERMS
from marl_routing.scenario import Scenario, compile_scenario, load_scenario
from marl_routing.scenario.arrivals import Bursty
from marl_routing.scenario.demand import expected_arrivals, phase_rates
from marl_routing.scenario.registry import SHIPPED
from marl_routing.training.stable_settings import (
    A2cSettings,
    DqnSettings,
    PpoSettings,
    StableSettings,
)
from marl_routing.trajectories.schema import Column, tables_of
from marl_routing.views.conversation import CustomerSupport
from marl_routing.views.conversation_desk import FIELDS
from marl_routing.views.triage_observation import ENGINEER_FIELDS, GLOBAL_FIELDS, TICKET_FIELDS

DEFAULT = "saas_balanced"


def table(heading: str, rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; `heading` is its first line."""
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([heading, "|---" * (heading.count("|") - 1) + "|", *lines])


def observation_table() -> str:
    """Every field of every variant: entries, range, place in the default scenario, meaning."""
    # Sizes of which no two agree tell how many entries a field has.
    symbols = {1: "1", 7: "A", 5: "C", 11: "K", 55: "K x C", NUM_CONTEXT: str(NUM_CONTEXT)}
    own, private = fields.own_fields(7, 5, True, True, True, True), fields.private_fields(11, True)
    slots = fields.slot_fields(5, 11, per_category=False, dynamic=True, talks=True)
    desk = fields.desk_fields(5)
    peers = [
        field for kind in (PEERS_FULL, PEERS_SUMMARY) for field in fields.peer_fields(7, 5, kind)
    ]
    placed = [_stem(name) for name, _, _ in _batch().observation_fields()]
    every = [*own, *private, *slots, *peers, *desk]
    entries = Counter(_stem(field.name) for field in every)
    ranges = {_stem(name): f"{low:g} to {high:g}" for name, low, high in every}
    rows = [
        (f"`{name}`", symbols[count], ranges[name], _places(placed, name), fields.MEANINGS[name])
        for name, count in entries.items()
    ]
    assert list(fields.MEANINGS) == list(entries), "fields.MEANINGS and the fields differ"
    return table(f"| field | entries | range | in `{DEFAULT}` | meaning |", rows)


def _stem(name: str) -> str:
    """`slot_age[3]` is an entry of slot_age."""
    return name.split("[")[0]


def _places(names: list[str], name: str) -> str:
    if name not in names:
        return ""
    first, count = names.index(name), names.count(name)
    return f"{first}" if count == 1 else f"{first}-{first + count - 1}"


def layout() -> str:
    """The blocks of a row and their widths in the default scenario."""
    sizes = _batch().parameters.sizes
    blocks = {"own": sizes.own, "private slots": sizes.private}
    blocks["shared: slots, peers, desk"] = sizes.shared
    starts = np.cumsum([0, *blocks.values()])
    widths = [max(len(name), len(f"{width} floats")) + 2 for name, width in blocks.items()]
    rule = "+" + "+".join("-" * width for width in widths) + "+"
    texts = [list(blocks), [f"{width} floats" for width in blocks.values()]]
    lines = [
        "|" + "|".join(t.center(w) for t, w in zip(row, widths, strict=True)) + "|" for row in texts
    ]
    marks = "".join(f"{start:<{width + 1}}" for start, width in zip(starts, widths, strict=False))
    return "\n".join(["```text", rule, *lines, rule, f"{marks}{starts[-1]}", "```"])


def action_table() -> str:
    """What each action of the default scenario does."""
    return table("| action | meaning |", enumerate(_batch().action_meanings()))


def verb_table() -> str:
    """The actions of the scenario that has every verb, from the first verb on."""
    batch = _batch("everything_on")
    verbs = list(enumerate(batch.action_meanings()))[1 + batch.num_slots :]
    return table("| action | meaning |", verbs)


def triage_table() -> str:
    """Every entry that the triage operator sees."""
    arrays = {"global": GLOBAL_FIELDS, "tickets": TICKET_FIELDS, "engineers": ENGINEER_FIELDS}
    rows = (
        (f"`{array}`", f"`{name}`", words)
        for array, fields_of in arrays.items()
        for name, words in fields_of.items()
    )
    return table("| array | entry | meaning |", rows)


def conversation_table() -> str:
    """Every entry that the single-conversation view shows."""
    names = [field.name for field in CustomerSupport().observation_fields()]
    stems = list(dict.fromkeys(map(_stem, names)))
    assert stems == list(FIELDS), "FIELDS and the view's entries differ"
    rows = ((_places(list(map(_stem, names)), stem), f"`{stem}`", FIELDS[stem]) for stem in stems)
    return table("| place | entry | meaning |", rows)


def reward_table() -> str:
    """Terms, who is credited, and their weights under each preset."""
    presets = ("holding_cost", "routing", "triage", "conversation")
    on = {"conversation": "support_bfsi"}  # which has customers
    weights = []
    for preset in presets:
        scenario = load_scenario(on.get(preset, DEFAULT), reward={"preset": preset})
        desk = compile_scenario(scenario).rules.desk[0]
        named = dict(zip(TERMS, desk["weights"].tolist(), strict=True))
        weights.append(named | {"waiting": float(desk["waiting_weights"][0])})
    rows = [
        (
            f"`{term}`",
            "agent" if term in AGENT_TERMS else "desk",
            *(f"{named[term]:.4g}" if named[term] else "" for named in weights),
            MEANINGS[term],
        )
        for term in TERMS
    ]
    columns = " | ".join(f"`{preset}`" for preset in presets)
    return table(f"| term | of | {columns} | raw value in one step |", rows)


def kpi_table() -> str:
    """Every KPI of `metrics()`."""
    shown = dict.fromkeys(
        "term_*" if name.startswith("term_") else name for name in _batch("support_bfsi").metrics()
    )
    assert list(shown) == list(KPIS), "definitions.KPIS and metrics() differ"
    return _defined(KPIS)


def headline_table() -> str:
    """Every KPI of `headline()`."""
    assert list(_batch().headline()) == list(HEADLINE), "HEADLINE and headline() differ"
    return _defined(HEADLINE)


def _defined(kpis: dict[str, tuple[str, str]]) -> str:
    return table("| KPI | unit | definition |", ((f"`{k}`", *kpi) for k, kpi in kpis.items()))


def event_table() -> str:
    """Every event of the log."""
    assert tuple(events.MEANINGS) == events.EVENTS, "events.MEANINGS and EVENTS differ"
    rows = ((i, f"`{name}`", events.MEANINGS[name]) for i, name in enumerate(events.EVENTS))
    return table("| number | event | meaning |", rows)


def trajectory_table() -> str:
    """Every column of the files of collected episodes, on the default scenario."""
    tables = tables_of(_batch().parameters.sizes)
    rows = (
        (f"`{file}`", f"`{column.name}`", _kind(column), column.meaning)
        for file, columns in tables._asdict().items()
        for column in columns
    )
    return table(f"| file | column | kind in `{DEFAULT}` | meaning |", rows)


def _kind(column: Column) -> str:
    kind = np.dtype(column.dtype).name
    return f"{kind} x {column.shape[0]}" if column.shape else kind


def scenario_table() -> str:
    """Sizes and loads of the shipped scenarios."""
    heading = (
        "| scenario | agents | categories | K | episode | capacity, tickets/h | load | what it is |"
    )
    return table(heading, (_scenario_row(load_scenario(name)) for name in SHIPPED))


def _scenario_row(scenario: Scenario) -> list[object]:
    parameters, time = compile_scenario(scenario), scenario.time
    capacity, sizes = parameters.capacity_per_hour, parameters.sizes
    mean, peak = (f"{load:.2f}" for load in _loads(scenario, capacity))
    return [
        f"`{scenario.name}`",
        sizes.agents,
        sizes.categories,
        sizes.slots,
        f"{time.horizon_steps} steps of {time.step_minutes:g} min",
        f"{capacity:.1f}",
        mean if mean == peak else f"{mean}, at most {peak}",
        scenario.description,
    ]


def _loads(scenario: Scenario, capacity: float) -> tuple[float, float]:
    """Expected arrivals as a share of capacity: on the whole, and at their highest."""
    if isinstance(scenario.arrivals, Bursty):
        rates, shares = phase_rates(scenario.arrivals, capacity)
        return float(rates @ shares / capacity), float(rates.max() / capacity)
    steps_an_hour = 60 / scenario.time.step_minutes
    arriving = expected_arrivals(scenario, capacity)[1:] * steps_an_hour / capacity
    return float(arriving.mean()), float(arriving.max())


def stable_settings_table() -> str:
    """Settings of Stable-Baselines3's algorithms and what they are if nothing is said."""
    kinds: dict[str, StableSettings] = {
        "maskable_ppo, ppo": PpoSettings(),
        "a2c": A2cSettings(),
        "dqn": DqnSettings(),
    }
    defaults = {algorithm: asdict(kind) for algorithm, kind in kinds.items()}
    names = dict.fromkeys(name for settings in defaults.values() for name in settings)
    rows = (
        (f"`{name}`", *(settings.get(name, "") for settings in defaults.values())) for name in names
    )
    return table(f"| setting | {' | '.join(kinds)} |", rows)


def _batch(scenario: str = DEFAULT) -> Batch:
    return Batch(compile_scenario(load_scenario(scenario)))

"""What agents can do: the scenario's, until they learn on the job."""

from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.record import Record


def _scenario_expertise(rules: Record, desk: Record, agent: int, category: int) -> float:
    return float(rules.expertise[agent, category])


@only_with("life", otherwise=_scenario_expertise)
def expertise_of(rules: Record, desk: Record, agent: int, category: int) -> float:
    """Expertise in a category, 0..1."""
    return float(desk.expertise[agent, category])


def _scenario_speed(rules: Record, desk: Record, agent: int, category: int) -> float:
    return float(rules.speed[agent, category])


@only_with("life", otherwise=_scenario_speed)
def speed_of(rules: Record, desk: Record, agent: int, category: int) -> float:
    """Nominal minutes a minute."""
    return float(desk.speed[agent, category])


def _scenario_handle_steps(rules: Record, desk: Record, agent: int, category: int) -> float:
    return float(rules.handle_steps[agent, category])


@only_with("life", otherwise=_scenario_handle_steps)
def handle_steps_of(rules: Record, desk: Record, agent: int, category: int) -> float:
    """Expected steps of service."""
    return float(desk.handle_steps[agent, category])


@only_with("life")
def write_expertise(rules: Record, desk: Record, agent: int, row: Record, at: int) -> None:
    """An agent's expertise, over what its profile says, where agents learn."""
    if rules.learning_rate > 0.0:
        for category in range(desk.expertise.shape[1]):
            row[at + category] = desk.expertise[agent, category]


def _scenario_order(rules: Record, desk: Record, category: int, place: int) -> int:
    return int(rules.by_expertise[category, place])


@only_with("life", otherwise=_scenario_order)
def by_expertise(rules: Record, desk: Record, category: int, place: int) -> int:
    """The agent at a place of the order by expertise, best first."""
    return int(desk.by_expertise[category, place])


def _scenario_ties(rules: Record, desk: Record, category: int) -> bool:
    return bool(rules.has_ties[category])


@only_with("life", otherwise=_scenario_ties)
def may_tie(rules: Record, desk: Record, category: int) -> bool:
    """Whether two agents have equal expertise."""
    return bool(desk.has_ties[category])


@kernel
def begin_learning(rules: Record, desk: Record) -> None:
    """An episode begins with what the scenario says."""
    for agent in range(desk.expertise.shape[0]):
        for category in range(desk.expertise.shape[1]):
            desk.expertise[agent, category] = rules.expertise[agent, category]
            desk.speed[agent, category] = rules.speed[agent, category]
            desk.handle_steps[agent, category] = rules.handle_steps[agent, category]
            desk.by_expertise[category, agent] = rules.by_expertise[category, agent]
    for category in range(desk.has_ties.shape[0]):
        desk.has_ties[category] = rules.has_ties[category]


@only_with("life")
def learn(rules: Record, desk: Record, agent: int, category: int) -> None:
    """A ticket resolved teaches: expertise grows by a share of what is missing to 1."""
    if rules.learning_rate <= 0.0:
        return
    before = float(desk.expertise[agent, category])
    desk.expertise[agent, category] = before + rules.learning_rate * (1.0 - before)
    expertise = float(desk.expertise[agent, category])
    speed = rules.speed_at_0 + (rules.speed_at_1 - rules.speed_at_0) * expertise
    desk.speed[agent, category] = speed
    mean = rules.mean_minutes[category]
    desk.handle_steps[agent, category] = mean / (speed * rules.step_minutes)
    _move_up(desk, agent, category)


@kernel
def _move_up(desk: Record, agent: int, category: int) -> None:
    order = desk.by_expertise
    place = 0
    while order[category, place] != agent:
        place += 1
    expertise = desk.expertise[agent, category]
    while place > 0 and desk.expertise[order[category, place - 1], category] < expertise:
        order[category, place] = order[category, place - 1]
        place -= 1
    order[category, place] = agent
    desk.has_ties[category] = 0
    for i in range(1, order.shape[1]):
        worse, better = order[category, i], order[category, i - 1]
        if desk.expertise[worse, category] == desk.expertise[better, category]:
            desk.has_ties[category] = 1

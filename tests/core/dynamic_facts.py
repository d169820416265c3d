"""What must hold on a dynamic desk after every step, whatever was done."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marl_routing.core.batch import Batch
from marl_routing.core.conversation_record import STRATEGIES
from marl_routing.core.parameters import (
    DEFER,
    ESCALATE,
    RELEASE,
    REQUEST_INFO,
    RESPOND,
    SWARM,
    TRANSFER,
)
from marl_routing.core.record import NEVER, NOT_PENDING, QUEUED, RETURNING, WAS_BLOCKED
from tests.oracle.records import open_indices

Flags = NDArray[np.bool_]


def waiting(state: Any) -> Flags:
    """(tickets,): which places hold an open ticket that waits for another open one."""
    is_open = np.zeros(len(state["tickets"]), np.bool_)
    is_open[open_indices(state)] = True
    numbers = state["tickets"]["number"][is_open]
    waits: Flags = is_open & np.isin(state["life"]["waits_for"], numbers)
    return waits


def is_for_them(batch: Batch) -> Flags:
    """(N, A, K): the ticket in the slot waits for no other, and is for this agent.

    That is, it is in no other team's queue, and was not escalated by this agent last.
    """
    team_of = batch.parameters.rules.desk[0]["team_of"]
    rows = []
    for state in batch.states:
        slots = np.maximum(state["slots"], 0)
        team = state["life"]["team"][slots]
        mine = (team == -1) | (team_of[:, None] == team)
        if "talk" in (state.dtype.names or ()):
            mine &= state["talk"]["escalator"][slots] != np.arange(len(team_of))[:, None]
        rows.append(mine & ~waiting(state)[slots])
    return np.stack(rows)


def assert_facts(batch: Batch) -> None:
    """All of the below, on every desk."""
    rules = batch.parameters.rules.desk[0]
    for state, masks in zip(batch.states, batch.action_masks, strict=True):
        _assert_tickets_are_sound(rules, state)
        _assert_everybody_works_on_what_it_can(rules, state)
        _assert_helpers_help(rules, state)
        np.testing.assert_array_equal(masks[:, 1 + batch.num_slots :], _verbs(batch, state))


def _assert_tickets_are_sound(rules: Any, state: Any) -> None:
    places = open_indices(state)
    tickets, life, clock = state["tickets"][places], state["life"][places], state["step"]
    assert (life["waits_for"] < tickets["number"]).all()  # so there is never a circle
    pending = life["pending"] != NOT_PENDING
    assert (tickets["holder"][pending] > QUEUED).all()
    assert (life["returns"][pending] > clock).all()
    assert not (life["asked"].astype(bool) & (life["pending"] == WAS_BLOCKED)).any()
    assert (life["deferrals"] <= rules["most_deferrals"]).all()
    assert (life["regressions"] <= rules["most_regressions"]).all()
    assert (life["reopened"] <= rules["most_reopens"]).all()
    assert (life["original_priority"] >= tickets["priority"]).all()
    _assert_deadlines_ahead(rules, tickets, life, clock)
    if "talk" in state.dtype.names:
        assert state["turns_sum"] <= state["strategies"].sum()  # no turn counts twice
    away = state["away"][: state["num_away"]].tolist()
    on_the_way = [i for i in _taken(state) if state["tickets"]["holder"][i] == RETURNING]
    assert sorted(away) == sorted(np.array(places)[pending].tolist() + on_the_way)
    assert state["num_returning"] == len(on_the_way) <= rules["max_open_tickets"]


def _taken(state: Any) -> list[int]:
    free = state["free"][: state["num_free"]].tolist()
    return sorted(set(range(len(state["tickets"]))) - set(free))


def _assert_deadlines_ahead(rules: Any, tickets: Any, life: Any, clock: int) -> None:
    """What was promised lies ahead, or was breached, or counts no more, or stands still."""
    paused = (life["pending"] != NOT_PENDING) & bool(rules["sla_pauses"])
    for name, over in (
        ("due", tickets["breached"]),
        ("first_due", tickets["first_breached"] | (tickets["served"] > 0)),
    ):
        assert (tickets[name] <= NEVER).all()
        ahead = np.minimum(tickets[name], life[f"original_{name}"]) > clock
        assert (ahead | paused | (over != 0)).all(), name


def _assert_everybody_works_on_what_it_can(rules: Any, state: Any) -> None:
    """In work: of those on shift, the first `concurrency` held tickets that do not rest."""
    rests = waiting(state) | (state["life"]["pending"] != NOT_PENDING)
    for agent, count in enumerate(state["held_count"]):
        held = state["held"][agent, :count]
        room = rules["concurrency"][agent] * state["on_shift"][agent]
        in_work = held[~rests[held]][:room]
        assert state["in_work"][agent] == len(in_work)
        assert state["life"]["in_work"][held].tolist() == np.isin(held, in_work).tolist()
        assert state["current"][agent] == (in_work[0] if len(in_work) else -1)
        free = not len(in_work) and state["helping"][agent] < 0
        assert state["is_free"][agent] == free


def _assert_helpers_help(rules: Any, state: Any) -> None:
    """They are there, have nothing of their own in work, and can serve a colleague's that is."""
    for agent in np.flatnonzero(state["helping"] >= 0):
        place = state["helping"][agent]
        ticket = state["tickets"][place]
        assert state["on_shift"][agent]
        assert not state["in_work"][agent]
        assert ticket["number"] == state["helped_number"][agent]
        assert ticket["holder"] not in (agent, QUEUED)
        assert state["life"]["in_work"][place]
        assert rules["speed"][agent, ticket["category"]] > 0


def _may_say(rules: Any, state: Any, agent: int) -> list[bool]:
    """Anything to the customer of the current ticket; escalating only if somebody else is able."""
    current = state["current"][agent]
    legal = [bool(current >= 0)] * len(STRATEGIES)
    if current >= 0:
        others = np.delete(rules["speed"][:, state["tickets"]["category"][current]], agent)
        legal[STRATEGIES.index("escalate")] = bool((others > 0).any())
    return legal


def _verbs(batch: Batch, state: Any) -> NDArray[np.int8]:
    """(A, verbs): what the masks have to say, in words of docs/design.md."""
    rules, sizes = batch.parameters.rules.desk[0], batch.parameters.sizes
    legal = np.zeros((sizes.agents, sizes.actions), np.int8)
    for agent in np.flatnonzero(state["on_shift"]).tolist():
        current = state["current"][agent]
        blocks = {
            ESCALATE: _slots(state, _can_escalate),
            DEFER: _slots(state, lambda t, life: _can_defer(rules, t, life)),
            SWARM: [_can_help(rules, state, agent, other) for other in range(sizes.agents)],
            REQUEST_INFO: [current >= 0 and not state["life"]["asked"][current]],
            RELEASE: [current >= 0 or state["helping"][agent] >= 0],
            RESPOND: _may_say(rules, state, agent),
            TRANSFER: [_can_transfer(rules, state, agent, team) for team in range(sizes.teams)],
        }
        for verb, allowed in blocks.items():
            at = rules["verb_at"][verb]
            if at >= 0:
                legal[agent, at : at + len(allowed)] = allowed
    return legal[:, 1 + sizes.slots :]


def _slots(state: Any, may: Any) -> list[bool]:
    return [
        place >= 0 and bool(may(state["tickets"][place], state["life"][place]))
        for place in state["slots"]
    ]


def _can_escalate(ticket: Any, life: Any) -> bool:
    return bool(ticket["priority"] > 0)


def _can_defer(rules: Any, ticket: Any, life: Any) -> bool:
    ahead = ticket["due"] < NEVER and not ticket["breached"]
    return bool(ahead and life["deferrals"] < rules["most_deferrals"])


def _can_help(rules: Any, state: Any, agent: int, other: int) -> bool:
    place = state["current"][other]
    if not state["is_free"][agent] or other == agent or place < 0:
        return False
    return bool(rules["speed"][agent, state["tickets"]["category"][place]] > 0)


def _can_transfer(rules: Any, state: Any, agent: int, team: int) -> bool:
    place = state["current"][agent]
    if place < 0 or rules["team_of"][agent] == team:
        return False
    of_team = rules["team_of"] == team
    able = rules["speed"][:, state["tickets"]["category"][place]] > 0
    return bool((of_team & able).any())


def assert_the_resting_rest(before: Any, after: Any) -> None:
    """Between two observations nobody worked on a ticket that rested, or whose agent was away."""
    rests = waiting(before) | (before["life"]["pending"] != NOT_PENDING)
    holder = before["tickets"]["holder"]
    rests |= (holder >= 0) & (before["on_shift"][np.maximum(holder, 0)] == 0)
    places = [place for place in open_indices(before) if rests[place]]
    was, now = before["tickets"][places], after["tickets"][places]
    same = was["number"] == now["number"]  # else it gave up, and another took its place
    assert (was["served"][same] == now["served"][same]).all()
    halved = (
        before["life"]["pending"][places] != NOT_PENDING
    )  # what an answer saves is no work done
    assert (was["work"][same & ~halved] == now["work"][same & ~halved]).all()


def assert_deadlines_moved_as_they_may(before: Any, after: Any, defer_steps: int) -> None:
    """Never earlier but by an escalation, never later but by a deferral or a pause."""
    for place in open_indices(before):
        was, now = before["tickets"][place], after["tickets"][place]
        life, then = before["life"][place], after["life"][place]
        if (was["number"], was["arrived"]) != (now["number"], now["arrived"]):
            continue
        escalated = was["priority"] != now["priority"]
        assert now["priority"] in (was["priority"], was["priority"] - 1)
        deferrals = then["deferrals"] - life["deferrals"]
        paused = then["paused"] - life["paused"]
        if not escalated and not deferrals and not paused:
            assert now["due"] == was["due"]
        if escalated and not deferrals and not paused:
            assert now["due"] <= max(was["due"], before["step"] + 1)  # or as soon as it can be
        if deferrals and not escalated:
            assert (deferrals, now["due"]) == (1, was["due"] + defer_steps)
        if not paused:
            assert then["original_due"] == life["original_due"]

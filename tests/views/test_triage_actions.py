"""The triage operator's actions: what each does, what is refused, masks and words."""

import numpy as np
import pytest

from marl_routing import flat_actions, load_scenario
from marl_routing.core.operate import OPERATIONS
from marl_routing.testing.episode import alike
from marl_routing.views.triage import NOOP, VERBS, TicketTriage
from tests.views.operators import (
    ADA,
    ASSIGN,
    DEFER,
    DYNAMIC,
    ESCALATE,
    GRACE,
    LINUS,
    NOTHING,
    REQUEST_INFO,
    SWARM,
    moments,
    short,
    ticket_of_row,
)


def test_each_verb_does_what_it_says():
    # Nobody can resolve anything here, so that nothing else happens to the three tickets.
    slow = {"service.mean_minutes": [6000] * 4, "service.law": "deterministic"}
    slow |= {"service.cv": None, "arrivals.load": 0.01, "service.switch_minutes": 0}
    slow["incidents"] = None
    env = TicketTriage(load_scenario("engineering_triage", **slow))
    env.reset(seed=0)
    record = env.desk.desk_record
    env.step([ASSIGN, 2, GRACE])  # the least urgent; from now on in row 0
    assert record["held_count"].tolist() == [0, 1, 0]
    index = int(record["held"][GRACE, 0])
    ticket, life = record["tickets"][index], record["life"][index]
    priority, due = int(ticket["priority"]), int(ticket["due"])
    env.step([ESCALATE, 0, ADA])
    assert ticket["priority"] == priority - 1
    assert ticket["due"] <= due
    due = int(ticket["due"])
    env.step([DEFER, 0, ADA])
    assert ticket["due"] == due + 12  # an hour of five-minute steps
    env.step([SWARM, 0, LINUS])
    assert record["helping"].tolist() == [-1, -1, index]
    env.step([ASSIGN, 0, ADA])
    assert record["held"][ADA, 0] == index
    *_, info = env.step([REQUEST_INFO, 0, ADA])
    assert life["asked"] == 1
    assert record["helping"][LINUS] == -1
    assert info["reward_terms"]["operation"] == pytest.approx(-0.02)
    assert info["illegal_actions"] == 0
    assert record["step"] == 6  # one step of the clock an action


@pytest.mark.parametrize(
    "action",
    [
        [SWARM, 0, 0],
        [REQUEST_INFO, 0, 1],
        [ASSIGN, 9, 2],  # a row without a ticket
        [ASSIGN, 10, 0],
        [ASSIGN, -1, 0],
        [ASSIGN, 0, 3],
        [6, 0, 0],
        [-1, 0, 0],
        [10**12, 0, 0],
        [0.5, 0, 0],
        np.zeros(3, np.bool_),
        [0, 0],
        None,
        "assign",
        7,
    ],
    ids=str,
)
def test_what_is_not_possible_passes_and_counts(action):
    scenario = load_scenario("engineering_triage", reward__weights={"illegal_action": -3.0})
    env, passing = (TicketTriage(scenario, reward="scenario") for _ in range(2))
    env.reset(seed=0)
    passing.reset(seed=0)
    observation, reward, _, _, info = env.step(action)
    expected, unpunished, *_ = passing.step(NOTHING)
    assert info["illegal_actions"] == 1
    assert alike(observation, expected)
    assert env.desk.desk_record["held_count"].sum() == 0
    named = isinstance(action, list) and len(action) == 3 and action[2] in range(3)
    charged = named and isinstance(action[0], int)
    assert reward == pytest.approx(unpunished - 3.0 * charged)
    assert info["reward_terms"]["illegal_action"] == pytest.approx(-3.0 * charged)


def test_noop_is_always_possible_whatever_it_names():
    env = TicketTriage()
    env.reset(seed=0)
    for row in (0, 9):
        *_, info = env.step([NOOP, row, 2])
        assert info["illegal_actions"] == 0
        assert info["reward_terms"]["operation"] == 0.0


@pytest.mark.parametrize("name", DYNAMIC)
def test_masks_are_exactly_what_is_possible(name):
    env = TicketTriage(short(name), window=12)
    flat = flat_actions(env)
    checked = 0
    for *_, truncated, info in moments(env, 3, steps=60):
        possible = env.operation_masks()
        verbs, rows, engineers = info["action_mask"]
        assert verbs.tolist() == [*possible.any(axis=(1, 2)).astype(int), 1]
        if possible.any():
            assert rows.tolist() == possible.any(axis=(0, 2)).astype(int).tolist()
            assert engineers.tolist() == possible.any(axis=(0, 1)).astype(int).tolist()
        else:
            assert rows.all()
            assert engineers.all()
        assert all(mask.dtype == np.int8 for mask in info["action_mask"])
        np.testing.assert_array_equal(env.action_masks(), np.concatenate(info["action_mask"]))
        if not truncated and env.desk.desk_record["step"] % 12 == 0:
            checked += check_every_action(env, flat)
    assert checked > 1000


def check_every_action(env, flat):
    """Try each flat action in this moment; how many they were."""
    before, mask = env.desk.snapshot(), flat.action_masks()
    for number in range(flat.action_space.n):
        flat_action = flat.action(number)
        illegal = int(env.desk.desk_record["illegal_actions"])
        env._operate(flat_action)
        assert (env.desk.desk_record["illegal_actions"] == illegal) == mask[number]
        env.desk.restore(before)
    return flat.action_space.n


def test_samples_under_masks_are_taken():
    env = TicketTriage()
    flat = flat_actions(TicketTriage())
    _, info = env.reset(seed=0)
    _, flat_info = flat.reset(seed=0)
    env.action_space.seed(0)
    flat.action_space.seed(0)
    for _ in range(100):
        action = env.action_space.sample(mask=info["action_mask"])
        assert all(mask[i] for mask, i in zip(info["action_mask"], action, strict=True))
        *_, info = env.step(action)
        *_, flat_info = flat.step(flat.action_space.sample(flat_info["action_mask"]))
    assert flat_info["illegal_actions"] == 0


def test_actions_in_words():
    env = TicketTriage()
    env.reset(seed=0)
    number = env.desk.ticket(ticket_of_row(env, 1)).number
    words = [env.action_meaning(np.array([verb, 1, GRACE])) for verb in range(NOOP + 1)]
    assert all(f"ticket {number} (" in sentence and "Grace" in sentence for sentence in words[:5])
    assert words[ASSIGN].startswith("assign")
    assert words[NOOP] == "do nothing"
    assert "no ticket" in env.action_meaning(np.array([ASSIGN, 9, GRACE]))
    assert env.action_meaning([NOOP, 99, 99]) == "do nothing"
    assert env.action_meaning([9, 0, 0]) == "no action"
    assert tuple(VERBS[:NOOP]) == OPERATIONS

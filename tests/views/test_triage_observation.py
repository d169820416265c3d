"""What the triage operator sees: entry by entry as the desk's record says."""

import numpy as np
import pytest

from marl_routing.views.triage import TicketTriage
from marl_routing.views.triage_observation import ENGINEER_FIELDS, TICKET_FIELDS
from tests.views.operators import ADA, DEFER, DYNAMIC, moments, short, ticket_of_row


@pytest.mark.parametrize("name", DYNAMIC)
def test_observations_stay_in_their_space_and_every_entry_has_a_name(name):
    env = TicketTriage(short(name), window=5)
    fields = env.observation_fields()
    for observation, *_ in moments(env, 4):
        assert env.observation_space.contains(observation)
    for array, box in env.observation_space.spaces.items():
        names, lows, highs = zip(*fields[array], strict=True)
        assert len(set(names)) == observation[array].size == len(names)
        np.testing.assert_array_equal(box.low.ravel(), np.array(lows, np.float32))
        np.testing.assert_array_equal(box.high.ravel(), np.array(highs, np.float32))


def test_rows_of_tickets_say_what_the_desk_knows():
    env = TicketTriage()
    scenario = env.desk.scenario
    seen = set()
    for observation, *_ in moments(env, 5):
        record = env.desk.desk_record
        open_numbers = set(record["tickets"]["number"][env.desk.open_tickets()].tolist())
        for row, values in enumerate(observation["tickets"].tolist()):
            index = ticket_of_row(env, row)
            if index < 0:
                assert not any(values)
                continue
            ticket, life = record["tickets"][index], record["life"][index]
            told = env.desk.ticket(index)
            clock = life["pending_since"] if life["pending"] else record["step"]
            promised = min(told.due, int(life["original_due"]))
            served = int(ticket["served"]) * scenario.time.step_minutes
            left = scenario.service.mean_minutes[told.category] * life["scale"] - served
            expected = {
                "severity": 1 - told.priority / 4,
                "age": told.age,
                "category": (told.category + 1) / 4,
                "sla_left": np.clip((promised - clock) * ticket["inverse_target"], -1, 1),
                "waits": int(life["waits_for"]) in open_numbers,
                "pending": life["pending"] > 0,
                "asked": life["asked"] > 0,
                "work_left": min(1, max(0, left) / (4 * max(scenario.service.mean_minutes))),
                "holder": (int(ticket["holder"]) + 1) / 3,
            }
            assert list(expected) == list(TICKET_FIELDS)
            np.testing.assert_allclose(values, list(expected.values()), atol=1e-6)
            seen |= {name for name, value in zip(expected, values, strict=True) if value}
    assert seen == set(TICKET_FIELDS)


def test_a_deferral_does_not_show_more_time_than_is_left():
    env = TicketTriage()
    before, _ = env.reset(seed=0)
    after, *_ = env.step([DEFER, 0, ADA])
    sla_left = list(TICKET_FIELDS).index("sla_left")
    ticket = env.desk.desk_record["tickets"][ticket_of_row(env, 0)]
    target = float(1 / ticket["inverse_target"])  # now with the hour of the deferral
    steps = (target - 12) * before["tickets"][0, sla_left] - 1
    assert after["tickets"][0, sla_left] == pytest.approx(steps / target)


def test_held_tickets_come_first_and_a_small_window_cuts_the_queue():
    env, small = TicketTriage(), TicketTriage(window=4)
    pairs = zip(moments(env, 6), moments(small, 6, rng=np.random.default_rng(1)), strict=True)
    for (observation, *_), (few, *_) in pairs:
        holders = observation["tickets"][:, list(TICKET_FIELDS).index("holder")]
        held = int((holders > 0).sum())
        assert (holders[:held] > 0).all()
        assert (np.diff(holders[:held]) >= 0).all()  # engineer by engineer
        assert not holders[held:].any()
        assert len(few["tickets"]) == 4


def test_rows_of_engineers_and_the_desk_at_large():
    env = TicketTriage()
    scenario = env.desk.scenario
    helped = 0
    for observation, *_ in moments(env, 7):
        record, view = env.desk.desk_record, env.desk.view()
        rows = [ticket_of_row(env, row) for row in range(10)]
        for engineer in range(3):
            on = max(int(record["current"][engineer]), int(record["helping"][engineer]))
            helped += int(record["helping"][engineer] >= 0)
            minutes = int(record["tickets"]["served"][on]) * 5
            mean = scenario.service.mean_minutes[record["tickets"]["category"][on]]
            expected = [
                on >= 0,
                (rows.index(on) + 1) / 10 if on >= 0 else 0,
                min(1, minutes / (4 * mean)) if on >= 0 else 0,
            ]
            assert len(expected) == len(ENGINEER_FIELDS)
            np.testing.assert_allclose(observation["engineers"][engineer], expected, atol=1e-6)
        counts = env.desk.counts()
        late = sum(bool(record["tickets"]["breached"][i]) for i in env.desk.open_tickets())
        free = np.mean([record["is_free"][engineer] for engineer in range(3)])
        scalars = [view.step[0] / 200, counts["open"] / 10, view.queued.sum() / 10, late / 10, free]
        np.testing.assert_allclose(observation["global"][:5], scalars, atol=1e-6)
        np.testing.assert_allclose(observation["global"][5:], view.expertise.ravel(), atol=1e-6)
    assert helped > 0

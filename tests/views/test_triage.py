"""The triage view: what it shows, what its operations do, their pay, masks and ends."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as check_env_for_sb3

from marl_routing import TRIAGE_ID, flat_actions, list_scenarios, load_scenario
from marl_routing.core.operate import OPERATIONS
from marl_routing.testing.episode import alike
from marl_routing.views.triage import NOOP, VERBS, TicketTriage
from marl_routing.views.triage_observation import ENGINEER_FIELDS, TICKET_FIELDS
from tests.conformance.allowed import only_warnings

DYNAMIC = [name for name in list_scenarios() if load_scenario(name).dynamic]
NOTHING = np.array([NOOP, 0, 0])
ASSIGN, ESCALATE, REQUEST_INFO, DEFER, SWARM = range(NOOP)
ADA, GRACE, LINUS = range(3)
# What Stable-Baselines3 says of every array of more than one dimension.
TWO_DIMENSIONS = ("Your observation engineers has an", "Your observation tickets has an")


def possible_action(env, rng, share_of_noop=0.2):
    """Any operation that is possible, or sometimes none."""
    choices = np.argwhere(env.operation_masks())
    if len(choices) == 0 or rng.random() < share_of_noop:
        return NOTHING
    return rng.choice(choices)


def moments(env, seed, steps=None, rng=None):
    """What reset and each step of an episode of random operations return."""
    rng = rng or np.random.default_rng(0)
    observation, info = env.reset(seed=seed)
    yield observation, 0.0, False, False, info
    truncated, done = False, 0
    while not truncated and done != steps:
        moment = env.step(possible_action(env, rng))
        truncated, done = moment[3], done + 1
        yield moment


def short(name):
    return load_scenario(name, time__horizon_steps=120, time__warm_up_steps=0)


def ticket_of_row(env, row):
    """Index in the record of the ticket that a row shows: held first, then the queue."""
    tickets = env.desk.open_tickets()
    return tickets[row] if row < len(tickets) else -1


def test_made_by_id_with_every_option():
    env = gymnasium.make(TRIAGE_ID, window=6, reward="scenario", render_mode="ansi")
    assert env.action_space.nvec.tolist() == [6, 6, 3]
    assert VERBS == ("assign", "escalate", "request_info", "defer", "swarm", "noop")
    env.reset(seed=0)
    assert "engineering_triage" in env.render()
    default = gymnasium.make(TRIAGE_ID)
    shapes = {name: box.shape for name, box in default.observation_space.spaces.items()}
    assert shapes == {"global": (17,), "tickets": (10, 9), "engineers": (3, 3)}


@pytest.mark.parametrize("name", DYNAMIC)
def test_conforms_to_gymnasium_and_stable_baselines(name):
    with only_warnings(*TWO_DIMENSIONS):
        env = gymnasium.make(TRIAGE_ID, scenario=name, render_mode="ansi").unwrapped
        check_env(env)
        check_env_for_sb3(env, skip_render_check=False)


def test_flat_actions_conform():
    of_wrappers = ("\x1b[33mWARN: The environment (<FlatActions",)
    with only_warnings(*TWO_DIMENSIONS, *of_wrappers):
        env = flat_actions(TicketTriage())
        check_env(env, skip_render_check=True)
        check_env_for_sb3(env)


def test_many_at_once():
    with only_warnings():
        envs = gymnasium.make_vec(TRIAGE_ID, num_envs=2, vectorization_mode="sync")
        _, infos = envs.reset(seed=3)
        assert infos["action_mask"][0][0].shape == (6,)
        for _ in range(201):  # past the end
            _, rewards, terminated, _, infos = envs.step(envs.action_space.sample())
            assert not terminated.any()
        paid = sum(infos["reward_terms"][name] for name in ("resolved", "idle_with_backlog"))
        assert paid.shape == rewards.shape == (2,)


@pytest.mark.parametrize("name", DYNAMIC)
@pytest.mark.parametrize("reward", ["triage", "scenario"])
def test_rewards_are_the_desks_and_are_explained(name, reward):
    scenario = short(name)
    env = TicketTriage(scenario, reward=reward)
    total = 0.0
    for _, paid, terminated, _, info in moments(env, 0):
        assert type(paid) is float
        assert not terminated
        assert sum(info["reward_terms"].values()) == pytest.approx(paid, rel=1e-4, abs=1e-4)
        total += paid
    assert total == pytest.approx(env.desk.metrics()["reward"], rel=1e-4, abs=1e-3)
    assert info["illegal_actions"] == 0
    if reward == "triage":
        expected = {"resolved", "sla_breach", "idle_with_backlog", "context_switch", "operation"}
        assert expected <= info["reward_terms"].keys()


def test_reward_terms_are_weights_times_what_happened():
    env = TicketTriage()
    sums = dict.fromkeys(env.reset(seed=1)[1]["reward_terms"], 0.0)
    for *_, info in moments(env, 1):
        for name, paid in info["reward_terms"].items():
            sums[name] += paid
    kpis = env.desk.metrics()
    assert sums["resolved"] == pytest.approx(kpis["resolved"])
    assert sums["context_switch"] == pytest.approx(-0.05 * kpis["context_switches"], rel=1e-5)
    used = ("escalated", "deferred", "info_requests", "swarms", "reassigned")
    assert sums["operation"] == pytest.approx(-0.02 * sum(kpis[name] for name in used), rel=1e-5)
    assert all(kpis[name] > 0 for name in used)


def test_infos_count():
    env = TicketTriage()
    for *_, info in moments(env, 2):
        counts = env.desk.counts()
        assert info["backlog_count"] == counts["open"] == len(env.desk.open_tickets())
        assert info["total_resolved"] == counts["resolved"]
        counted = ("backlog_count", "total_resolved", "sla_breaches", "illegal_actions")
        assert all(type(info[name]) is int for name in counted)
    assert info["total_resolved"] > 0 < info["sla_breaches"]


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
            served = int(ticket["served"]) * scenario.time.step_minutes
            left = scenario.service.mean_minutes[told.category] * life["scale"] - served
            expected = {
                "severity": 1 - told.priority / 4,
                "age": told.age,
                "category": (told.category + 1) / 4,
                "sla_left": np.clip((told.due - clock) * ticket["inverse_target"], -1, 1),
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


def test_flat_actions_number_every_operation_once():
    flat = flat_actions(gymnasium.make(TRIAGE_ID))
    assert flat.action_space.n == 1 + 5 * 10 * 3
    actions = [tuple(flat.action(number).tolist()) for number in range(flat.action_space.n)]
    assert len(set(actions)) == len(actions)
    assert actions[0] == (NOOP, 0, 0)
    assert set(actions[1:]) == {(v, t, a) for v in range(5) for t in range(10) for a in range(3)}
    with pytest.raises(ValueError, match="expected a TicketTriage"):
        flat_actions(gymnasium.make("CartPole-v1"))


def test_flat_actions_are_the_same_desk():
    env, flat = TicketTriage(), flat_actions(TicketTriage())
    observation, info = env.reset(seed=8)
    other, flat_info = flat.reset(seed=8)
    rng = np.random.default_rng(0)
    truncated = False
    while not truncated:
        assert alike(observation, other)
        assert info["reward_terms"] == flat_info["reward_terms"]
        mask = flat_info["action_mask"]
        np.testing.assert_array_equal(mask, flat.action_masks())
        assert mask.dtype == np.int8
        assert mask[0] == 1
        number = int(rng.choice(np.flatnonzero(mask)))
        observation, _, _, truncated, info = env.step(flat.action(number))
        other, _, _, ended, flat_info = flat.step(number)
        assert ended == truncated
    assert flat_info["illegal_actions"] == 0


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


@pytest.mark.parametrize("number", [-1, 151, 10**12, 0.5, None, "1"], ids=str)
def test_what_is_no_flat_action_passes_and_counts(number):
    flat = flat_actions(TicketTriage())
    flat.reset(seed=0)
    *_, info = flat.step(number)
    assert info["illegal_actions"] == 1


@pytest.mark.parametrize("name", DYNAMIC)
def test_one_seed_one_episode_and_reset_continues(name):
    one, other = TicketTriage(short(name)), TicketTriage(short(name))
    first, again = list(moments(one, 7)), list(moments(other, 7))
    assert alike(first, again)
    second, next_one = list(moments(one, None)), list(moments(other, None))
    assert alike(second, next_one)
    assert not alike(first, second)
    assert alike(first, list(moments(one, 7)))


def test_what_was_returned_is_not_written_into():
    env = TicketTriage()
    observation, info = env.reset(seed=0)
    kept = {name: array.copy() for name, array in observation.items()}
    masks = [mask.copy() for mask in info["action_mask"]]
    terms = dict(info["reward_terms"])
    for _ in range(20):
        env.step(possible_action(env, np.random.default_rng(0)))
    assert alike(observation, kept)
    assert alike(list(info["action_mask"]), masks)
    assert info["reward_terms"] == terms


def test_the_horizon_truncates():
    env = TicketTriage()
    *_, last = moments(env, 0)
    assert last[2:4] == (False, True)
    assert env.desk.desk_record["step"] == 200
    with pytest.raises(RuntimeError, match=r"call reset\(\) first"):
        env.step(NOTHING)
    with pytest.raises(RuntimeError, match=r"call reset\(\) first"):
        TicketTriage().step(NOTHING)


def test_actions_in_words():
    env = TicketTriage()
    env.reset(seed=0)
    number = env.desk.ticket(ticket_of_row(env, 1)).number
    words = [env.action_meaning(np.array([verb, 1, GRACE])) for verb in range(NOOP + 1)]
    assert all(f"ticket {number} (" in sentence and "Grace" in sentence for sentence in words[:5])
    assert words[ASSIGN].startswith("assign")
    assert words[NOOP] == "do nothing"
    assert "no ticket" in env.action_meaning(np.array([ASSIGN, 9, GRACE]))
    assert env.action_meaning(np.array([9, 0, 0])) == "no action"
    assert tuple(VERBS[:NOOP]) == OPERATIONS


def test_unfit_settings_are_refused():
    with pytest.raises(ValueError, match="'small_desk' has none"):
        TicketTriage("small_desk")
    with pytest.raises(ValueError, match="window must be an integer of at least 1"):
        TicketTriage(window=0)
    with pytest.raises(ValueError, match="reward must be 'triage' or 'scenario'"):
        TicketTriage(reward="routing")
    with pytest.raises(ValueError, match="render_mode must be None, 'ansi' or 'human'"):
        TicketTriage(render_mode="rgb_array")


def test_human_mode_prints_every_step(capsys):
    env = TicketTriage(render_mode="human")
    env.reset(seed=0)
    for _ in range(3):
        env.step(NOTHING)
    assert env.render() is None
    assert capsys.readouterr().out.count("engineering_triage") == 5

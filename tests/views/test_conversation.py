"""The single-conversation view: what it shows, how it ends, what it pays, and its masks."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as check_env_for_sb3

from marl_routing import SUPPORT_ID, load_scenario
from marl_routing.core.conversation_record import STRATEGIES
from marl_routing.testing.episode import alike
from marl_routing.views.conversation import OUTCOMES, RUNNING, CustomerSupport
from marl_routing.views.conversation_desk import conversation_desk
from tests.conformance.allowed import only_warnings

INDUSTRIES = ["bfsi", "retail", "tech", "mixed"]
NUM = len(STRATEGIES)
ESCALATE, SILENCE = STRATEGIES.index("escalate"), -1
PAID = {"satisfaction", "efficiency", "business_impact", "escalation", "abandoned"}


def conversation(env, rng, seed=None, strategy=None):
    """What reset and each turn return, of random strategies or always the same."""
    observation, info = env.reset(seed=seed)
    yield observation, 0.0, False, False, info
    over = False
    while not over:
        said = int(rng.integers(NUM)) if strategy is None else strategy
        moment = env.step(said)
        over = moment[2]
        yield moment


def conversations(env, count=150):
    rng = np.random.default_rng(0)
    for number in range(count):
        yield list(conversation(env, rng, seed=4 if number == 0 else None))


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_conforms_to_gymnasium_and_stable_baselines(industry):
    with only_warnings():
        env = gymnasium.make(SUPPORT_ID, industry=industry, render_mode="ansi").unwrapped
        check_env(env)
        check_env_for_sb3(env, skip_render_check=False)
    assert env.action_space == gymnasium.spaces.Discrete(8)
    assert (env.observation_space.shape, env.observation_space.dtype) == ((17,), np.float32)


def test_many_at_once():
    with only_warnings():
        envs = gymnasium.make_vec(SUPPORT_ID, num_envs=3, vectorization_mode="sync")
        envs.reset(seed=3)
        ended = np.zeros(3, int)
        for _ in range(60):
            _, _, terminated, truncated, infos = envs.step(envs.action_space.sample())
            ended += terminated
            assert not truncated.any()
            assert infos["action_mask"].shape == (3, NUM)
        assert ended.all()


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_conversations_end_in_each_way_and_never_otherwise(industry):
    env = CustomerSupport(industry)
    most = env.desk.scenario.customers.max_turns
    outcomes = set()
    for moments in conversations(env):
        *going, (_, _, over, _, info) = moments
        assert all(moment[4]["outcome"] == RUNNING and not moment[2] for moment in going)
        assert over
        assert info["turns"] == len(going) <= most
        assert (info["outcome"] == "out_of_turns") <= (info["turns"] == most)
        assert not any(moment[3] for moment in moments)
        outcomes.add(info["outcome"])
    assert outcomes >= {"resolved", "escalated", "hung_up"}
    soothing = list(conversation(env, None, seed=1, strategy=STRATEGIES.index("empathetic")))
    assert soothing[-1][4]["outcome"] in ("out_of_turns", "hung_up")


def test_ends_pay_what_the_preset_says():
    env = CustomerSupport("bfsi")
    customers = env.desk.scenario.customers
    seen = set()
    for moments in conversations(env, 300):
        for _, reward, over, _, info in moments:
            assert type(reward) is float
            assert sum(info["reward_terms"].values()) == pytest.approx(reward, abs=1e-5)
            if not over:
                assert reward == 0.0
        outcome, terms = info["outcome"], {k: v for k, v in info["reward_terms"].items() if v}
        tier = round(2 * float(moments[0][0][4]))
        worth = customers.tier_value[tier]
        turns_saved = 1 - info["turns"] / customers.max_turns
        expected = {
            "resolved": {
                "satisfaction": 2 * info["csat"],
                "efficiency": 0.1 + 0.4 * turns_saved,
                "business_impact": worth,
            },
            "escalated": {"escalation": -0.3, "business_impact": 0.5 * worth},
        }.get(outcome, {"abandoned": terms.get("abandoned")})
        assert terms == pytest.approx(expected, abs=1e-5)
        assert terms.keys() <= PAID
        if "abandoned" in terms:
            assert terms["abandoned"] <= -1.0  # losing a customer never pays
        seen.add(outcome)
    assert seen >= set(OUTCOMES) - {"out_of_turns"}


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_every_entry_has_a_name_and_shows_the_customer(industry):
    env = CustomerSupport(industry)
    fields = [field.name for field in env.observation_fields()]
    scenario = env.desk.scenario
    names = [f"context[{name}]" for name in scenario.customers.strategies.context]
    assert fields[7:] == names
    assert len(set(fields)) == 17
    kinds = set()
    for moments in conversations(env, 60):
        for turn, (observation, *_, info) in enumerate(moments):
            assert env.observation_space.contains(observation)
            entry = dict(zip(fields, observation.tolist(), strict=True))
            assert entry["turns"] == pytest.approx(turn / scenario.customers.max_turns)
            assert entry["sentiment"] == info["sentiment"] / 4
            assert entry["time_in_conversation"] == pytest.approx(turn / 60)
        first = moments[0][0]
        unchanging = [0, 2, 4, 5, *range(7, 17)]
        np.testing.assert_array_equal(first[unchanging], observation[unchanging])
        assert moments[0][4]["csat"] == pytest.approx(first[5])
        kinds.add(round(float(first[0]) * len(scenario.categories)))
    assert len(kinds) > len(scenario.categories) / 2
    assert kinds <= set(range(1, len(scenario.categories) + 1))


def test_resets_bring_new_customers_and_seeds_the_same_ones():
    env, again, other = (CustomerSupport("tech") for _ in range(3))
    played = [m for moments in conversations(env, 20) for m in moments]
    for one, two in zip(
        played, (m for moments in conversations(again, 20) for m in moments), strict=True
    ):
        assert alike(one, two)
    customers = {tuple(other.reset(seed=4 if n == 0 else None)[0]) for n in range(20)}
    assert len(customers) == 20
    assert tuple(played[0][0]) in customers
    assert not alike(other.reset(seed=5)[0], played[0][0])


def test_snapshots_go_back():
    env = CustomerSupport("retail")
    env.reset(seed=9)
    env.step(0)
    moment = env.snapshot()
    first = [env.step(0)]
    while not first[-1][2]:
        first.append(env.step(6))
    other = CustomerSupport("retail")
    for here in (env, other):
        here.restore(moment)
        assert alike(here.step(0), first[0])
        for said in first[1:]:
            assert alike(here.step(6), said)


def test_masks_and_what_is_no_strategy():
    env = CustomerSupport("bfsi")
    _, info = env.reset(seed=0)
    assert info["action_mask"].tolist() == [1] * NUM == env.action_masks().tolist()
    for nonsense in (8, -1, 0.5, None, [1, 2]):
        env.reset(seed=0)
        env.step(nonsense)
        assert env.desk.desk_record["strategies"][NUM] == 1  # a silent turn
        assert env.desk.metrics()["illegal_actions"] == 1
    alone = CustomerSupport("bfsi", colleague=False)
    for moments in conversations(alone, 100):
        for _, _, over, _, info in moments:
            assert info["outcome"] != "escalated"
            assert info["action_mask"][ESCALATE] == over
            assert info["action_mask"].sum() == NUM - (not over)


def test_turns_are_taken_only_while_somebody_listens():
    env = CustomerSupport("bfsi")
    for too_early in (env.render, lambda: env.step(0)):
        with pytest.raises(RuntimeError, match="reset"):
            too_early()
    list(conversation(env, np.random.default_rng(1), seed=2))
    with pytest.raises(RuntimeError, match="reset"):
        env.step(0)


def test_expertise_helps():
    resolved = []
    for expertise in (0.0, 1.0):
        env = CustomerSupport("bfsi", expertise=expertise)
        ends = [moments[-1][4]["outcome"] for moments in conversations(env, 300)]
        resolved.append(ends.count("resolved"))
    assert resolved[0] * 1.5 < resolved[1]


def test_a_scenario_of_ones_own():
    scenario = load_scenario("support_tech", customers__max_turns=3)
    env = CustomerSupport(scenario)
    assert {len(moments) - 1 for moments in conversations(env, 80)} == {1, 2, 3}
    assert conversation_desk("support_tech") == conversation_desk("tech")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"industry": "saas_balanced"}, "'saas_balanced' has none"),
        ({"industry": "hotel"}, "unknown scenario 'hotel'"),
        ({"expertise": 1.5}, "expertise must be a number from 0 to 1, not 1.5"),
        ({"expertise": "high"}, "expertise must be a number from 0 to 1, not 'high'"),
        ({"render_mode": "rgb"}, "render_mode must be None, 'ansi' or 'human', not 'rgb'"),
    ],
)
def test_bad_options_are_refused(options, sentence):
    with pytest.raises(ValueError, match=r"must|unknown") as caught:
        CustomerSupport(**options)
    assert sentence in str(caught.value)


def test_text_shows_the_customer(capsys):
    env = CustomerSupport("bfsi", render_mode="human")
    moments = list(conversation(env, np.random.default_rng(0), seed=3))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(moments)
    assert "customer, " in lines[0]
    assert lines[0].endswith("0 turns: running")
    assert lines[-1].endswith(moments[-1][4]["outcome"].replace("_", " "))

"""Rules that talk, on desks with customers and in the single-conversation view."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from marl_routing import DeskBatch, load_scenario, ticket_routing_v0
from marl_routing.core.conversation_record import SENTIMENTS, STRATEGIES
from marl_routing.envs.conversations import Conversations, TalkView
from marl_routing.evaluation import compare, load_policies, play, rollout
from marl_routing.policies import list_policies, load_policy
from marl_routing.policies.talking import TalkingPolicy
from marl_routing.scenario import compile_scenario
from marl_routing.views.conversation import CustomerSupport
from marl_routing.views.conversation_desk import AGENT, conversation_desk
from tests.policies import talking_by_numpy
from tests.policies.talking_by_numpy import chances, if_it_works

TALKERS = [name for name in list_policies(talking=True) if name not in list_policies()]
FIXED = [f"fixed:strategy={name}" for name in STRATEGIES]
DESK = load_scenario("support_bfsi", time__horizon_steps=120)
ESCALATE = STRATEGIES.index("escalate")
ANGRY, ANNOYED, NEUTRAL, PLEASED, DELIGHTED = range(len(SENTIMENTS))


def talker(name: str) -> TalkingPolicy:
    policy = load_policy(name)
    assert isinstance(policy, TalkingPolicy)
    policy.reset(0)
    return policy


def conversation(inquiry: str = "account_balance", **customer: Any) -> Conversations:
    """One basic customer of average context and an agent of expertise 0.7."""
    state: dict[str, Any] = {
        "sentiment": NEUTRAL, "tier": 0, "turns": 0, "progress": 0, "satisfaction": 0.5,
        "escalated": False, "worn": {}, "context": [0.5] * 10, "expertise": 0.7,
    } | customer  # fmt: skip
    state["worn"] = [state["worn"].get(strategy, 0) for strategy in STRATEGIES]
    state["inquiry"] = DESK.categories.index(inquiry)
    rules = compile_scenario(DESK).rules.desk[0]
    return Conversations(rules=rules, **{key: np.array([[state[key]]]) for key in state})


def said(name: str, *inquiry: str, may_escalate: bool = True, **customer: Any) -> str:
    """What a rule says to that customer."""
    legal = np.ones((1, 1, len(STRATEGIES)), bool)
    legal[:, :, ESCALATE] = may_escalate
    return STRATEGIES[int(talker(name).say(conversation(*inquiry, **customer), legal)[0, 0])]


def play_desks(name: str, num_envs: int = 4, steps: int = 120) -> Any:
    """Views, masks and actions of every step of some desks."""
    desks, policy = DeskBatch(DESK, num_envs=num_envs), talker(name)
    desks.reset(seed=0)
    for _ in range(steps):
        view = desks.view()
        actions = policy.act(view, desks.action_masks)
        yield SimpleNamespace(desks=desks, view=view, masks=desks.action_masks, actions=actions)
        desks.step(actions)


def test_they_are_listed_only_for_desks_with_customers() -> None:
    assert TALKERS == ["fixed", "table_greedy", "calm_then_solve"]


@pytest.mark.parametrize("name", [*TALKERS, "fixed:strategy=escalate"])
def test_actions_are_legal_int32_and_everybody_in_a_conversation_talks(name: str) -> None:
    talked = 0
    for moment in play_desks(name):
        actions, masks, view = moment.actions, moment.masks, moment.view
        assert actions.dtype == np.int32
        assert np.take_along_axis(masks, actions[:, :, None], axis=2).all()
        may = view.strategies(masks).any(axis=2)
        talks = actions >= view.first_strategy
        assert not talks[~may].any()
        if name != "fixed:strategy=escalate":  # which is silent where nobody else can
            assert talks[may].all()
        talked += talks.sum()
    assert talked > 1000


@pytest.mark.parametrize("name", TALKERS)
def test_every_rule_says_what_its_numpy_twin_says(name: str) -> None:
    talked = 0
    for moment in play_desks(name, num_envs=20):
        legal = moment.view.strategies(moment.masks)
        expected = talking_by_numpy.say(name, moment.view.conversations, legal)
        talks = moment.actions >= moment.view.first_strategy
        said = moment.actions - moment.view.first_strategy
        np.testing.assert_array_equal(said[talks], expected[talks])
        talked += talks.sum()
    assert talked > 10_000


@pytest.mark.parametrize("name", TALKERS)
def test_episodes_are_the_same_alone_in_a_batch_and_in_the_parallel_env(name: str) -> None:
    batch = rollout(DESK, load_policy(name), 3, seed=5)
    (alone,) = rollout(DESK, load_policy(name), 1, seed=6)
    env = ticket_routing_v0.parallel_env(DESK)
    for again in (alone, play(env, load_policy(name), seed=6)):
        assert repr(dict(again)) == repr(dict(batch[1]))  # nan equals nan in a repr
    assert batch[1]["illegal_actions"] == 0
    assert batch[1]["strategies"]["silent"] < 0.01


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_fixed_always_says_the_same(strategy: str) -> None:
    (kpis,) = rollout(DESK, load_policy(f"fixed:strategy={strategy}"), 1)
    assert kpis["strategies"][strategy] > 0.99


def test_chances_are_those_of_the_desk() -> None:
    """What works raises the satisfaction, so predicted and seen shares can be compared."""
    desks = DeskBatch(conversation_desk("bfsi"), num_envs=4000)
    desks.reset(seed=0)
    desks.step(desks.action_masks[:, :, 1:].argmax(axis=2).astype(np.int32) + 1)
    generator, foreseen, seen = np.random.default_rng(0), [], []
    for _ in range(8):
        view = desks.view()
        assert isinstance(view, TalkView)
        talks, rows = view.conversations, np.arange(desks.num_envs)
        talking = view.strategies(desks.action_masks)[:, AGENT].any(axis=1)
        said = generator.integers(len(STRATEGIES), size=desks.num_envs)
        chance = chances(talks)[rows, AGENT, said]
        ticket, before = desks.states["current"][:, AGENT].copy(), talks.satisfaction[:, AGENT]
        actions = np.zeros((desks.num_envs, desks.num_agents), np.int32)
        actions[:, AGENT] = np.where(talking, view.first_strategy + said, 0)
        desks.step(actions)
        pleased = desks.states["talk"]["satisfaction"][rows, ticket] > before
        foreseen.append(chance[talking])
        seen.append(pleased[talking])
    expected, works = np.concatenate(foreseen), np.concatenate(seen)
    for low in np.arange(0.0, 0.8, 0.2):  # likely and unlikely alike
        some = (expected >= low) & (expected < low + 0.2)
        assert some.sum() > 200
        error = np.sqrt((expected[some] * (1 - expected[some])).sum()) / some.sum()
        assert abs(works[some].mean() - expected[some].mean()) < 3.5 * error


def test_the_next_agent_of_an_escalated_ticket_has_it_easier() -> None:
    help_ = DESK.customers.tier_help  # type: ignore[union-attr]
    first, next_ = (chances(conversation(escalated=was)) for was in (False, True))
    np.testing.assert_allclose(next_, np.minimum(first + help_, 0.98))


def test_calm_then_solve_goes_by_sentiment() -> None:
    rule = "calm_then_solve"
    for upset in (ANGRY, ANNOYED):
        assert said(rule, sentiment=upset) == "empathetic"
        assert said(rule, sentiment=upset, worn={"empathetic": 1}) == "apologetic"
    assert said(rule, "transaction_dispute", sentiment=ANGRY) == "apologetic"  # better by the table
    for calm in (NEUTRAL, PLEASED, DELIGHTED):
        assert said(rule, sentiment=calm) == "quick_resolution"
        assert said(rule, "loan_application", sentiment=calm) == "educational"
    worn_out = {"empathetic": 2, "apologetic": 2}
    assert said(rule, sentiment=ANGRY, worn=worn_out) == "escalate"
    assert said(rule, sentiment=ANNOYED, worn=worn_out) != "escalate"
    alone = said(rule, sentiment=ANGRY, worn=worn_out, may_escalate=False)
    assert alone == "empathetic"


def test_table_greedy_takes_the_best_expected_step() -> None:
    rule = "table_greedy"
    assert said(rule, sentiment=NEUTRAL) == "quick_resolution"  # 0.85 to be done at once
    assert said(rule, "loan_application", sentiment=ANGRY) == "empathetic"
    assert said(rule, "investment_advice", sentiment=DELIGHTED) == "product_recommend"
    # In the last turn of a long matter nothing but handing over saves anything.
    last = {"turns": 9, "sentiment": NEUTRAL}
    assert said(rule, "fraud_report", **last) == "escalate"
    assert said(rule, "fraud_report", progress=2, sentiment=DELIGHTED, turns=9) == "technical"
    worn = {"quick_resolution": 2}
    assert said(rule, sentiment=NEUTRAL, worn=worn) == "educational"


def test_table_greedy_counts_what_an_escalation_has_paid_already() -> None:
    """One step from the end in a last turn: what it pays to resolve it, and what not."""
    vip = {"tier": 2, "turns": 9, "sentiment": DELIGHTED}
    first, again = (if_it_works(conversation(escalated=was, **vip))[0, 0] for was in (False, True))
    solving = [STRATEGIES.index(name) for name in ("technical", "quick_resolution")]
    np.testing.assert_allclose(first[solving] - again[solving], 0.5 * 1.0)
    assert first[ESCALATE] - again[ESCALATE] == pytest.approx(0.5 * 1.0)


def test_listening_pays() -> None:
    listeners = ["table_greedy", "calm_then_solve"]
    result = compare(DESK, [*listeners, *FIXED, "best_skill"], episodes=6)
    assert set(result.ranking[:2]) == set(listeners)
    for kpi in ("csat", "success_rate"):
        means = {name: result.interval(name, kpi).mean for name in result.samples}
        assert min(means[name] for name in listeners) > max(means[name] for name in FIXED) - 0.02


@pytest.mark.parametrize("name", TALKERS)
def test_answers_in_the_view_are_those_on_its_desk(name: str) -> None:
    env, policy = CustomerSupport("retail"), talker(name)
    env.reset(seed=2)
    answers = set()
    for _ in range(60):
        answer, view = policy.answer(env), env.desk.view()
        masks = np.ones((1, 2, env.desk.action_space("agent_0").n), np.int8)
        assert isinstance(view, TalkView)
        assert policy.act(view, masks)[0, 0] == view.first_strategy + answer
        answers.add(answer)
        if env.step(answer)[2]:
            env.reset()
    assert (len(answers) > 3) == (name != "fixed")


@pytest.mark.parametrize("name", ["table_greedy", "fixed:strategy=upsell"])
def test_talkers_are_refused_where_nobody_talks(name: str) -> None:
    desk = load_scenario("small_desk")
    for refused in (
        lambda: rollout(desk, load_policy(name), 1),
        lambda: compare(desk, ["pass", name]),
        lambda: load_policies([name], desk),
    ):
        with pytest.raises(ValueError, match="only where agents talk") as caught:
            refused()
        assert str(caught.value) == (
            f"policy {name}: only where agents talk to customers, and small_desk has none"
        )
    desks = DeskBatch(desk)
    desks.reset(seed=0)
    with pytest.raises(ValueError, match="only where agents talk to customers"):
        talker(name).act(desks.view(), desks.action_masks)

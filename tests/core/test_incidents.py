"""What befalls tickets: they grow, wait for one another, and come back."""

from typing import Any

import numpy as np

from marl_routing.core.batch import Batch
from marl_routing.core.record import RETURNING
from marl_routing.scenario import compile_scenario
from tests.core.by_hand import AGENTS, NONE_COMES_BACK, Desk, by_hand, crew, row

MANY = 300
CHAIN = {"incidents": NONE_COMES_BACK | {"dependency": {"probability": 1, "within": 1}}}

Floats = np.ndarray[Any, Any]


def everybody_takes_one(batch: Batch) -> None:
    """Agent a accepts ticket a, of its own slot."""
    shown = batch.view().number
    assert (np.sort(shown, axis=1) == np.arange(AGENTS)).all()
    batch.step((1 + shown.argsort(axis=1)).astype(np.int32))


def desks(scenario: Any, num_envs: int = MANY) -> Batch:
    batch = Batch(compile_scenario(scenario), num_envs, autoreset=False)
    batch.reset(1)
    everybody_takes_one(batch)
    return batch


def one_each() -> list[dict[str, Any]]:
    """A ticket for every agent, two of each category."""
    return [row(0, category=n % 5) for n in range(AGENTS)]


# Regression


def test_regressions_grow_the_work_left() -> None:
    """3 minutes: after one step 2 become 4, then 3 become 6, then 5 become 10, then no more."""
    growing = {"regression": {"probability": 1, "growth": 1, "at_most": 3}}
    desk = Desk(row(0, work=3), incidents=NONE_COMES_BACK | growing)
    desk.play((0, "accept", 0))
    seen: list[float] = []
    while desk.is_open(0) and len(seen) < 4:
        seen.append(desk.ticket(0)["work"])
        desk.play()
    assert seen == [4, 6, 10, 9]
    assert desk.run_until_resolved(0) == 13
    assert desk.metrics["regressions"] == 3


def mean_handle_steps(law: str, **regression: float) -> tuple[float, float]:
    """Mean and standard error of the steps of work on a ticket."""
    service: dict[str, Any] = {
        "law": law,
        "mean_minutes": 10,
        "speed": {"at_0": 1, "at_1": 1},
    }
    rows = [ticket | {"work_minutes": None} for ticket in one_each()]
    incidents = NONE_COMES_BACK | ({"regression": regression} if regression else {})
    batch = desks(by_hand(*rows, service=service, incidents=incidents))
    for _ in range(299):
        batch.step(np.zeros((MANY, AGENTS), np.int32))
    assert (batch.states["resolved"] == AGENTS).all()
    histogram = batch.states["resolution_by_category"].sum(axis=(0, 1))
    steps = np.arange(len(histogram))
    mean = histogram @ steps / histogram.sum()
    variance = histogram @ (steps - mean) ** 2 / histogram.sum()
    return float(mean), float(np.sqrt(variance / histogram.sum()))


def test_regressions_lengthen_the_handle_time_as_expected() -> None:
    probability, growth, per_step = 0.1, 0.5, 1 / 10
    plain, plain_error = mean_handle_steps("memoryless")
    assert abs(plain - 1 / per_step) < 3 * plain_error
    mean, error = mean_handle_steps("memoryless", probability=probability, growth=growth, at_most=1)
    # A step resolves; or else the rest takes 1 + growth as long; or else all begins again.
    goes_on = 1 - per_step
    grown = goes_on * probability * (1 + growth) / per_step
    expected = (1 + grown) / (1 - goes_on * (1 - probability))
    assert expected > 1.2 / per_step
    assert abs(mean - expected) < 3 * error


# Dependency


def test_a_chain_is_resolved_only_in_order() -> None:
    desk = Desk(*(row(0, work=4) for _ in range(4)), queue__order="fifo", **CHAIN)
    assert [desk.ticket(n)["waits_for"] for n in range(4)] == [-1, 0, 1, 2]
    fields = [name for name, _, _ in desk.batch.observation_fields()]
    waits = [i for i, name in enumerate(fields) if name.startswith("slot_waits")]
    for number in range(4):
        assert [desk.may(a, "accept", number) for a in range(AGENTS)] == [True] * AGENTS
        if number < 3:
            assert desk.batch.action_masks[0, :, 1:11].sum() == AGENTS
            slot = desk.action("accept", number + 1) - 1
            assert desk.batch.observations[0, 0, waits].tolist() == [
                float(s == slot) for s in range(10)
            ]
            desk.play((1, "accept", number + 1))
            assert desk.held(1) == []
        desk.play((0, "accept", number))
        desk.run_until_resolved(number)
    assert desk.metrics["resolved"] == 4
    assert desk.metrics["illegal_actions"] == 3


def test_a_dispatcher_is_not_offered_what_waits() -> None:
    desk = Desk(row(0), row(0), **CHAIN)
    assert desk.batch.offer() == desk.index(0)
    desk.batch.hold(desk.index(0))
    assert desk.batch.offer() == -1
    desk.batch.place(desk.index(1), 0)
    assert desk.held(0) == []
    assert desk.metrics["illegal_actions"] == 1


def test_a_loser_is_not_given_what_waits() -> None:
    desk = Desk(row(0), row(0), **CHAIN, protocol__on_conflict="next_of_category")
    desk.play((0, "accept", 0), (1, "accept", 0))
    assert sorted(desk.held(0) + desk.held(1)) == [0]
    assert desk.metrics["lost_accepts"] == 1


def test_it_waits_no_longer_for_who_gave_up() -> None:
    """The second is there before the first gives up, the third only after that."""
    impatient = {"mean_minutes_by_priority": [None, None, None, 3]}
    desk = Desk(row(0), row(0, priority=0), row(60, priority=0), **CHAIN, patience=impatient)
    assert not desk.may(0, "accept", 1)
    desk.run_until_resolved(0)
    assert desk.metrics["abandoned"] == 1
    assert desk.may(0, "accept", 1)
    desk.play((0, "accept", 1))
    desk.run_until_resolved(1)
    desk.run(61 - desk.clock)
    assert desk.ticket(2)["waits_for"] == -1
    assert desk.may(0, "accept", 2)


def test_work_rests_while_what_it_waits_for_is_back() -> None:
    comes_back = {"reopen": {"probability": 1, "mean_minutes": 1, "at_most": 1}}
    desk = Desk(row(0), row(0), incidents=CHAIN["incidents"] | comes_back)
    desk.play((0, "accept", 0))
    desk.run_until_resolved(0)
    desk.play((1, "accept", 1))  # in this step the first comes back
    assert desk.ticket(1)["served"] == 1
    assert desk.is_open(0)
    desk.run(3)
    assert desk.ticket(1)["served"] == 1
    assert not desk.ticket(1)["in_work"]
    assert desk.held(1) == [1]
    desk.play((0, "accept", 0))
    resolved = desk.run_until_resolved(0)
    desk.run(1)
    assert desk.clock == resolved + 1
    assert desk.ticket(1)["served"] == 2


# Reopen


def come_back(**changes: Any) -> dict[str, Any]:
    reopen = {"probability": 1, "mean_minutes": 3, "work_share": 0.5, "at_most": 2}
    return {"incidents": {"reopen": reopen | changes}}


def test_what_comes_back_is_half_the_work_and_takes_its_pay_back() -> None:
    desk = Desk(row(0, work=10), **come_back(), reward__weights={"resolved": 1, "reopened": -5})
    desk.play((3, "accept", 0))
    assert desk.run_until_resolved(0) == 10
    assert desk.term("resolved")[3] == 1
    assert desk.metrics["backlog_end"] == 0
    while not desk.is_open(0):
        desk.play()
    assert desk.term("resolved") == [0, 0, 0, -1] + [0] * 6
    assert desk.term("reopened") == [0, 0, 0, 1] + [0] * 6
    assert desk.batch.rewards[0].tolist() == [0, 0, 0, -6] + [0] * 6
    back = desk.clock
    assert desk.ticket(0)["arrived"] == back
    assert desk.ticket(0)["due"] == back + 80
    assert desk.ticket(0)["work"] == 5
    desk.play((4, "accept", 0))
    assert desk.run_until_resolved(0) == back + 5
    counts = desk.batch.counts()
    assert counts["arrivals"] + counts["initial"] + counts["reopened"] == counts["resolved"]
    assert desk.metrics["term_resolved"] == 2 - 1
    assert desk.metrics["reopen_rate"] == 1 / 2


def test_what_comes_back_remembers() -> None:
    desk = Desk(row(0, work=11), **come_back())
    desk.play((0, "defer", 0), (1, "escalate", 0))
    desk.play((0, "accept", 0))
    desk.play((0, "request_info"))
    desk.run_until_back(0)
    desk.run(1)
    before = desk.ticket(0)
    desk.run_until_resolved(0)
    while not desk.is_open(0):
        desk.play()
    after = desk.ticket(0)
    for name in ("number", "category", "priority", "accepted", "deferrals", "asked", "pendings"):
        assert after[name] == before[name], name
    assert after["served"] == 6  # one before the question, which halved the rest
    assert (after["reopened"], after["resolver"], after["priority"]) == (1, 0, 2)
    assert after["due"] == after["original_due"] == desk.clock + 60
    desk.play((1, "accept", 0))
    assert not desk.may(1, "request_info")
    assert desk.metrics["term_accept_base"] == 1
    assert desk.metrics["sla_first_response"] == 1  # answered once, judged once


def test_it_comes_back_so_many_times() -> None:
    desk = Desk(row(0, work=2), **come_back(mean_minutes=1, at_most=2))
    for times in range(3):
        assert desk.ticket(0)["reopened"] == times
        desk.play((0, "accept", 0))
        desk.run_until_resolved(0)
        desk.run(1)
    desk.run(50)
    assert not desk.is_open(0)
    assert desk.metrics["reopened"] == 2


def test_a_full_desk_drops_what_comes_back() -> None:
    desk = Desk(
        *(row(0, work=1, category=n % 5) for n in range(65)),
        *(row(1) for _ in range(65)),
        **come_back(mean_minutes=1),
        queue__max_open_tickets=65,
        time__horizon_steps=20,
    )
    everybody_takes_one(desk.batch)
    counts = desk.batch.counts()
    assert counts["resolved"] == AGENTS
    desk.run(1)
    counts = desk.batch.counts()
    assert counts["reopened"] == AGENTS
    assert counts["open"] == 65
    came = counts["arrivals"] + counts["initial"] + counts["reopened"]
    assert came == counts["resolved"] + counts["dropped"] + counts["open"]


def test_the_share_that_comes_back_falls_with_expertise_and_its_delay_is_as_set() -> None:
    at_0, at_1, mean = 0.8, 0.2, 6.0
    shares = {0.0: [0, 1, 2], 0.5: [3, 4, 5], 1.0: [6, 7, 8, 9]}
    line = {"at_0": at_0, "at_1": at_1}
    scenario = by_hand(
        *one_each(),
        **come_back(probability=line, mean_minutes=mean, at_most=1),
        agents=crew({a: e for e, agents in shares.items() for a in agents}),
    )
    batch = desks(scenario)
    came_back, resolved, delays = np.zeros(AGENTS), np.zeros(AGENTS), []
    for _ in range(100):
        on_the_way = batch.states["tickets"]["holder"] == RETURNING
        batch.step(np.zeros((MANY, AGENTS), np.int32))
        resolved += np.maximum(batch.terms()["resolved"], 0).sum(axis=0)
        came_back += batch.terms()["reopened"].sum(axis=0)
        sent = (batch.states["tickets"]["holder"] == RETURNING) & ~on_the_way
        leaves = batch.states["life"]["returns"] - batch.states["step"][:, None]
        delays.append(leaves[sent])
    assert (resolved == MANY).all()
    for expertise, agents in shares.items():
        share, expected = came_back[agents].mean() / MANY, at_0 + (at_1 - at_0) * expertise
        error = np.sqrt(expected * (1 - expected) / (MANY * len(agents)))
        assert abs(share - expected) < 3 * error, expertise
    lengths = np.concatenate(delays)
    assert len(lengths) == came_back.sum()
    assert abs(lengths.mean() - mean) < 3 * np.sqrt(mean * (mean - 1) / len(lengths))

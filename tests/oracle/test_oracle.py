"""The oracle by itself: an example worked by hand, and what must hold on any desk."""

from typing import Any

import numpy as np
import pytest

from marl_routing.scenario import compile_scenario, load_scenario
from tests.core.variants import VARIANTS
from tests.oracle.desk import OracleDesk
from tests.oracle.draws import mix

BY_HAND = {
    "name": "by_hand",
    "time": {"horizon_steps": 15},
    "categories": ["technical", "billing"],
    "priorities": ["high", "normal"],
    "arrivals": {
        "process": "trace",
        "trace": [
            {"time_minutes": 0, "category": "technical", "priority": "high", "work_minutes": 3},
            {"time_minutes": 0, "category": "billing", "priority": "normal", "work_minutes": 2},
            {"time_minutes": 2, "category": "technical", "priority": "normal", "work_minutes": 4},
        ],
    },
    "service": {
        "law": "deterministic",
        "mean_minutes": [3, 2],
        "speed": {"at_0": 0.5, "at_1": 1.0},
        "switch_minutes": 1,
    },
    "agents": {
        "team": [{"name": "Ada", "expertise": [1, 0]}, {"name": "Ben", "expertise": [0, 1]}]
    },
    "sla": {"first_response_minutes": [1, 2], "resolution_minutes": [3, 6]},
    "reward": {"sharing": 0, "weights": {"resolved": 5, "lost_accept": -2}},
}


def by_hand() -> OracleDesk:
    desk = OracleDesk(compile_scenario(load_scenario(BY_HAND)))
    desk.reset(0)
    return desk


def market(**protocol: Any) -> OracleDesk:
    desk = OracleDesk(
        compile_scenario(load_scenario(BY_HAND, protocol={"kind": "bid", **protocol}))
    )
    desk.reset(0)
    return desk


def test_splitmix_reference_values() -> None:
    """The first outputs of splitmix64 from seed 0, as published with xoshiro."""
    golden = 0x9E3779B97F4A7C15
    assert mix(golden) == 0xE220A8397B1DCDAF
    assert mix(2 * golden % 2**64) == 0x6E789E6AA1B965F4


def test_example_worked_by_hand() -> None:
    desk = by_hand()
    assert desk.queue_order() == [0, 1]
    assert [t.number if t else None for t in desk.slots] == [0, None, 1, None]
    assert desk.masks().tolist() == [[1, 1, 0, 1, 0]] * 2

    desk.step([1, 1])  # both want ticket 0: Ada knows the category better
    assert desk.held() == [[0], []]
    assert desk.terms()["lost_accept"] == [0, 1]
    assert desk.terms()["idle_with_backlog"] == [0, 1]
    assert desk.terms()["waiting"] == [1, 1]  # two open tickets, shared by two agents
    assert desk.tickets[0].work == 2

    desk.step([0, 3])  # Ben begins ticket 1 just in time; ticket 2 arrives
    assert desk.held() == [[0], [1]]
    assert desk.queue_order() == [2]
    assert not desk.tickets[1].first_breached

    desk.step([0, 1])  # Ben takes ticket 2 as well; both finish what they have in work
    assert desk.held() == [[], [2]]
    assert desk.terms()["resolved"] == [1, 1]
    assert desk.agents[0].idle_since == 3

    desk.step([4, 0])  # slot 4 is a hole; Ben spends the step on turning to another category
    assert desk.terms()["illegal_action"] == [1, 0]
    assert desk.terms()["context_switch"] == [0, 1]
    assert desk.tickets[2].first_breached  # due at 2 + 2
    assert desk.tickets[2].work == 4

    for _ in range(8):  # half a minute of work a step
        desk.step([0, 0])
        assert desk.tickets[2].breached == (desk.clock >= 8)
        assert desk.terms()["sla_breach"] == [0, float(desk.clock == 8)]
    assert desk.clock == desk.tickets[2].left == 12


def test_numbers_of_the_example() -> None:
    desk = by_hand()
    for actions in ([1, 1], [0, 3], [0, 1], *([[0, 0]] * 12)):
        over = desk.step(actions)
    assert over
    metrics = desk.metrics()
    assert metrics["resolved"] == metrics["tickets"] == 3
    assert metrics["resolution_minutes_mean"] == pytest.approx((3 + 3 + 10) / 3)
    assert metrics["resolution_minutes_median"] == 3
    assert metrics["resolution_minutes_p95"] == 10
    assert metrics["wait_to_accept_minutes"] == pytest.approx(1 / 3)  # ticket 1 waited a step
    assert metrics["wait_to_start_minutes"] == pytest.approx((0 + 1 + 2) / 3)
    assert metrics["sla_resolution"] == metrics["sla_first_response"] == pytest.approx(2 / 3)
    assert metrics["occupancy_by_agent"] == pytest.approx([3 / 15, 11 / 15])


def test_dispatcher_of_the_example() -> None:
    desk = by_hand()
    assert desk.offer() == 0
    desk.hold(0)
    assert desk.offer() == 1
    desk.place(1, 1)
    assert desk.rewards == [0, 0]  # no accept is paid for here
    assert (desk.clock, desk.held(), desk.offer()) == (0, [[], [1]], None)
    desk.step([0, 0])
    assert desk.offer() == 0


@pytest.mark.parametrize(
    ("clearing", "payment", "held", "prices"),
    [
        ("sequential", "none", [[0], [1]], [0, 0]),
        ("sequential", "first_price", [[0], [1]], [0.75, 0.875]),
        ("sequential", "second_price", [[0], [1]], [0.5, 0.25]),  # then Ben has no rival left
        ("greedy", "second_price", [[1], [0]], [0.875, 0.25]),  # Ada's 1.0 is the best pair
        ("optimal", "second_price", [[0], [1]], [0.25, 0.25]),  # nobody goes empty-handed
        ("optimal", "vcg", [[0], [1]], [0.25, 0.5]),  # without Ben, Ada would win 0.25 more
    ],
)
def test_auction_worked_by_hand(
    clearing: str, payment: str, held: list[list[int]], prices: list[float]
) -> None:
    desk = market(clearing=clearing, payment=payment, reserve_price=0.25)
    desk.step([[0.75, 1, 1.5, 0], [0.5, float("nan"), 0.875, -2]])  # slots 1 and 3 are holes
    assert desk.held() == held
    assert desk.terms()["payment"] == pytest.approx(prices, abs=1e-9)
    assert desk.counts["illegal_actions"] == desk.counts["lost_accepts"] == 0


def test_what_is_no_bid() -> None:
    """Nothing, less than the reserve price, no number, or a slot that shows no ticket."""
    desk = market(reserve_price=0.25)
    assert (
        desk.observations()[:, -desk.sizes.shared - 4 : -desk.sizes.shared].tolist()
        == [[1, 0, 1, 0]] * 2
    )
    desk.step([[0.2, 1, 0, 1], [float("nan"), 1, -1, 1]])
    assert desk.held() == [[], []]
    desk.step([[0.25, 0, 0, 0], [0, 0, 0, 0]])  # the reserve price itself is enough
    assert desk.held() == [[0], []]
    assert desk.terms()["payment"] == [0.25, 0]


@pytest.mark.parametrize("name", ["abandoning", "full_desk", "oldest_abandoning"])
def test_tickets_are_conserved(name: str) -> None:
    """Every ticket is in one place, and the counters say so."""
    desk = OracleDesk(compile_scenario(load_scenario("saas_balanced", **VARIANTS[name])))
    desk.reset(4)
    rng = np.random.default_rng(4)
    over = False
    while not over:
        over = desk.step(rng.integers(0, desk.sizes.slots + 1, desk.sizes.agents).tolist())
        counts = desk.counts
        left = counts["resolved"] + counts["abandoned"] + counts["dropped"]
        assert counts["arrivals"] + counts["initial"] == left + len(desk.open_tickets)
        numbers = desk.queue_order() + [n for held in desk.held() for n in held]
        assert sorted(numbers) == [t.number for t in desk.tickets if t.outcome == "open"]
    assert min(counts["resolved"], counts["abandoned"] + counts["dropped"]) > 0


def test_seeds_and_episodes_differ_and_repeat() -> None:
    parameters = compile_scenario(load_scenario("saas_balanced"))

    def arrivals(desk: OracleDesk) -> list[tuple[int, int, int, float]]:
        for _ in range(60):
            desk.step([0] * desk.sizes.agents)
        return [(t.arrived, t.category, t.priority, t.work) for t in desk.tickets]

    desk = OracleDesk(parameters)
    streams = []
    for seed in (1, None, 2, 1):
        desk.reset(seed)
        streams.append(arrivals(desk))
    assert streams[0] == streams[3]
    assert streams[0] != streams[1] != streams[2] != streams[0]

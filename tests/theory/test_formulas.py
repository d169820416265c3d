"""Formulas and chains against textbook values and against each other."""

from dataclasses import asdict

import numpy as np
import pytest

from marl_routing.theory.erlang import erlang_b, erlang_c, mmn, mmn_m, mmnk, mmnk_m, mmnn
from marl_routing.theory.priorities import cobham, kella_yechiali, slotted_cobham
from marl_routing.theory.single_agent import mg1, moments_in_steps, slotted_mg1
from marl_routing.theory.slotted import SlottedDesk, bernoulli, poisson, slotted, slotted_mdn
from marl_routing.theory.slotted_priorities import slotted_waits
from marl_routing.theory.stationary import NotSolvedError, Stationary


def assert_alike(one: Stationary, other: Stationary, rel: float = 1e-9) -> None:
    left, right = asdict(one), asdict(other)
    for what, value in left.items():
        if not np.isnan(value).any() and not np.isnan(right[what]).any():
            assert value == pytest.approx(right[what], rel=rel, abs=1e-9), what


def test_erlang_by_the_tables() -> None:
    """Erlang's tables: 10 erlangs on 10 and on 15 agents; M/M/1 and M/M/2 by hand."""
    assert erlang_b(10, 10.0) == pytest.approx(0.21458, abs=5e-6)
    assert erlang_b(15, 10.0) == pytest.approx(0.03650, abs=5e-6)
    assert erlang_c(1, 0.7) == pytest.approx(0.7)
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)
    assert erlang_c(3, 2.0) == pytest.approx(4 / 9)


def test_mm1_is_geometric() -> None:
    assert_alike(mmn(0.5, 1.0, 1), Stationary(1.0, 0.5, 0.5, 0.5, 1.0, 2.0))


@pytest.mark.parametrize(("agents", "rate"), [(1, 0.6), (3, 2.9), (10, 8.0)])
def test_closed_forms_are_the_balanced_chain(agents: int, rate: float) -> None:
    assert_alike(mmn(rate, 1.0, agents), mmnk_m(rate, 1.0, agents, 3000))
    assert_alike(mmn_m(rate, 1.0, agents, 0.3), mmnk_m(rate, 1.0, agents, 400, 0.3))
    assert_alike(mmnn(rate, 1.0, agents), mmnk_m(rate, 1.0, agents, agents))
    for most in (agents, agents + 1, agents + 7):
        assert_alike(mmnk(rate, 1.0, agents, most), mmnk_m(rate, 1.0, agents, most))


def test_patience_without_end_is_no_impatience() -> None:
    patient = mmn(4.0, 1.0, 5)
    gap = [abs(mmn_m(4.0, 1.0, 5, rate).queue / patient.queue - 1) for rate in (1e-2, 1e-3, 1e-4)]
    assert gap[0] > 5 * gap[1] > 25 * gap[2]
    assert gap[2] < 2e-3


def test_service_of_any_law() -> None:
    """M/M/1 is M/G/1 with exponential service; M/D/1 waits half as long."""
    assert_alike(mg1(0.8, 1.0, 2.0), mmn(0.8, 1.0, 1))
    assert mg1(0.8, 1.0, 1.0).wait == pytest.approx(mmn(0.8, 1.0, 1).wait / 2)


def test_overload_is_refused() -> None:
    for refused in (lambda: mmn(2.0, 1.0, 2), lambda: mg1(1.1, 1.0, 2.0)):
        with pytest.raises(NotSolvedError, match="the load is 1"):
            refused()


def test_geo_geo_1_by_its_formula() -> None:
    """L = a (1 - a) / (p - a) at clock ticks (Hunter 1983, Mathematical Techniques)."""
    numbers = slotted(SlottedDesk(bernoulli((0.2,)), 0.25, 1, 2048))
    assert numbers.backlog == pytest.approx(0.2 * 0.8 / 0.05)
    assert numbers.waited == pytest.approx(0.75)


@pytest.mark.parametrize("patience", [0.0, 0.05])
@pytest.mark.parametrize("most", [5, 200])
def test_short_steps_lead_to_continuous_time(patience: float, most: int) -> None:
    limit = mmnk_m(1.6, 1.0, 2, most, patience)
    gaps = []
    for steps in (8, 32, 128):
        desk = SlottedDesk(poisson(1.6 / steps), 1.0 / steps, 2, most, patience / steps)
        gaps.append(abs(slotted(desk).backlog / limit.backlog - 1))
    assert gaps[0] > 3 * gaps[1] > 9 * gaps[2]
    assert gaps[2] < 0.01


def test_one_agent_by_chain_and_by_formula() -> None:
    for arrivals in (poisson(0.15), bernoulli((0.1, 0.07))):
        geometric = slotted_mg1(arrivals, 4.0, (2 - 0.25) / 0.25**2)
        assert_alike(slotted(SlottedDesk(arrivals, 0.25, 1, 2048)), geometric)
        constant = slotted_mg1(arrivals, 4.0, 16.0)
        assert_alike(slotted_mdn(arrivals, 4, 1), constant)


def test_waits_of_a_poisson_desk_do_not_depend_on_the_step() -> None:
    assert slotted_mg1(poisson(0.15), 4.0, 25.0).wait == pytest.approx(mg1(0.15, 4.0, 25.0).wait)


def test_a_step_of_service_is_a_step() -> None:
    assert_alike(slotted_mdn(poisson(1.6), 1, 2), slotted(SlottedDesk(poisson(1.6), 1.0, 2, 2048)))


def test_work_in_whole_steps_keeps_its_mean() -> None:
    mean, second = moments_in_steps(np.array([2.25, 4.0, 0.5]))
    assert mean == pytest.approx((2.25 + 4.0 + 1.0) / 3)
    assert second == pytest.approx((0.75 * 4 + 0.25 * 9 + 16 + 1) / 3)


def test_priorities_by_hand() -> None:
    """Cobham: work in progress 1 / 2, loads 0.25 and 0.25: waits 2/3 and 4/3."""
    assert cobham([0.25, 0.25], [1.0, 1.0], [2.0, 2.0]) == pytest.approx((2 / 3, 4 / 3))
    assert kella_yechiali([0.25, 0.25], 1.0, 1) == pytest.approx((2 / 3, 4 / 3))


def test_priorities_share_out_the_waiting_of_all() -> None:
    mix = (0.2, 0.3, 0.5)
    continuous = kella_yechiali([3.2 * share for share in mix], 1.0, 4)
    assert np.dot(continuous, mix) == pytest.approx(mmn(3.2, 1.0, 4).wait)
    desk = SlottedDesk(poisson(0.35), 0.25, 2, 128)
    waits = slotted_waits(desk, (0.4, 0.6))
    assert np.dot(waits, (0.4, 0.6)) == pytest.approx(slotted(desk).wait)
    assert waits[0] < slotted(desk).wait < waits[1]


def test_priorities_by_chain_and_by_formula() -> None:
    mix, second = np.array([0.3, 0.2, 0.5]), (2 - 0.25) / 0.25**2
    chain = slotted_waits(SlottedDesk(poisson(0.15), 0.25, 1, 128), mix.tolist())
    formula = slotted_cobham((0.15 * mix).tolist(), [4.0] * 3, [second] * 3)
    assert chain == pytest.approx(formula, rel=1e-6)
    steps = 400
    short = slotted_cobham((0.6 / steps * mix).tolist(), [steps] * 3, [2.0 * steps**2] * 3)
    assert np.divide(short, steps) == pytest.approx(
        cobham((0.6 * mix).tolist(), [1.0] * 3, [2.0] * 3), rel=0.005
    )

"""The capacity programme on desks that can be solved by hand."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marl_routing.scenario import load_scenario
from marl_routing.scenario.capacity import capacity, service_rates
from marl_routing.scenario.demand import category_mix
from tests.scenario.bases import listed, plain


def test_identical_agents() -> None:
    rate, shares = capacity(listed([1, 1], [1, 1], [1, 1]))
    assert rate == pytest.approx(3 * 6)  # three agents, ten minutes a ticket
    np.testing.assert_allclose(shares, 0.5, atol=1e-6)  # the even one of many solutions


def test_specialists_share_by_mix() -> None:
    """One agent a category, and three of four tickets are of the first: it limits the desk."""
    rate, shares = capacity(listed([1, 0], [0, 1], arrivals__category_mix=[3, 1]))
    assert rate == pytest.approx(6 / 0.75)
    np.testing.assert_allclose(shares, [[1, 0], [0, 1 / 3]], atol=1e-6)


def test_the_second_agent_helps_the_first() -> None:
    """x of agent 1's time helps: 6 + 3 x = 3 y and 6 (1 - x) = y, so x = 4/7."""
    rate, shares = capacity(listed([1, 0], [0.5, 1], arrivals__category_mix=[3, 1]))
    assert rate == pytest.approx(4 * 6 * 3 / 7)
    np.testing.assert_allclose(shares, [[1, 0], [4 / 7, 3 / 7]], atol=1e-6)


@pytest.mark.parametrize("many", [1, 100])
def test_agents_alike_get_alike(many: int) -> None:
    """Both who know everything serve the second category, the third helps where it can.

    1.5 agents' time goes to each category: all of the third's, 1/4 of the others', to the first.
    """
    rate, shares = capacity(listed(*[[1, 1], [1, 1], [1, 0]] * many))
    assert rate == pytest.approx(3 * 6 * many)
    np.testing.assert_allclose(shares, [[0.25, 0.75], [0.25, 0.75], [1, 0]] * many, atol=1e-6)


@pytest.mark.parametrize("generator", ["specialists", "uniform", "nested", "chain"])
def test_a_thousand_agents(generator: str) -> None:
    """Solved in a moment, everybody in full use and few with more than one category."""
    changes = {"agents.count": 1000, "agents.generator": generator}
    desk = load_scenario("saas_balanced", **changes)
    began = time.process_time()
    rate, shares = capacity(desk)
    assert time.process_time() - began < 10  # a dense programme takes a minute
    served = (shares * service_rates(desk)).sum(axis=0)
    np.testing.assert_allclose(served, rate * category_mix(desk), rtol=1e-6)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, atol=1e-5)
    if generator in ("specialists", "uniform"):  # no two are alike
        assert ((shares > 0).sum(axis=1) > 1).sum() < 5
    small = capacity(load_scenario("saas_balanced", **changes | {"agents.count": 50}))[0]
    assert 0.9 < rate / (20 * small) < 1.1


def test_minutes_table() -> None:
    """Each agent keeps to its fast category; 0 means that it cannot serve."""
    desk = plain(service={"minutes": [[5, 0], [20, 5]]}, agents={"count": 2})
    rate, shares = capacity(desk)
    assert rate == pytest.approx(24)
    np.testing.assert_allclose(shares, np.eye(2), atol=1e-6)


def test_concurrency_with_slowdown() -> None:
    """Three in work, each at 1 / (1 + 0.25 * 2): twice the work of one."""
    desk = listed([1, 1], agents__concurrency=3, service__concurrency_slowdown=0.25)
    assert capacity(desk)[0] == pytest.approx(12)
    overdone = listed([1, 1], agents__concurrency=3, service__concurrency_slowdown=4)
    assert capacity(overdone)[0] == pytest.approx(6)  # one at a time is best


def test_service_lasts_at_least_a_step() -> None:
    quick = {"service.mean_minutes": 0.25, "exact": True}
    assert capacity(listed([1, 1], **quick))[0] == pytest.approx(60)
    drawn = listed([1, 1], service__law="lognormal", service__cv=1, **quick)
    assert 40 < capacity(drawn)[0] < 60  # some of the work is longer than a step
    long = listed([1, 1], service__law="lognormal", service__cv=0.2, service__mean_minutes=50)
    assert capacity(long)[0] == pytest.approx(60 / 50)


@given(
    team=st.lists(st.lists(st.floats(0.1, 1), min_size=2, max_size=2), min_size=1, max_size=4),
    first=st.floats(0.05, 0.95),
)
def test_the_shares_serve_the_rate(team: list[list[float]], first: float) -> None:
    desk = listed(*team, arrivals__category_mix=[first, 1 - first])
    rate, shares = capacity(desk)
    assert (shares >= 0).all()
    assert (shares.sum(axis=1) <= 1 + 1e-5).all()
    served = (shares * service_rates(desk)).sum(axis=0)
    np.testing.assert_allclose(served, [rate * first, rate * (1 - first)], rtol=1e-3, atol=1e-3)
    best = 6 * sum(max(row) for row in team)
    worst = 6 * sum(min(row) for row in team)
    assert worst * (1 - 1e-6) <= rate <= best * (1 + 1e-6)

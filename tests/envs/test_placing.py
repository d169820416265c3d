"""Tickets placed from outside, one by one, between the steps of the parallel face."""

import numpy as np

from marl_routing.envs.parallel import TicketRoutingEnv


def test_placing_from_outside_is_the_same_desk():
    env = TicketRoutingEnv("small_desk", max_cycles=200)
    env.reset(seed=0)
    while (ticket := env.offer()) < 0:
        env.step({})
    info = env.ticket(ticket)
    assert info.number == 0
    assert 0 <= info.age <= 1
    rewards = env.place(ticket, 1)
    assert rewards.shape == (2,)
    assert rewards.dtype == np.float32
    assert env.view().held[0].tolist() == [0, 1]
    assert env.offer() != ticket


def test_holding_lasts_until_the_clock_moves():
    env = TicketRoutingEnv("small_desk", max_cycles=200)
    env.reset(seed=0)
    while (ticket := env.offer()) < 0:
        env.step({})
    env.hold(ticket)
    assert env.offer() != ticket
    env.step({})
    assert env.offer() == ticket


def test_nothing_is_on_offer_after_the_end():
    env = TicketRoutingEnv("small_desk", max_cycles=200)
    env.reset(seed=0)
    while env.agents:
        env.step({})
    assert env.counts()["open"] > 0
    assert env.offer() == -1


def test_an_agent_that_does_not_exist_holds_the_ticket_and_counts():
    env = TicketRoutingEnv("small_desk", max_cycles=200)
    env.reset(seed=0)
    while (ticket := env.offer()) < 0:
        env.step({})
    assert not env.place(ticket, 2).any()
    assert env.metrics()["illegal_actions"] == 1
    assert env.offer() != ticket

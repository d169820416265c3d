"""What the agents see: own block | private slot block | shared block, in the order of fields.py."""

from marl_routing.core.arbitration import (
    goes_by_skill_alone,
    is_idle_and_able,
    order_agents,
    place_agents,
    place_by_skill,
)
from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.customers_seen import write_customer, write_slot_customers
from marl_routing.core.learning import by_expertise, expertise_of, write_expertise
from marl_routing.core.masks import bar_slots, copy_verbs, mask_slots, write_mask
from marl_routing.core.memory import copy_row
from marl_routing.core.parameters import EXPERTISE, PEERS_FULL, PEERS_SUMMARY
from marl_routing.core.queue import fill_slots
from marl_routing.core.record import FIRST_RESPONSE, NEVER, RESOLUTION, Record
from marl_routing.core.settling import (
    helps,
    is_free,
    is_idle,
    num_resting,
    shown_ticket,
)
from marl_routing.core.timers import deadline


@kernel
def observe(rules: Record, desk: Record, observations: Record, masks: Record) -> None:
    """Write every agent's row.

    Args:
        rules, desk: records; the shown slots are kept in desk.slots for the next action.
        observations: (agents, own + private + shared) float32, written.
        masks: (agents, actions) int8, written.
    """
    fill_slots(rules, desk)
    mask_slots(rules, desk)
    write_shared(rules, desk, desk.shared)
    shared, profile = desk.shared.shape[0], rules.profile.shape[1]
    for agent in range(observations.shape[0]):
        row = observations[agent]
        copy_row(row, 0, rules.profile[agent], 0, profile)
        _write_own(rules, desk, agent, row, 0)
        write_mask(rules, desk, agent, masks[agent])
    for agent in range(observations.shape[0]):
        # Apart from the loop above, so that what is copied has reached the cache when it is read.
        copy_row(observations[agent], profile, desk.shared, 0, shared)
        copy_verbs(desk, agent, masks[agent])
    bar_slots(desk, masks)
    if desk.num_queued > 0:
        fields = 4 if rules.bidding else 3
        _write_private(rules, desk, observations, masks, profile - fields * desk.slots.shape[0])


@kernel
def _write_own(rules: Record, desk: Record, agent: int, row: Record, at: int) -> None:
    """What changes in an agent's own block, over a copy of its profile."""
    agents, categories = desk.held_count.shape[0], desk.queued.shape[0]
    at += agents if rules.one_hot_identity else 1
    write_expertise(rules, desk, agent, row, at)
    at += categories
    held = desk.held_count[agent]
    # No branch on being idle, which no processor can predict: an idle agent writes zeros from a
    # ticket that it held once.
    working = 0.0 if is_free(desk, agent) else 1.0
    index = shown_ticket(desk, agent)
    ticket = desk.tickets[index]
    progress = min(1.0, ticket.served * rules.progress[ticket.category])
    left = deadline(desk, index, RESOLUTION) - desk.step
    slack = max(-1.0, min(1.0, left * ticket.inverse_target))
    row[at] = held * rules.per_capacity[agent]
    row[at + 1] = working
    row[at + 2 + ticket.category] = working
    row[at + 2 + categories] = working * progress
    row[at + 3 + categories] = working * slack if ticket.due < NEVER else 0.0
    row[at + 4 + categories] = min(1.0, desk.hand_steps[agent] * rules.per_horizon)
    at += 5 + categories
    if rules.has_shifts:
        row[at] = desk.on_shift[agent]
        at += 1
    _write_rest(rules, desk, agent, row, at)


@only_with("life")
def _write_rest(rules: Record, desk: Record, agent: int, row: Record, at: int) -> None:
    row[at] = num_resting(desk, agent) * rules.per_capacity[agent]
    row[at + 1] = helps(desk, agent)
    write_customer(rules, desk, agent, row, at + 2)


@kernel
def _write_private(
    rules: Record, desk: Record, observations: Record, masks: Record, at: int
) -> None:
    """Per slot: my expertise, my place among the idle, the best other idle expertise, may I bid."""
    slots, agents = desk.slots.shape[0], observations.shape[0]
    ranked, first, best, second = -1, -1, 0.0, 0.0
    for slot in range(slots):
        category, index = desk.slot_category[slot], int(desk.slots[slot])
        if category < 0:
            continue
        by_skill = goes_by_skill_alone(rules, desk, category)
        if category != ranked:
            first, best, second = _two_best_idle(rules, desk, category)
            if by_skill:
                place_by_skill(rules, desk, category)
            elif ranked < 0 or rules.arbitration == EXPERTISE:
                order_agents(rules, desk, category)
        if not by_skill:
            place_agents(rules, desk, category, desk.tickets[index].number)
        ranked = category
        for agent in range(agents):
            row = observations[agent]
            row[at + slot] = expertise_of(rules, desk, agent, category)
            able = rules.speed[agent, category] > 0.0
            row[at + slots + slot] = desk.place[agent] if able else 0.0
            row[at + 2 * slots + slot] = second if agent == first else best
            if rules.bidding:
                row[at + 3 * slots + slot] = masks[agent, 1 + slot]


@kernel
def _two_best_idle(rules: Record, desk: Record, category: int) -> tuple[int, float, float]:
    """The most expert agent idle and able, its expertise, and that of the next one."""
    first, best = -1, 0.0
    for i in range(desk.held_count.shape[0]):
        agent = by_expertise(rules, desk, category, i)
        if is_idle_and_able(rules, desk, agent, category):
            expertise = expertise_of(rules, desk, agent, category)
            if first >= 0:
                return first, best, expertise
            first, best = agent, expertise
    return first, best, 0.0


@kernel
def write_shared(rules: Record, desk: Record, shared: Record) -> None:
    """Slots, peers and desk: what every agent sees alike."""
    slots, categories = desk.slots.shape[0], desk.queued.shape[0]
    _write_slots(rules, desk, shared)
    at = write_histories(desk, shared, 4 * slots)
    if not rules.per_category:
        for slot in range(slots):
            for category in range(categories):
                shown = desk.slot_category[slot] == category
                shared[at + slot * categories + category] = 1.0 if shown else 0.0
        at += slots * categories
    at = _write_peers(rules, desk, shared, at)
    for category in range(categories):
        shared[at + category] = desk.queued[category] * rules.per_max_open
    at += categories
    shared[at] = desk.num_open * rules.per_max_open
    shared[at + 1] = desk.step * rules.per_horizon


@kernel
def _write_slots(rules: Record, desk: Record, shared: Record) -> None:
    slots, priorities = desk.slots.shape[0], desk.met.shape[0]
    for i in range(4 * slots):
        shared[i] = 0.0
    if desk.num_queued == 0:
        return
    for slot in range(slots):
        if desk.slots[slot] >= 0:
            ticket = desk.tickets[desk.slots[slot]]
            shared[slot] = 1.0
            shared[slots + slot] = 1.0 - ticket.priority / priorities
            age = (desk.step - ticket.arrived) * ticket.inverse_target
            shared[2 * slots + slot] = min(1.0, age / 2.0)
            if ticket.first_due < NEVER:
                promised = ticket.first_due - ticket.arrived
                left = deadline(desk, int(desk.slots[slot]), FIRST_RESPONSE) - desk.step
                slack = left / promised
                shared[3 * slots + slot] = max(-1.0, min(1.0, slack))


def _no_histories(desk: Record, shared: Record, at: int) -> int:
    return at


@only_with("life", otherwise=_no_histories)
def write_histories(desk: Record, shared: Record, at: int) -> int:
    """Which of the tickets shown wait for another, and which came back."""
    width = desk.histories.shape[0]
    copy_row(shared, at, desk.histories, 0, width)
    return write_slot_customers(desk, shared, int(at + width))


@kernel
def _write_peers(rules: Record, desk: Record, shared: Record, at: int) -> int:
    """Write the peers block; return where the next block starts."""
    agents, categories = desk.held_count.shape[0], desk.queued.shape[0]
    if rules.peers == PEERS_FULL:
        for agent in range(agents):
            held = desk.held_count[agent]
            shared[at + agent] = is_idle(desk, agent)
            shared[at + agents + agent] = held * rules.per_capacity[agent]
        return int(at + 2 * agents)
    if rules.peers == PEERS_SUMMARY:
        idle, load = 0, 0.0
        for category in range(categories):
            shared[at + 2 + category] = 0.0
        for agent in range(agents):
            load += desk.held_count[agent] * rules.per_capacity[agent]
            if is_idle(desk, agent):
                idle += 1
                for category in range(categories):
                    able = rules.speed[agent, category] > 0.0
                    shared[at + 2 + category] += (1.0 if able else 0.0) / agents
        shared[at] = idle / agents
        shared[at + 1] = load / agents
        return int(at + 2 + categories)
    return at

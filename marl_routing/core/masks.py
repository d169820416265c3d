"""What each agent may do: written with the observation, and what its next action is read by."""

from marl_routing.core.compiler import kernel, only_with
from marl_routing.core.conversation_record import ESCALATE_TALK, NUM_STRATEGIES
from marl_routing.core.deadlines import can_defer, can_escalate
from marl_routing.core.memory import copy_row
from marl_routing.core.parameters import (
    DEFER,
    ESCALATE,
    RELEASE,
    REQUEST_INFO,
    RESPOND,
    SWARM,
    TRANSFER,
)
from marl_routing.core.queue import fill_slots
from marl_routing.core.record import Record


@kernel
def show(rules: Record, desk: Record, masks: Record) -> None:
    """What `observe` does but for the observations: the slots shown, and every agent's mask."""
    fill_slots(rules, desk)
    mask_slots(rules, desk)
    for agent in range(masks.shape[0]):
        write_mask(rules, desk, agent, masks[agent])
    for agent in range(masks.shape[0]):
        copy_verbs(desk, agent, masks[agent])
    bar_slots(desk, masks)


@kernel
def write_mask(rules: Record, desk: Record, agent: int, mask: Record) -> None:
    """Write which slots an agent may accept, and find its verbs; `mask_slots` comes first.

    Args:
        mask: (actions,) int8; `copy_verbs` and `bar_slots` write what is left.
    """
    _begin_mask(rules, desk, agent, mask)
    if desk.num_queued == 0:
        return
    if desk.held_count[agent] >= rules.capacity[agent] or not desk.on_shift[agent]:
        for slot in range(desk.slots.shape[0]):
            mask[1 + slot] = 0
    elif not rules.serves_all[agent]:
        for slot in range(desk.slots.shape[0]):
            able = rules.speed[agent, max(0, desk.slot_category[slot])] > 0.0
            mask[1 + slot] &= able


@kernel
def others_can(rules: Record, desk: Record, agent: int, index: int) -> bool:
    """Whether anybody else can serve a ticket's category."""
    category = desk.tickets[index].category
    return bool(rules.num_able[category] > (rules.speed[agent, category] > 0.0))


@only_with("talk")
def bar_slots(desk: Record, masks: Record) -> None:
    """What an agent escalated it cannot have back; `write_mask` comes first."""
    for slot in range(desk.slots.shape[0]):
        index = desk.slots[slot]
        if index >= 0 and desk.talk[index].escalator >= 0:
            masks[desk.talk[index].escalator, 1 + slot] = 0


def _mask_filled(rules: Record, desk: Record) -> None:
    desk.slot_mask[0] = 1
    for slot in range(desk.slots.shape[0]):
        desk.slot_mask[1 + slot] = 1 if desk.slots[slot] >= 0 else 0


@only_with("life", otherwise=_mask_filled)
def mask_slots(rules: Record, desk: Record) -> None:
    """The masks of agents with room that can serve every category: one, or one a team."""
    teams, slots = desk.team_masks.shape[0], desk.slots.shape[0]
    first, at = 1 + slots, rules.verb_at
    for row in range(teams):
        desk.team_masks[row, 0] = 1
    for slot in range(slots):
        # Without branches: a hole is looked at as if it showed some ticket.
        shown, index = desk.slots[slot] >= 0, max(0, desk.slots[slot])
        team, free = desk.life[index].team, shown & (desk.histories[slot] == 0.0)
        for row in range(teams):
            desk.team_masks[row, 1 + slot] = free & ((team < 0) | (team == row - 1))
        desk.histories[slots + slot] = shown & (desk.life[index].reopened > 0)
        if at[ESCALATE] >= 0:
            able = shown & can_escalate(desk, index)
            desk.verbs_for_all[at[ESCALATE] - first + slot] = able
        if at[DEFER] >= 0:
            able = shown & can_defer(rules, desk, index)
            desk.verbs_for_all[at[DEFER] - first + slot] = able


def _copy_filled(rules: Record, desk: Record, agent: int, mask: Record) -> None:
    copy_row(mask, 0, desk.slot_mask, 0, mask.shape[0])


@only_with("life", otherwise=_copy_filled)
def _begin_mask(rules: Record, desk: Record, agent: int, mask: Record) -> None:
    """Open the slots to an agent, and find its verbs."""
    accepts, verbs = desk.team_masks.shape[1], desk.verb_mask.shape[1]
    row = desk.verb_mask[agent]
    copy_row(mask, 0, desk.team_masks[1 + rules.team_of[agent]], 0, accepts)
    if desk.on_shift[agent]:
        copy_row(row, 0, desk.verbs_for_all, 0, verbs)
        _mask_own(rules, desk, agent, row)
    else:
        for verb in range(verbs):
            row[verb] = 0


@only_with("life")
def copy_verbs(desk: Record, agent: int, mask: Record) -> None:
    """Write an agent's verbs into its mask."""
    accepts = desk.team_masks.shape[1]
    copy_row(mask, accepts, desk.verb_mask[agent], 0, mask.shape[0] - accepts)


@kernel
def _mask_own(rules: Record, desk: Record, agent: int, mask: Record) -> None:
    """The verbs on what an agent has in work, or its colleagues have."""
    first, at = 1 + desk.slots.shape[0], rules.verb_at
    current = desk.current[agent]
    if at[SWARM] >= 0 and desk.is_free[agent]:
        for other in range(desk.current.shape[0]):
            mask[at[SWARM] - first + other] = can_join(rules, desk, agent, other)
    if at[RELEASE] >= 0:
        mask[at[RELEASE] - first] = current >= 0 or desk.helping[agent] >= 0
    if current < 0:
        return
    if at[RESPOND] >= 0:
        for strategy in range(NUM_STRATEGIES):
            mask[at[RESPOND] - first + strategy] = 1
        mask[at[RESPOND] - first + ESCALATE_TALK] = others_can(rules, desk, agent, current)
    if at[REQUEST_INFO] >= 0:
        mask[at[REQUEST_INFO] - first] = not desk.life[current].asked
    if at[TRANSFER] >= 0:
        category = desk.tickets[current].category
        for team in range(rules.team_serves.shape[0]):
            other = rules.team_of[agent] != team
            mask[at[TRANSFER] - first + team] = other and rules.team_serves[team, category]


@kernel
def can_join(rules: Record, desk: Record, agent: int, other: int) -> bool:
    """Whether an agent, if free, can help with a colleague's current ticket."""
    index = desk.current[other]
    if other == agent or index < 0:
        return False
    return bool(rules.speed[agent, desk.tickets[index].category] > 0.0)

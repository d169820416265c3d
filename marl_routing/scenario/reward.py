"""Section `reward`: presets, and the weights that override them term by term."""

from typing import Literal

from marl_routing.scenario.values import NonNegative, Number, Section, Share, WeightOrEach


class TermWeights(Section):
    """Weights by the names of the terms; what is left out keeps the preset's."""

    accept_base: Number | None = None
    expertise_bonus: Number | None = None
    resolution_time: Number | None = None
    imbalance: Number | None = None
    resolved: Number | None = None
    sla_breach: Number | None = None
    idle_with_backlog: Number | None = None
    context_switch: Number | None = None
    lost_accept: Number | None = None
    illegal_action: Number | None = None
    payment: Number | None = None
    operation: Number | None = None
    reopened: Number | None = None
    satisfaction: Number | None = None
    efficiency: Number | None = None
    escalation: Number | None = None
    waiting: WeightOrEach | None = None  # one for all categories, or one each
    abandoned: Number | None = None
    dropped: Number | None = None
    business_impact: Number | None = None


class Reward(Section):
    """What agents are paid for.

    Attributes:
        preset: `holding_cost` (open tickets and breaches cost), `routing` (the dispatcher's),
            `triage` (resolved tickets pay, breaches, idling, switching and verbs cost) or
            `conversation` (satisfied customers pay, escalations and lost customers cost).
        weights: override single weights of the preset.
        sharing: 0 individual, 1 team mean (default: the preset's).
        first_response_weight: size of a first-response breach in the term `sla_breach`.
    """

    preset: Literal["holding_cost", "routing", "triage", "conversation"] = "holding_cost"
    weights: TermWeights = TermWeights()
    sharing: Share | None = None
    first_response_weight: NonNegative = 0.0

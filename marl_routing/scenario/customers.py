"""Section `customers`: tickets are conversations, and how those go."""

from typing import Annotated

from pydantic import Field

from marl_routing.scenario.industries import (
    BySentiment,
    Industry,
    InquiryType,
    SharesByTier,
    Strategies,
)
from marl_routing.scenario.values import Section, Share

LONGEST_CONVERSATION = 1000  # turns


class Silent(Section):
    """What it does to customers if their agent says nothing for a turn.

    Attributes:
        fall: probability that it lowers the sentiment, from angry to delighted customers.
        loss: share of the satisfaction that it takes.
    """

    fall: BySentiment = (0.4, 0.3, 0.2, 0.1, 0.1)
    loss: Share = 0.1


class Customers(Section):
    """Every ticket is a customer whom its agent talks to, a turn a step.

    Attributes:
        industries: names of shipped ones, paths of files, or sections.
        strategies: name of shipped ones, path of a file, or a section (default: `standard`).
        max_turns: of a conversation; the customer then leaves.
        wear: how much of a strategy's effect is gone when it has failed twice.
        skill_floor: effect of an agent without any expertise, as a share of an expert's.
        tier_help: what the next agent's turns gain in probability after an escalation.
        silent: turns without an answer.
        tier_value: what a resolved conversation is worth to the business, 0 to 1: of basic, premium
            and vip customers.
        escalation_value: share of it that a first escalation is worth.
    """

    industries: Annotated[tuple[Industry, ...], Field(min_length=1)]
    strategies: Strategies = Field(default_factory=lambda: Strategies.model_validate("standard"))
    max_turns: Annotated[int, Field(strict=True, gt=0, le=LONGEST_CONVERSATION)] = 10
    wear: Share = 0.5
    skill_floor: Share = 0.5
    tier_help: Share = 0.15
    silent: Silent = Silent()
    tier_value: SharesByTier = (0.4, 0.7, 1.0)
    escalation_value: Share = 0.5

    @property
    def inquiry_types(self) -> tuple[tuple[str, str, InquiryType], ...]:
        """(industry, name, inquiry type), in the order of the desk's categories."""
        return tuple(
            (industry.name, name, kind)
            for industry in self.industries
            for name, kind in industry.inquiry_types.items()
        )

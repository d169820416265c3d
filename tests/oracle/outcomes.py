"""What came of conversations: the numbers of desks with customers."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from marl_routing.core.conversation_record import TIERS
from tests.oracle.kpis import mean, share
from tests.oracle.tickets import Talk

if TYPE_CHECKING:
    from tests.oracle.desk import OracleDesk

Ended = tuple[int, Talk]  # category, and the conversation


def ended(desk: "OracleDesk") -> list[Ended]:
    """Resolved, hung up or out of turns, in stays that began after the warm-up."""
    stays = desk.past_stays + desk.tickets
    return [
        (stay.category, stay.talk)
        for stay in stays
        if stay.talk is not None and stay.talk.end and stay.arrived >= desk.rules.warm_up_steps
    ]


def kpis(desk: "OracleDesk") -> dict[str, Any]:
    """Satisfaction and success; what agents did, of the whole episode."""
    talks, counts = ended(desk), desk.counts
    losses = counts["hang_ups"] + counts["turn_limits"]
    escalations = counts["escalations"]
    categories, industries = desk.parameters.category_names, desk.parameters.industries
    return {
        **_success(talks),
        "escalation_rate": share(escalations, escalations + counts["resolved"] + losses),
        "turns_per_conversation": mean(talk.talked - talk.talked_before for _, talk in talks),
        **{name: counts[name] for name in ("hang_ups", "turn_limits", "escalations")},
        "by_tier": {
            name: _success(each for each in talks if each[1].tier == tier)
            for tier, name in enumerate(TIERS)
        },
        "by_inquiry": {
            name: _success(each for each in talks if categories[each[0]] == name)
            for name in categories
        },
        "by_industry": {
            name: _success(each for each in talks if industries[each[0]] == name)
            for name in dict.fromkeys(industries)
        },
        "strategies": {
            name: share(turns, sum(desk.turns.values())) for name, turns in desk.turns.items()
        },
    }


def _success(talks: Iterable[Ended]) -> dict[str, float]:
    listed = [talk for _, talk in talks]
    return {
        "csat": mean(talk.satisfaction for talk in listed),
        "success_rate": mean(talk.end == "resolved" for talk in listed),
    }

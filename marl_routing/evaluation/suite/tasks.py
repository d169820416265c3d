"""The benchmark suite: which scenarios, in which order, and what is hard about each."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

VERSION = "suite_v1"  # another set of scenarios, or a changed one, is another version

RANDOM = "random"  # the zero of the scores
RULE, OPTIMISED, LOOK_AHEAD = "rule", "optimised", "look-ahead"
EXACT, SUBMISSION = "exact", "submission"
OPTIMAL = "optimal"  # the best policy of a desk that is solved
KINDS = {  # of policies by name; others are rules, or submissions
    "optimised_index": OPTIMISED,
    "rollout": LOOK_AHEAD,
    OPTIMAL: EXACT,
}
KPIS = ("sla_resolution", "resolution_minutes_mean", "abandonment", "csat")  # kept, as means


class Budget(NamedTuple):
    """What a policy plays that is too slow for everything: episodes of some scenarios."""

    episodes: int
    scenarios: tuple[str, ...]


_LOOK_AHEAD_ON = (
    "exact/x_desk",
    "exact/v_desk",
    "small_desk",
    "saas_balanced",
    "nested_tight",
    "chain_tight",
    "own_interest",
)
VARIANTS = ("rollout:base=optimised_index",)  # played too, where their policy is shipped
SLOW = {"rollout": Budget(8, _LOOK_AHEAD_ON)}  # by the policy's name


@dataclass(frozen=True)
class Task:
    """A scenario of the suite.

    Attributes:
        scenario: as `load_scenario` knows it.
        size: of the team.
        regime: how much there is to do.
        motive: whether agents share the reward.
        hard: what is hard about it, for its page.
        optimum: the best possible reward a step in the long run, where it is known exactly.
        board: who is compared on it: where agents bid or talk, some policies only fit there.
    """

    scenario: str
    size: Literal["small", "medium", "large"]
    regime: Literal["easy", "busy", "overloaded"]
    motive: Literal["cooperative", "mixed"]
    hard: str
    optimum: float | None = None
    board: Literal["routing", "bidding", "talking"] = "routing"

    @property
    def page(self) -> str:
        """Name of its page."""
        return self.scenario.rpartition("/")[2]


SUITE = (
    Task(
        "exact/x_desk",
        "small",
        "busy",
        "cooperative",
        "Helping out in the other category is three times as slow, and blocks the own one: the "
        "best policy lets an agent wait beside a waiting ticket, and helps only in a long queue.",
        optimum=-4.22132,
    ),
    Task(
        "exact/v_desk",
        "small",
        "busy",
        "cooperative",
        "Both agents are alike, so only the order of the tickets counts: the slower category costs "
        "four times as much to hold, and whoever takes what is quickest loses.",
        optimum=-10.5618,
    ),
    Task(
        "small_desk",
        "small",
        "busy",
        "cooperative",
        "Two agents, each good at one thing: helping the other too early leaves the own queue "
        "alone, too late lets targets pass.",
    ),
    Task(
        "engineering_triage",
        "small",
        "busy",
        "cooperative",
        "Bugs turn out worse, block on reporters and wait for each other, so what is in hand is "
        "not what can be worked on; verbs help, and each costs.",
    ),
    Task(
        "saas_easy",
        "medium",
        "easy",
        "cooperative",
        "There is always somebody free: what is left to win is to give each ticket to the right "
        "one.",
    ),
    Task(
        "saas_balanced",
        "medium",
        "busy",
        "cooperative",
        "Ten agents with skills of their own: the fastest for this ticket is often the only fast "
        "one for the next, and an urgent ticket may cost two others their deadline.",
    ),
    Task(
        "nested_085",
        "medium",
        "busy",
        "cooperative",
        "Seniors are better at everything, and that is the trap: a senior on a simple ticket is "
        "missing where only seniors can help.",
    ),
    Task(
        "chain_085",
        "medium",
        "busy",
        "cooperative",
        "Everybody can help the next, along a chain with an uneven mix: helping too early fills "
        "the desk with slow work, never helping leaves queues that grow.",
    ),
    Task(
        "nested_tight",
        "medium",
        "busy",
        "cooperative",
        "Juniors drown in long simple tickets unless seniors help, and every senior who helps is "
        "missing elsewhere within minutes: who helps with what has to follow the queues.",
    ),
    Task(
        "chain_tight",
        "medium",
        "busy",
        "cooperative",
        "Help along the chain is slow, and slow help on a long ticket takes an hour: whether it "
        "pays depends on the ticket, on both queues and on who else is about to be free.",
    ),
    Task(
        "incident_storm",
        "medium",
        "busy",
        "cooperative",
        "Tickets come in waves and wait for each other; while one is blocked its holder's hands "
        "are free, and a swarm may clear the ticket that all others wait for.",
    ),
    Task(
        "everything_on",
        "medium",
        "busy",
        "cooperative",
        "Shifts, days off, learning, reopened and blocked tickets and every verb at once: no "
        "single rule speaks to all of it.",
    ),
    Task(
        "saas_hard",
        "medium",
        "overloaded",
        "cooperative",
        "Not everything can be done: targets are tight, customers give up, and somebody has to "
        "choose which tickets will be late.",
    ),
    Task(
        "overload_monday",
        "medium",
        "overloaded",
        "cooperative",
        "A morning at one and a half times the capacity: what is taken in the wrong order before "
        "noon is paid for all afternoon.",
    ),
    Task(
        "own_interest",
        "medium",
        "busy",
        "mixed",
        "Whoever resolves a ticket is paid and whoever holds it too long is charged, so an agent "
        "gains by taking what is quick and leaving what is nearly late to the desk.",
    ),
    Task(
        "auction_desk",
        "medium",
        "busy",
        "mixed",
        "Agents bid and pay, and each keeps what it earns: bidding too high wastes money, too low "
        "leaves tickets to those who are slow at them.",
        board="bidding",
    ),
    Task(
        "support_bfsi",
        "medium",
        "busy",
        "mixed",
        "Whom to take and what to say: the words that solve a calm customer's problem lose an "
        "angry one, and each agent is paid for its own customers.",
        board="talking",
    ),
    Task(
        "follow_the_sun",
        "medium",
        "busy",
        "cooperative",
        "A third of the team is there at a time: a ticket begun before the end of a shift is begun "
        "again by another, who may know less about it.",
    ),
    Task(
        "servicenow_itsm",
        "large",
        "overloaded",
        "cooperative",
        "Twenty agents, nine categories and the peaks of a real week: 0.4 of the capacity on the "
        "whole, 1.6 at the worst hour. Agents can serve nearly nine pairs in ten, and the capacity "
        "programme uses one in six.",
    ),
)

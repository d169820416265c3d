"""A conversation solved exactly, from a scenario's tables alone: no code of the simulator's."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from marl_routing.scenario import Scenario

STRATEGIES = (
    "empathetic", "technical", "escalate", "product_recommend", "apologetic", "educational",
    "quick_resolution", "upsell",
)  # fmt: skip
ESCALATE = STRATEGIES.index("escalate")
HAPPIEST, UNWORN = 4, (0,) * len(STRATEGIES)
LOST, ESCALATED = -1.2, -0.3  # weights of the preset `conversation`
DECIMALS = 5  # of the satisfaction, which the simulator keeps with more


class State(NamedTuple):
    """Where a conversation stands; `worn` counts how often each strategy failed, 2 at most."""

    turns: int
    progress: int
    sentiment: int
    satisfaction: float
    worn: tuple[int, ...] = UNWORN


Value = Callable[[State], float]
Rule = Callable[[State], int]
Outcome = tuple[float, float, State | None]  # probability, reward, what follows


class Conversation:
    """An inquiry type and a customer of average context, whom nobody escalated before.

    Attributes:
        best_value: of a state under the best rule.
        best: what that says.
        myopic: what pays most in this turn, whatever comes after.
    """

    def __init__(self, scenario: Scenario, inquiry: int, tier: int, expertise: float) -> None:
        customers = scenario.customers
        assert customers is not None
        self.customers, self.kind = customers, customers.inquiry_types[inquiry][2]
        self.effects = [customers.strategies.effects[name] for name in STRATEGIES]
        skill = customers.skill_floor + (1 - customers.skill_floor) * expertise
        self.works = skill * np.array([self.kind.effectiveness[name] for name in STRATEGIES])
        self.tier_value = customers.tier_value[tier]
        self.best_value: Value = cache(
            lambda state: max(self.worth(state, s, self.best_value) for s in range(len(STRATEGIES)))
        )
        self.best: Rule = cache(lambda state: self._best(state, self.best_value))
        self.myopic: Rule = cache(lambda state: self._best(state, lambda _: 0.0))

    def outcomes(self, state: State, strategy: int) -> Iterator[Outcome]:
        """What may come of saying that; impossible ones among them."""
        wear = 1 - self.customers.wear * state.worn[strategy] / 2
        chance = float(np.clip(self.works[strategy, state.sentiment] * wear, 0.02, 0.98))
        yield from self._effective(state, strategy, chance)
        yield from self._ineffective(state, strategy, 1 - chance)

    def _effective(self, state: State, strategy: int, chance: float) -> Iterator[Outcome]:
        effect, turns = self.effects[strategy], state.turns + 1
        if strategy == ESCALATE:
            pays = ESCALATED + self.customers.escalation_value * self.tier_value
            yield chance, pays, None
            return
        satisfaction = state.satisfaction + effect.gain * (1 - state.satisfaction)
        progress, longest = state.progress + effect.advance, self.customers.max_turns
        if progress >= self.kind.needs:
            yield (
                chance,
                2 * satisfaction + 0.1 + 0.4 * (1 - turns / longest) + self.tier_value,
                None,
            )
            return
        happier = min(HAPPIEST, state.sentiment + 1)
        for probability, sentiment in ((effect.rise, happier), (1 - effect.rise, state.sentiment)):
            follows = State(turns, progress, sentiment, round(satisfaction, DECIMALS), state.worn)
            yield chance * probability, *self._goes_on(follows)

    def _ineffective(self, state: State, strategy: int, chance: float) -> Iterator[Outcome]:
        effect = self.effects[strategy]
        satisfaction = round(state.satisfaction * (1 - effect.loss), DECIMALS)
        worn = list(state.worn)
        if self.customers.wear:
            worn[strategy] = min(2, worn[strategy] + 1)
        fall = effect.fall[state.sentiment]
        stays = State(state.turns + 1, state.progress, state.sentiment, satisfaction, tuple(worn))
        yield chance * (1 - fall), *self._goes_on(stays)
        if state.sentiment == 0:
            yield chance * fall, LOST, None  # hangs up
        else:
            yield chance * fall, *self._goes_on(stays._replace(sentiment=state.sentiment - 1))

    def _goes_on(self, state: State) -> tuple[float, State | None]:
        return (0.0, state) if state.turns < self.customers.max_turns else (LOST, None)

    def worth(self, state: State, strategy: int, value: Value) -> float:
        """Expected reward of saying that, with the value of what follows."""
        return sum(
            probability * (reward + (value(follows) if follows else 0.0))
            for probability, reward, follows in self.outcomes(state, strategy)
            if probability
        )

    def value_of(self, rule: Rule) -> Value:
        """Of a state, under a rule."""
        value: Value = cache(lambda state: self.worth(state, rule(state), value))
        return value

    def _best(self, state: State, value: Value) -> int:
        return max(range(len(STRATEGIES)), key=lambda s: self.worth(state, s, value))

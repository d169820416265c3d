"""Industries and strategies, each a file of its own: who asks for what, and how they take it."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from marl_routing.core.conversation_record import NUM_CONTEXT, NUM_SENTIMENTS, NUM_TIERS, STRATEGIES
from marl_routing.scenario.errors import ScenarioError, fault
from marl_routing.scenario.files import read_named
from marl_routing.scenario.values import Few, Name, Named, NonNegative, Number, Section, Share

MOST_NEEDS = 10
URGENCIES = ("critical", "high", "medium", "low", "minimal")

ByTier = Annotated[
    tuple[NonNegative, ...], Field(min_length=NUM_TIERS, max_length=NUM_TIERS)
]  # basic, premium, vip
SharesByTier = Annotated[tuple[Share, ...], Field(min_length=NUM_TIERS, max_length=NUM_TIERS)]
BySentiment = Annotated[
    tuple[Share, ...], Field(min_length=NUM_SENTIMENTS, max_length=NUM_SENTIMENTS)
]  # angry to delighted
Sentiments = Annotated[
    tuple[NonNegative, ...], Field(min_length=NUM_SENTIMENTS, max_length=NUM_SENTIMENTS)
]
Urgency = Annotated[
    tuple[NonNegative, ...], Field(min_length=len(URGENCIES), max_length=len(URGENCIES))
]
Range = Annotated[tuple[Share, ...], Field(min_length=2, max_length=2)]


class InquiryType(Section):
    """What customers ask for: a category of tickets.

    Attributes:
        share: weight among the inquiry types of its industry.
        needs: effective turns of solving until it is resolved.
        tiers: weights of basic, premium and vip customers.
        sentiments: weights of angry, annoyed, neutral, pleased and delighted customers at arrival.
        urgency: weights of critical, high, medium, low and minimal.
        prior_satisfaction: lowest and highest satisfaction at arrival.
        effectiveness: of each strategy, the probability that a turn of an expert works, from angry
            to delighted customers.
    """

    share: NonNegative = 1.0
    needs: Annotated[Few, Field(le=MOST_NEEDS)]
    tiers: ByTier
    sentiments: Sentiments
    urgency: Urgency
    prior_satisfaction: Range
    effectiveness: Named[BySentiment]

    @model_validator(mode="after")
    def _has_weights(self) -> Self:
        for key in ("tiers", "sentiments", "urgency"):
            if not sum(getattr(self, key)):
                raise fault(key, "expected at least one weight above 0")
        low, high = self.prior_satisfaction
        if low > high:
            raise fault("prior_satisfaction", f"expected lowest, highest, got {low:g}, {high:g}")
        return self

    @model_validator(mode="after")
    def _knows_all_strategies(self) -> Self:
        _has_strategies("effectiveness", self.effectiveness)
        return self


class Industry(Section):
    """Who calls, and why.

    Attributes:
        name: for reports.
        description: one or two sentences.
        inquiry_types: by name, in the order of the desk's categories.
    """

    name: Name
    description: str = ""
    inquiry_types: Annotated[Named[InquiryType], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        return _from_file("industries", data)

    @model_validator(mode="after")
    def _has_arrivals(self) -> Self:
        if not sum(kind.share for kind in self.inquiry_types.values()):
            raise fault("inquiry_types", "expected at least one share above 0")
        return self


class Strategy(Section):
    """What one way of answering does.

    Attributes:
        rise: probability that an effective turn raises the sentiment.
        gain: share of the way to full satisfaction that an effective turn takes.
        loss: share of the satisfaction that an ineffective turn takes.
        advance: steps of the solution that an effective turn makes.
        fall: probability that an ineffective turn lowers the sentiment, from angry (who hang up) to
            delighted customers.
        context: what each entry of the customer's context adds to the probability that a turn
            works, times the entry less 0.5 (default: nothing).
    """

    rise: Share
    gain: Share
    loss: Share
    advance: Annotated[int, Field(strict=True, ge=0, le=MOST_NEEDS)]
    fall: BySentiment
    context: Named[Number] = Field(default_factory=Named)


class Strategies(Section):
    """The eight ways of answering, the same in all industries.

    Attributes:
        context: ten names of what is known of a customer, each 0 to 1, and what they mean.
        effects: of each strategy.
    """

    context: Annotated[Named[Name], Field(min_length=NUM_CONTEXT, max_length=NUM_CONTEXT)]
    effects: Named[Strategy]

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        return _from_file("strategies", data)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _has_strategies("effects", self.effects)
        for name, strategy in self.effects.items():
            for entry in strategy.context:
                if entry not in self.context:
                    raise fault(
                        f"effects.{name}.context.{entry}",
                        f"expected one of {', '.join(self.context)}",
                    )
        return self


def _has_strategies(key: str, given: Named[Any]) -> None:
    for name in given:
        if name not in STRATEGIES:
            raise fault(f"{key}.{name}", f"expected one of {', '.join(STRATEGIES)}")
    for name in STRATEGIES:
        if name not in given:
            raise fault(f"{key}.{name}", "is required")


def _from_file(folder: str, data: Any) -> Any:
    """The data of the file that a text names; anything else stands for itself."""
    if not isinstance(data, str):
        return data
    try:
        return read_named(folder, data)
    except ScenarioError as error:
        raise fault("", str(error)) from None

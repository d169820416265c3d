"""Kinds of numbers and names that sections are made of, and what every section has in common."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    Tag,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from marl_routing.scenario.errors import fault

# Strict: "3" and true are no numbers, 2.5 is no count.
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
PositiveCount = Annotated[int, Field(strict=True, gt=0, le=10_000_000)]
Few = Annotated[int, Field(strict=True, gt=0, le=10_000)]  # agents, slots
Many = Annotated[int, Field(strict=True, gt=0, le=100_000)]  # tickets
Flag = Annotated[bool, Field(strict=True)]
Name = Annotated[str, Field(strict=True, min_length=1)]
Names = Annotated[tuple[Name, ...], Field(min_length=1)]


def _number_or_list(value: object) -> str:
    return "<list>" if isinstance(value, (list, tuple)) else "<number>"


OneOrEach = Annotated[  # one positive number for all, or a list with one each
    Annotated[Positive, Tag("<number>")] | Annotated[tuple[Positive, ...], Tag("<list>")],
    Discriminator(_number_or_list),
]
WeightOrEach = Annotated[
    Annotated[Number, Tag("<number>")] | Annotated[tuple[Number, ...], Tag("<list>")],
    Discriminator(_number_or_list),
]


T = TypeVar("T")


class Named(dict[str, T]):
    """Names and what each stands for; their order counts, and nothing changes them."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and list(self.items()) == list(other.items())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        (kind,) = get_args(source)
        return core_schema.no_info_after_validator_function(cls, handler(dict[Name, kind]))  # type: ignore[valid-type]


def each(value: float | tuple[float, ...], count: int) -> tuple[float, ...]:
    """One number each, where one number may stand for all."""
    return value if isinstance(value, tuple) else (value,) * count


class Section(BaseModel):
    """Part of a scenario: immutable, and nothing in it is silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, data: Any) -> Any:
        if isinstance(data, dict):
            for key in data:
                if key not in cls.model_fields:
                    raise fault(str(key), f"unknown key, {_suggest(str(key), cls)}")
        return data


def _suggest(key: str, section: type[BaseModel]) -> str:
    near = get_close_matches(key, section.model_fields, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"expected one of {', '.join(section.model_fields)}"

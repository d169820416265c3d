"""The table of policies, and how a text such as `threshold:help_beyond=7` becomes one."""

import inspect
import math
from collections.abc import Callable, Mapping
from pathlib import Path

from marl_routing.policies.auction import Auction
from marl_routing.policies.best_skill import BestSkill
from marl_routing.policies.c_mu import CMu
from marl_routing.policies.c_mu_theta import CMuTheta
from marl_routing.policies.calm_then_solve import CalmThenSolve
from marl_routing.policies.capacity_weights import CapacityWeights
from marl_routing.policies.contract_net import ContractNet
from marl_routing.policies.dotted import find_class
from marl_routing.policies.earliest_deadline import EarliestDeadline
from marl_routing.policies.fcfs_longest_idle import FcfsLongestIdle
from marl_routing.policies.fixed import Fixed
from marl_routing.policies.fixed_queue_ratio import FixedQueueRatio
from marl_routing.policies.folders import of_folder
from marl_routing.policies.gc_mu_age import GcMuAge
from marl_routing.policies.gc_mu_queue import GcMuQueue
from marl_routing.policies.highest_priority import HighestPriority
from marl_routing.policies.hungarian import Hungarian
from marl_routing.policies.learned import CARD
from marl_routing.policies.least_expected_delay import LeastExpectedDelay
from marl_routing.policies.least_loaded import LeastLoaded
from marl_routing.policies.longest_queue import LongestQueue
from marl_routing.policies.longest_since_assigned import LongestSinceAssigned
from marl_routing.policies.lp_specialist import LpSpecialist
from marl_routing.policies.max_weight import MaxWeight
from marl_routing.policies.most_spare_capacity import MostSpareCapacity
from marl_routing.policies.optimised_index import OptimisedIndex
from marl_routing.policies.pass_ import Pass
from marl_routing.policies.policy import BidPolicy, Policy
from marl_routing.policies.power_of_two import PowerOfTwo
from marl_routing.policies.random_ import Random
from marl_routing.policies.rollout import Rollout
from marl_routing.policies.round_robin import RoundRobin
from marl_routing.policies.shaded import Shaded
from marl_routing.policies.shortest_queue import ShortestQueue
from marl_routing.policies.skills_timeout import SkillsTimeout
from marl_routing.policies.table_greedy import TableGreedy
from marl_routing.policies.talking import TalkingPolicy
from marl_routing.policies.threshold import Threshold
from marl_routing.policies.truthful import Truthful

_RULES: tuple[type[Policy], ...] = (
    Pass,
    Random,
    RoundRobin,
    LeastLoaded,
    FcfsLongestIdle,
    BestSkill,
    HighestPriority,
    EarliestDeadline,
    CMu,
    Hungarian,
    Threshold,
    LpSpecialist,
    LongestQueue,
    FixedQueueRatio,
    CMuTheta,
    GcMuQueue,
    GcMuAge,
    MaxWeight,
    SkillsTimeout,
    ShortestQueue,
    PowerOfTwo,
    LeastExpectedDelay,
    MostSpareCapacity,
    CapacityWeights,
    LongestSinceAssigned,
    Auction,
    ContractNet,
)
_SEARCHERS: tuple[type[Policy], ...] = (OptimisedIndex, Rollout)
_TALKERS: tuple[type[TalkingPolicy], ...] = (Fixed, TableGreedy, CalmThenSolve)
_BIDDERS: tuple[type[BidPolicy], ...] = (Truthful, Shaded)
_BY_NAME: dict[str, Callable[..., Policy | BidPolicy]] = {
    **{rule.name: rule for rule in _RULES},
    **{rule.name: rule for rule in _SEARCHERS},
    **{rule.name: rule for rule in _TALKERS},
    **{rule.name: rule for rule in _BIDDERS},
}


def list_policies(
    bidding: bool = False, talking: bool = False, searching: bool = False
) -> list[str]:
    """Names of the shipped policies, the simplest first.

    Args:
        bidding: with those for desks where agents bid.
        talking: with those for desks with customers.
        searching: with those that need weights tuned for the desk, or much time.
    """
    left_out = (
        *(() if talking else _TALKERS),
        *(() if bidding else _BIDDERS),
        *(() if searching else _SEARCHERS),
    )
    return [name for name, rule in _BY_NAME.items() if rule not in left_out]


def load_policy(text: str) -> Policy | BidPolicy:
    """Build a policy from `name` or `name:parameter=value:parameter=value`.

    Args:
        text: for example `"c_mu"` or `"threshold:help_beyond=7"`; the name of a shipped policy, the
            dotted path of a class of one's own, `"my_module.MyPolicy:share=0.5"`, or the folder of
            a model that `marl-routing train` saved.

    Returns:
        A policy whose `name` is `text`.

    Raises:
        ValueError: unknown name or parameter, or a value of the wrong kind; a class that cannot be
            imported, or is no policy.
    """
    if not isinstance(text, str):
        raise ValueError(f"policy: expected a name, got {text!r}")
    name, _, settings = text.partition(":")
    rule = _find(name)
    signature = inspect.signature(rule, eval_str=True)
    policy = rule(**_parse(name, settings, signature.parameters))
    policy.name = text
    return policy


def _find(name: str) -> Callable[..., Policy | BidPolicy]:
    """What builds the policy of a name."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    if (Path(name) / CARD).is_file():
        return of_folder(name)
    if all(map(str.isidentifier, name.split("."))) and "." in name:
        return find_class(name)
    known = ", ".join(_BY_NAME)
    raise ValueError(
        f"policy: no policy is called {name!r}; expected one of {known}, "
        "or the dotted path of a class, my_module.MyPolicy"
    )


def _parse(
    name: str, settings: str, known: Mapping[str, inspect.Parameter]
) -> dict[str, int | float | str]:
    """Read `parameter=value:...` by the constructor's own annotations."""
    values: dict[str, int | float | str] = {}
    for setting in filter(None, settings.split(":")):
        key, _, value = setting.partition("=")
        if key not in known:
            expected = ", ".join(known) or "none"
            raise ValueError(f"policy {name}: no parameter {key!r}; expected {expected}")
        kind = known[key].annotation
        if kind not in (int, float, str):
            raise ValueError(f"policy {name}: {key} can be set only if annotated int, float or str")
        values[key] = value if kind is str else _number(f"policy {name}: {key}", kind, value)
    for key, parameter in known.items():
        takes_any = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if parameter.default is parameter.empty and not takes_any and key not in values:
            raise ValueError(f"policy {name}: expected {name}:{key}=...")
    return values


def _number(field: str, kind: type[int] | type[float], text: str) -> int | float:
    """Read one finite number."""
    try:
        number = kind(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{field} must be a finite {kind.__name__}, not {text!r}")
    return number

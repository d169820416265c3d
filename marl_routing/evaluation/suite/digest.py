"""What a kept result follows from, in a short text: with another one it is played anew."""

import hashlib
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from marl_routing import core, envs, policies, theory
from marl_routing.core.compiler import blank_records
from marl_routing.core.record import state_dtype
from marl_routing.envs.conversations import desk_view
from marl_routing.evaluation import compiled, episodes, protocol
from marl_routing.evaluation.compiled import is_compiled
from marl_routing.evaluation.seeds import TEST
from marl_routing.evaluation.suite.tasks import KPIS
from marl_routing.policies import BidPolicy, Policy, kernels
from marl_routing.policies.compiled import CompiledPolicy
from marl_routing.policies.folders import FILES
from marl_routing.policies.rollout import Rollout
from marl_routing.scenario import Scenario, compile_scenario

_COMPILED = (core, kernels)  # what plays a compiled rule
_ASKED = (core, envs, policies, theory)  # what any other policy may follow from
_PLAYING = (compiled, episodes, protocol)  # how either meets its desks


def digest_of(scenario: Scenario, policy: Policy | BidPolicy, number: int) -> str:
    """Tells apart whatever gives other episodes.

    That is the scenario, seeds, the simulator, the policy's source and settings, the files that
    these name, and the data of compiled rules: of the policy, or those that it plays on by.

    Args:
        scenario, policy: who plays what.
        number: of episodes.

    Raises:
        ValueError: if a rule has no data for this scenario, such as weights tuned for it.
    """
    digest = hashlib.sha256()
    what = (scenario.digest, policy.name, f"{TEST} {number}", " ".join(KPIS))
    packages = map(_package, _COMPILED if is_compiled(policy) else _ASKED)
    for part in (*what, *map(inspect.getsource, _PLAYING), *packages, *_classes(policy)):
        digest.update(part.encode() + b"\0")
    for path in _files(policy.name):
        digest.update(path.read_bytes())
    for data in _data(scenario, policy):
        digest.update(data)
    return digest.hexdigest()[:16]


def _files(text: str) -> list[Path]:
    """What a policy's name names: files among its settings, or those of a saved model's folder."""
    name, *settings = text.split(":")
    paths = [Path(setting.partition("=")[2]) for setting in settings]
    return [path for path in (*paths, *(Path(name, file) for file in FILES)) if path.is_file()]


@cache
def _package(package: Any) -> str:
    """A digest of all source of a package."""
    folder, digest = Path(package.__file__).parent, hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _classes(policy: Policy | BidPolicy) -> Iterator[str]:
    """The files of the policy's class and of what it inherits."""
    for kind in type(policy).__mro__:
        if kind.__module__ not in ("builtins", "abc", "typing"):
            yield Path(inspect.getfile(kind)).read_text(encoding="utf-8")


def _data(scenario: Scenario, policy: Policy | BidPolicy) -> Iterator[bytes]:
    """What compiled code is given: the desk's numbers, and those of rules."""
    parameters = compile_scenario(scenario)
    yield from _flat(parameters.rules)
    view = desk_view(blank_records(1, state_dtype(parameters.sizes)), parameters)
    for rule in _rules(policy):
        yield from _flat(rule.rule(view))


def _rules(policy: Policy | BidPolicy) -> list[CompiledPolicy]:
    """The compiled rules in a policy: itself, or those that a look-ahead plays on by."""
    if isinstance(policy, Rollout):
        return policy.bases
    return [policy] if is_compiled(policy) else []


def _flat(data: Any) -> Iterator[bytes]:
    """The bytes of arrays and numbers in nested tuples."""
    if isinstance(data, tuple):
        for part in data:
            yield from _flat(part)
    else:
        yield np.asarray(data).tobytes()

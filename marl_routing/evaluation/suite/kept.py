"""Results of the suite as they are kept, so that only what is missing or changed is played."""

import json
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Self

import marl_routing
from marl_routing.evaluation.suite.tasks import VERSION

DIGITS = 6  # significant ones of a kept number


def versions() -> dict[str, str]:
    """What else decides the last digit of a result."""
    return {
        "marl-routing": marl_routing.__version__,
        **{name: version(name) for name in ("numba", "numpy", "scipy")},
    }


@dataclass(frozen=True)
class Played:
    """Episodes of one policy on one scenario.

    Attributes:
        digest: of all that they follow from; another digest, and they are played anew.
        rewards: reward a step of each episode, summed over agents, in order of seeds.
        kpis: means over the episodes; None where no episode has such a number.
    """

    digest: str
    rewards: list[float]
    kpis: dict[str, float | None]


@dataclass
class Kept:
    """All results of one suite.

    Attributes:
        episodes: of each policy on each scenario, but for slow policies.
        results: by scenario and policy.
        suite, versions: of what they were played with.
    """

    episodes: int
    results: dict[str, dict[str, Played]] = field(default_factory=dict)
    suite: str = VERSION
    versions: dict[str, str] = field(default_factory=versions)

    @classmethod
    def load(cls, path: Path, episodes: int) -> Self:
        """What a file keeps, if it is there; else nothing yet.

        Raises:
            ValueError: if it keeps another number of episodes, or what other versions played, or
                is no such file.
        """
        if not path.exists():
            return cls(episodes)
        kept = cls.from_json(path.read_text(encoding="utf-8"), str(path))
        if kept.episodes != episodes:
            raise ValueError(
                f"episodes: {path} keeps {kept.episodes} a policy; expected that number, not "
                f"{episodes}, or another --out"
            )
        was = {"suite": kept.suite, **kept.versions}
        now = {"suite": VERSION, **versions()}
        if was != now:
            raise ValueError(
                f"{path} keeps results of {_others(was, now)}; expected {_others(now, was)}: "
                "delete it or give another --out"
            )
        return kept

    @classmethod
    def from_json(cls, text: str, source: str = "the results") -> Self:
        """What `to_json` wrote."""
        try:
            data = json.loads(text)
            results = {
                scenario: {policy: Played(**row) for policy, row in rows.items()}
                for scenario, rows in data.pop("results").items()
            }
            return cls(results=results, **data)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"{source}: expected kept results of the suite ({error})") from None

    def to_json(self) -> str:
        """JSON, a line a policy: in order of names, whatever was played first."""
        head = json.dumps(
            {"suite": self.suite, "episodes": self.episodes, "versions": self.versions}
        )
        blocks = (
            f'  "{scenario}": {{\n{_lines(self.results[scenario])}\n  }}'
            for scenario in sorted(self.results)
        )
        return head[:-1] + ', "results": {\n' + ",\n".join(blocks) + "\n}}\n"


def _others(these: dict[str, str], those: dict[str, str]) -> str:
    """The versions in `these` that are not in `those`."""
    return ", ".join(
        f"{name} {number}" for name, number in these.items() if those.get(name) != number
    )


def _lines(rows: dict[str, Played]) -> str:
    return ",\n".join(
        f"    {json.dumps(policy)}: {json.dumps(asdict(rows[policy]))}" for policy in sorted(rows)
    )

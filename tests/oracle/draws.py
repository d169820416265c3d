"""Plain-integer counter-based draws, written from docs/design.md ("Randomness")."""

from collections.abc import Sequence

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
STREAMS = (
    "arrival",
    "category",
    "priority",
    "work",
    "patience",
    "serve",
    "switch",
    "tie",
    "phase",
    "absence",
    "regression",
    "block",
    "pending",
    "reopen",
    "return",
    "dependency",
    "customer",
    "turn",
)


def mix(x: int) -> int:
    """Scramble 64 bits: splitmix64's finaliser."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def fold(bits: int, *counters: int) -> int:
    """Hash counters into `bits`, one after the other."""
    for counter in counters:
        bits = mix((bits + (counter + 1) * GOLDEN) & MASK)
    return bits


def unit(bits: int) -> float:
    """The upper 53 bits as a number in [0, 1)."""
    return (bits >> 11) * 2.0**-53


class Draws:
    """All the randomness of one episode of one seed."""

    def __init__(self, seed: int, episode: int) -> None:
        episode_key = fold(mix(seed & MASK), episode)
        self.keys = {name: fold(episode_key, i) for i, name in enumerate(STREAMS)}

    def uniform(self, stream: str, *counters: int) -> float:
        """The number in [0, 1) that belongs to these counters of a stream."""
        return unit(fold(self.keys[stream], *counters))

    def happens(self, probability: float, stream: str, *counters: int) -> bool:
        """Whether something of this probability befalls."""
        return probability > 0 and self.uniform(stream, *counters) < probability

    def inverse(self, cdf: Sequence[float], stream: str, *counters: int) -> int:
        """The first index whose cumulative probability lies above the draw."""
        draw = self.uniform(stream, *counters)
        return next(i for i, below in enumerate(cdf) if draw < below)

    def tie(self, step: int, ticket: int, agent: int) -> int:
        """Who wins between equals: the larger."""
        return fold(self.keys["tie"], step, ticket, agent)

    def geometric(self, bits: Sequence[float], stream: str, *counters: int) -> int:
        """A number of steps, at least one, from the probabilities of its binary digits."""
        digits = (self.uniform(stream, *counters, i) < p for i, p in enumerate(bits))
        return 1 + sum(1 << i for i, digit in enumerate(digits) if digit)

"""The networks: an actor that scores every visible ticket, and a critic of the whole desk."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.distributions import Categorical

from marl_routing.core.batch import Batch

_OF_SLOTS = ("my_expertise", "my_rank", "best_other", "biddable")
_FORBIDDEN = -1e9  # logit of what the mask forbids
_FAR = 5.0  # standard deviations at which inputs are clipped


@dataclass(frozen=True)
class Layout:
    """Which numbers of an observation tell of which slot.

    Attributes:
        slots: (K, f) columns of each slot's f numbers.
        context: columns of all others.
        actions: pass, K accepts and the verbs.
    """

    slots: NDArray[np.int64]
    context: NDArray[np.int64]
    actions: int

    @classmethod
    def of(cls, desks: Batch) -> Self:
        """By the names of the entries."""
        names = [name.split("[")[0] for name, _, _ in desks.observation_fields()]
        of_slots = [name in _OF_SLOTS or name.startswith("slot_") for name in names]
        kinds = dict.fromkeys(name for name, of in zip(names, of_slots, strict=True) if of)
        columns = (np.flatnonzero(np.array(names) == kind) for kind in kinds)
        slots = np.concatenate([each.reshape(desks.num_slots, -1) for each in columns], axis=1)
        context = np.flatnonzero(~np.array(of_slots))
        return cls(slots, context, desks.action_masks.shape[2])


class Normal(nn.Module):
    """Inputs less their running mean, in units of their running deviation."""

    mean: Tensor
    variance: Tensor
    count: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("variance", torch.ones(width))
        self.register_buffer("count", torch.tensor(1e-4))

    def notice(self, rows: Tensor) -> None:
        """Count rows, (n, width), into the running moments."""
        if len(rows) == 0:
            return
        count, off = self.count + len(rows), rows.mean(0) - self.mean
        squares = self.variance * self.count + rows.var(0, correction=0) * len(rows)
        self.variance = (squares + off**2 * self.count * len(rows) / count) / count
        self.mean = self.mean + off * len(rows) / count
        self.count = count

    def forward(self, rows: Tensor) -> Tensor:
        """(..., width)."""
        scaled: Tensor = (rows - self.mean) / torch.sqrt(self.variance + 1e-6)
        return scaled.clamp(-_FAR, _FAR)


def _layer(inputs: int, outputs: int, gain: float = 2**0.5) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer


class Actor(nn.Module):
    """One policy for all agents: every visible ticket is scored alike, in the agent's context.

    Args:
        layout: of the observations.
        hidden: width of the layers.
    """

    slots: Tensor
    context: Tensor

    def __init__(self, layout: Layout, hidden: int) -> None:
        super().__init__()
        num_slots, per_slot = layout.slots.shape
        self.register_buffer("slots", torch.from_numpy(layout.slots), persistent=False)
        self.register_buffer("context", torch.from_numpy(layout.context), persistent=False)
        self.normal = Normal(layout.slots.size + len(layout.context))
        self.of_context = _layer(len(layout.context), hidden)
        self.in_context = _layer(hidden, hidden)
        self.of_slot = _layer(per_slot, hidden)
        self.of_place = nn.Parameter(torch.zeros(num_slots, hidden))
        self.score = _layer(hidden, 1, 0.01)
        self.others = _layer(hidden, layout.actions - num_slots, 0.01)

    def notice(self, rows: Tensor) -> None:
        """Count observations into the running moments of inputs."""
        self.normal.notice(rows)

    def forward(self, rows: Tensor, legal: Tensor) -> Categorical:
        """The distribution of each agent's action.

        Args:
            rows: (n, F) observations.
            legal: (n, actions) bool.
        """
        inputs = self.normal(rows)
        inside = self.in_context(torch.tanh(self.of_context(inputs[:, self.context])))
        others = self.others(torch.tanh(inside))
        num_slots = len(self.slots)
        # Only tickets that may be taken are looked at: most slots are holes.
        row, slot = legal[:, 1 : 1 + num_slots].nonzero(as_tuple=True)
        seen = self.of_slot(inputs[row[:, None], self.slots[slot]])
        seen = torch.tanh(seen + self.of_place[slot] + inside[row])
        scores = others.new_zeros(len(rows), num_slots)
        scores = scores.index_put((row, slot), self.score(seen).squeeze(-1))
        logits = torch.cat([others[:, :1], scores, others[:, 1:]], 1)
        return Categorical(logits=logits.masked_fill(~legal, _FORBIDDEN), validate_args=False)


class Critic(nn.Module):
    """Values of the whole desk's state, one for each way in which agents are paid.

    Args:
        width: of the state.
        heads: 1 where all agents are paid alike, else one an agent.
        hidden: width of the layers.
    """

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.normal = Normal(width)
        self.layers = nn.Sequential(
            _layer(width, hidden),
            nn.Tanh(),
            _layer(hidden, hidden),
            nn.Tanh(),
            _layer(hidden, heads, 1.0),
        )

    def notice(self, states: Tensor) -> None:
        """Count states into the running moments of inputs."""
        self.normal.notice(states)

    def forward(self, states: Tensor) -> Tensor:
        """(..., heads) values of (..., S) states."""
        values: Tensor = self.layers(self.normal(states))
        return values

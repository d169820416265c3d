"""The networks: an actor that scores every visible ticket, and a critic of the whole desk."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import log_softmax, relu

from marl_routing.core.batch import Batch
from marl_routing.policies.learned import FAR, FORBIDDEN

_OF_SLOTS = ("my_expertise", "my_rank", "best_other", "biddable")


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
        return scaled.clamp(-FAR, FAR)


def _layer(inputs: int, outputs: int, gain: float = 2**0.5) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer


class Actor(nn.Module):
    """One policy for all agents: the agent's context asks, every visible ticket answers.

    A ticket's score is the product of two vectors, of the context and of the ticket's numbers
    (pointer networks, Vinyals et al. 2015), so it takes few numbers more to see fifty tickets.

    Args:
        layout: of the observations.
        hidden: width of the layers of the context; tickets have half of it.
    """

    columns: Tensor

    def __init__(self, layout: Layout, hidden: int) -> None:
        super().__init__()
        self.num_slots, self.per_slot = layout.slots.shape
        self.num_context = len(layout.context)
        columns = np.concatenate([layout.context, layout.slots.ravel()])
        self.register_buffer("columns", torch.from_numpy(columns))
        self.normal = Normal(len(columns))
        self.context = nn.Sequential(
            _layer(self.num_context, hidden), nn.Tanh(), _layer(hidden, hidden), nn.Tanh()
        )
        self.question = _layer(hidden, hidden // 2, 0.1)
        self.ticket = _layer(self.per_slot, hidden // 2)
        self.place = nn.Parameter(torch.zeros(self.num_slots, hidden // 2))
        self.others = _layer(hidden, layout.actions - self.num_slots, 0.01)

    def inputs(self, rows: Tensor) -> Tensor:
        """(n, F) observations in the order and units in which `scores` reads them."""
        ordered: Tensor = self.normal(rows)[:, self.columns]
        return ordered

    def scores(self, inputs: Tensor, legal: Tensor) -> Tensor:
        """(n, actions) logarithms of probabilities.

        Args:
            inputs: (n, F) of `inputs`.
            legal: (n, actions) bool.
        """
        context = self.context(inputs[:, : self.num_context])
        tickets = inputs[:, self.num_context :].reshape(-1, self.num_slots, self.per_slot)
        answers = relu(self.ticket(tickets) + self.place)
        scores = (answers @ self.question(context)[:, :, None])[:, :, 0]
        others = self.others(context)
        logits = torch.cat([others[:, :1], scores, others[:, 1:]], 1)
        return log_softmax(logits.masked_fill(~legal, FORBIDDEN), 1)

    def forward(self, rows: Tensor, legal: Tensor) -> Tensor:
        """`scores` of (n, F) observations."""
        return self.scores(self.inputs(rows), legal)


class Critic(nn.Module):
    """Values of the whole desk's state, one for each way in which agents are paid.

    Agents count alike (deep sets, Zaheer et al. 2017). Values are learned in units of the returns'
    running deviation, and stay what they are when the unit changes (PopArt, van Hasselt et al.
    2016): costs are large at first, and fall.

    Args:
        agents: A.
        own: width of an agent's own block.
        shared: width of what follows the A blocks.
        heads: 1 where all agents are paid alike, else A.
        hidden: width of the layers.
    """

    center: Tensor
    unit: Tensor

    def __init__(self, agents: int, own: int, shared: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.agents, self.own, self.heads = agents, own, heads
        self.normal = Normal(agents * own + shared)
        self.of_desk = _layer(shared, hidden)
        self.of_agent = _layer(own, hidden)
        self.desk = _layer(hidden, hidden)
        self.agent = _layer(hidden, hidden)
        self.for_all = _layer(2 * hidden, 1, 1.0)
        self.for_one = nn.Linear(hidden, 1, bias=False)
        self.register_buffer("center", torch.zeros(1))
        self.register_buffer("unit", torch.zeros(1))

    def inputs(self, states: Tensor) -> Tensor:
        """(..., S) states in the units in which they are read."""
        scaled: Tensor = self.normal(states)
        return scaled

    def rescale(self, returns: Tensor, weight: float) -> None:
        """Move the unit towards that of returns by a weight, and keep all values as they are."""
        weight = weight if self.unit > 0 else 1.0
        old = self.unit.clamp(min=1e-6)
        center = self.center.lerp(returns.mean(), weight)
        unit = self.unit.lerp(returns.std() + 1e-6, weight)
        with torch.no_grad():
            for weights in (self.for_all.weight, self.for_one.weight):
                weights *= old / unit
            self.for_all.bias.copy_((self.for_all.bias * old + self.center - center) / unit)
        self.center, self.unit = center, unit

    def forward(self, inputs: Tensor) -> Tensor:
        """(..., heads) values, in units, of (..., S) `inputs`."""
        own = inputs[..., : self.agents * self.own].reshape(
            *inputs.shape[:-1], self.agents, self.own
        )
        desk = self.of_desk(inputs[..., self.agents * self.own :])
        each = torch.tanh(self.agent(torch.tanh(self.of_agent(own) + desk[..., None, :])))
        whole = torch.tanh(self.desk(torch.tanh(desk)))
        team: Tensor = self.for_all(torch.cat([each.sum(-2) / self.agents**0.5, whole], -1))
        return team if self.heads == 1 else team + self.for_one(each).squeeze(-1)

    def values(self, inputs: Tensor) -> Tensor:
        """The same in rewards."""
        values: Tensor = self(inputs) * self.unit + self.center
        return values

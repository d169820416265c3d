"""`DeskBatch`: many desks of one scenario as arrays, the fast path."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from marl_routing.core.batch import Batch
from marl_routing.core.user_terms import RewardTerm
from marl_routing.core.view import DeskView
from marl_routing.envs.conversations import desk_view
from marl_routing.scenario import Scenario, compile_scenario, load_scenario


class DeskBatch(Batch):
    """`core.batch.Batch` that takes a scenario's name, path or object.

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario`.
        num_envs: desks; desk i has seed `seed + i`.
        num_threads: threads that share the desks; results do not depend on it.
        reward_terms: the user's own reward terms.
        record: keep a log of events; see `events`.
        autoreset: begin a desk's next episode in the step in which it is truncated.
        device: "cpu"; or "cuda", which gives a `CudaDeskBatch` instead. That takes the scenario and
            `num_envs` only.
    """

    def __new__(cls, *args: Any, device: str = "cpu", **options: Any) -> Any:
        """A batch where the device is."""
        if device == "cpu":
            return super().__new__(cls)
        if device != "cuda":
            raise ValueError(f"device: expected 'cpu' or 'cuda', got {device!r}")
        for name in options.keys() - {"scenario", "num_envs"}:
            raise ValueError(f"{name}: expected with device='cpu' only")
        from marl_routing.envs.cuda_desk_batch import CudaDeskBatch

        return CudaDeskBatch(*args, **options)

    def __init__(
        self,
        scenario: str | Path | Scenario = "saas_balanced",
        num_envs: int = 1,
        num_threads: int = 1,
        reward_terms: Sequence[RewardTerm] = (),
        record: bool = False,
        autoreset: bool = True,
        device: str = "cpu",
    ) -> None:
        self.scenario = load_scenario(scenario)
        super().__init__(
            compile_scenario(self.scenario),
            num_envs,
            num_threads,
            reward_terms=reward_terms,
            record=record,
            autoreset=autoreset,
        )

    def view(self) -> DeskView:
        """The desks as policies see them."""
        return desk_view(self.states, self.parameters)

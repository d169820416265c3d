"""`CudaDeskBatch`: what `DeskBatch(device="cuda")` gives."""

from pathlib import Path

from marl_routing.core.gpu.batch import CudaBatch
from marl_routing.core.view import DeskView
from marl_routing.envs.conversations import desk_view
from marl_routing.scenario import Scenario, compile_scenario, load_scenario


class CudaDeskBatch(CudaBatch):
    """`core.gpu.batch.CudaBatch` that takes a scenario's name, path or object.

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario`.
        num_envs: desks; desk i has seed `seed + i`.
    """

    def __init__(
        self, scenario: str | Path | Scenario = "saas_balanced", num_envs: int = 1
    ) -> None:
        self.scenario = load_scenario(scenario)
        super().__init__(compile_scenario(self.scenario), num_envs)

    def view(self) -> DeskView:
        """The desks as policies see them: a copy on the host."""
        return desk_view(self.states, self.parameters)

"""`CudaBatch`: desks whose records, actions and observations stay on a CUDA device."""

import secrets
from typing import Any

import numba
import numpy as np
from numba import cuda
from numpy.typing import NDArray

from marl_routing.core.batch import check_actions, check_count, check_snapshot
from marl_routing.core.compiler import blank_records
from marl_routing.core.gpu import kernels
from marl_routing.core.parameters import Parameters, Rules, with_derived
from marl_routing.core.record import joint_action, state_dtype
from marl_routing.core.reports import Reports

DeviceArray = Any  # has `__cuda_array_interface__`; `copy_to_host()` gives a NumPy array


def ready_rules(parameters: Parameters) -> Rules:
    """The scenario as the kernels read it."""
    rules = parameters.rules
    # No array on the device may be empty; a ticket that comes at nan never comes.
    trace = rules.trace if len(rules.trace) else np.full((1, 4), np.nan)
    return rules._replace(desk=with_derived(rules.desk), trace=trace)


def buffers(parameters: Parameters, num_envs: int) -> dict[str, tuple[tuple[int, ...], Any]]:
    """Shape and dtype of each array that a desk has a row of, in the order of `run_desks`."""
    sizes = parameters.sizes
    agents = (num_envs, sizes.agents)
    rows = (*agents, sizes.observed)
    action, kind = joint_action(sizes)
    return {
        "actions": ((num_envs, *action), kind),
        "rewards": (agents, np.float32),
        "truncations": (agents, np.bool_),
        "observations": (rows, np.float32),
        "action_masks": ((*agents, sizes.actions), np.int8),
        "final_observations": (rows, np.float32),
        "final_states": ((num_envs,), state_dtype(sizes)),
    }


def argument_types(parameters: Parameters) -> tuple[Any, ...]:
    """The types of the arguments of `kernels.run_desks`."""
    none = [np.zeros(shape, dtype) for shape, dtype in buffers(parameters, 0).values()]
    blank = blank_records(0, state_dtype(parameters.sizes))
    runs = np.zeros(0, np.bool_)
    arrays = (*ready_rules(parameters), blank, blank, runs, *none)
    flags: Any = [numba.boolean] * 4
    typeof: Any = numba.typeof
    return (*map(typeof, arrays), *flags)


class CudaBatch(Reports):
    """N desks of one scenario on the CUDA device at hand, each begun anew at its horizon.

    The arrays below are on the device, and have `__cuda_array_interface__`:
    `torch.as_tensor(batch.observations, device="cuda")` shares their memory. They are the batch's
    own buffers: the next `step` or `reset` writes over them.

    Args:
        parameters: the scenario, made ready by `compile_scenario`.
        num_envs: N.

    Attributes:
        observations: (N, A, F) float32.
        action_masks: (N, A, 1 + K) int8; with verbs, a column for each of their actions more.
        rewards: (N, A) float32.
        terminations, truncations: (N, A) bool; a desk never terminates.
        final_observations: (N, A, F) float32, of desks truncated in the last step.
    """

    autoreset = True

    def __init__(self, parameters: Parameters, num_envs: int = 1) -> None:
        check_count("num_envs", num_envs)
        if not cuda.is_available():
            raise RuntimeError("device: expected a CUDA device and its NVVM library, found none")
        self.parameters, self.num_envs = parameters, num_envs
        sizes = parameters.sizes
        self.num_agents, self.num_slots = sizes.agents, sizes.slots
        self.bidding = sizes.bidding
        arrays: dict[str, DeviceArray] = {
            name: kernels.empty(shape, dtype)
            for name, (shape, dtype) in buffers(parameters, num_envs).items()
        }
        self._actions, self.rewards, self.truncations = list(arrays.values())[:3]
        self.observations, self.action_masks = arrays["observations"], arrays["action_masks"]
        self.final_observations = arrays["final_observations"]
        self.terminations = cuda.to_device(np.zeros((num_envs, sizes.agents), np.bool_))
        self._device_states = kernels.empty((num_envs,), state_dtype(sizes))
        self._device_finals = arrays["final_states"]
        rules = [cuda.to_device(array) for array in ready_rules(parameters)]
        blank = cuda.to_device(blank_records(1, state_dtype(sizes)))
        runs = cuda.to_device(np.ones(num_envs, np.bool_))
        self._arrays = (*rules, self._device_states, blank, runs, *arrays.values())
        self._kernel = kernels.compile_kernel(kernels.run_desks, argument_types(parameters))
        self._seeded = False
        self._user_terms = {}
        self._copies: dict[str, NDArray[Any]] = {}

    def reset(self, seed: int | None = None) -> DeviceArray:
        """Begin episode 0 of seeds seed, seed + 1, ..., or without a seed each desk's next episode.

        A first reset without a seed draws one from the system.

        Returns:
            The observations.
        """
        if seed is None and not self._seeded:
            seed = secrets.randbits(63)
        first = np.uint64(int(seed or 0) % 2**64)
        grid = kernels.grid(self.num_envs)
        kernels.open_desks[grid](self._device_states, first, seed is not None)
        self._begin(begins=True)
        return self.observations

    def step(self, actions: Any) -> None:
        """Move every clock by one step.

        Args:
            actions: as `Batch.step` takes them, on the host or on the device (then contiguous).

        Raises:
            RuntimeError: before the first reset.
            ValueError: for another shape or kind of numbers.
        """
        self._require_open()
        on_device = hasattr(actions, "__cuda_array_interface__")
        given = cuda.as_cuda_array(actions) if on_device else np.ascontiguousarray(actions)
        check_actions(given, self._actions.shape, self.bidding)
        read = kernels.read_bids if self.bidding else kernels.read_choices
        flat = self._actions.reshape(-1)
        given = cuda.to_device(given.reshape(-1))
        read[kernels.grid(flat.shape[0])](given, flat, self.parameters.sizes.actions)
        self._run(ticks=True, begins=False)

    def state(self) -> DeviceArray:
        """(N, S) float32 in [-1, 1] on the device: the whole desk, for centralised critics."""
        sizes, grid = self.parameters.sizes, kernels.grid(self.num_envs)
        out = kernels.empty((self.num_envs, sizes.agents * sizes.own + sizes.shared), np.float32)
        kernels.write_states[grid](self.observations, sizes.own, sizes.shared, out)
        return out

    def restore(self, snapshot: NDArray[Any]) -> None:
        """Go back to a snapshot of this batch, or of a `Batch` of the same scenario and size.

        Raises:
            ValueError: if the snapshot is of desks of another shape.
        """
        check_snapshot(snapshot, self.num_envs, self.parameters)
        kernels.fill(self._device_states, snapshot)
        self._begin(begins=False)

    @property
    def states(self) -> NDArray[Any]:  # type: ignore[override]
        """(N,) the records, copied to the host."""
        return self._on_host("states", self._device_states)

    @property
    def _final_states(self) -> NDArray[Any]:  # type: ignore[override]
        return self._on_host("final_states", self._device_finals)

    def _on_host(self, name: str, array: DeviceArray) -> NDArray[Any]:
        """A copy, made once a step."""
        if name not in self._copies:
            self._copies[name] = array.copy_to_host()
        return self._copies[name]

    def _begin(self, begins: bool) -> None:
        self._seeded = True
        shape = self.rewards.shape
        kernels.fill(self.rewards, np.zeros(shape, np.float32))
        kernels.fill(self.truncations, np.zeros(shape, np.bool_))
        self._run(ticks=False, begins=begins)

    def _run(self, ticks: bool, begins: bool) -> None:
        self._copies, self._final_metrics = {}, None
        self._kernel[kernels.grid(self.num_envs)](*self._arrays, ticks, begins, True, True)

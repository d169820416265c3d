"""Episodes as data: collected with a policy, kept on disk, read back bit by bit."""

try:
    import pyarrow  # noqa: F401
except ImportError as error:
    raise ImportError("trajectories need pyarrow: pip install 'marl-routing[collect]'") from error

from marl_routing.trajectories.collecting import collect
from marl_routing.trajectories.playing import prepare
from marl_routing.trajectories.reading import Trajectories, read

__all__ = ["Trajectories", "collect", "prepare", "read"]

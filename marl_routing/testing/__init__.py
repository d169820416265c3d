"""Public checks for desks of one's own: `check_desk_env`."""

from marl_routing.testing.desk_env import check_desk_env

__all__ = ["check_desk_env"]

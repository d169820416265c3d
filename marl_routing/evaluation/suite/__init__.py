"""The benchmark suite: scenarios to be judged on, kept results, standings and their page."""

from marl_routing.evaluation.suite.kept import Kept, Played
from marl_routing.evaluation.suite.playing import play_suite
from marl_routing.evaluation.suite.standings import Standings
from marl_routing.evaluation.suite.tasks import SUITE, VERSION, Task

__all__ = ["SUITE", "VERSION", "Kept", "Played", "Standings", "Task", "play_suite"]

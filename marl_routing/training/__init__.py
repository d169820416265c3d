"""Learning on desks; needs the extra `train`."""

from marl_routing.training.mappo import Learner, train
from marl_routing.training.saving import load_checkpoint, save_checkpoint, save_model
from marl_routing.training.settings import Settings

__all__ = ["Learner", "Settings", "load_checkpoint", "save_checkpoint", "save_model", "train"]

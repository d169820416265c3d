"""What queueing theory knows of desks exactly: formulas, chains, and the scenarios they fit."""

from marl_routing.theory.instance import Instance, instance_of
from marl_routing.theory.stationary import NotSolvedError, Stationary

__all__ = ["Instance", "NotSolvedError", "Stationary", "instance_of"]

"""`python -m marl_routing`: the command line."""

from marl_routing.cli import app

app()

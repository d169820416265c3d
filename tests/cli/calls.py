"""Commands called in this process."""

from typer.testing import CliRunner, Result

from marl_routing.cli import app

FEW = ["--episodes", "2"]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def refused(*arguments: str) -> str:
    """The sentence on stderr of a command that refuses its input."""
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr

"""What views of one desk and of many read alike from their arguments."""

from pathlib import Path

from marl_routing.scenario import Scenario, load_scenario


def paid_by(scenario: str | Path | Scenario, reward: str, preset: str) -> Scenario:
    """The scenario, paid by the view's own preset or by its own section `reward`.

    Args:
        scenario: a shipped or registered name, a path, or a `Scenario`.
        reward: the preset's name, or "scenario".
        preset: of the view.

    Raises:
        ValueError: for another `reward`.
    """
    if reward not in (preset, "scenario"):
        raise ValueError(f"reward must be {preset!r} or 'scenario', not {reward!r}")
    scenario = load_scenario(scenario)
    return scenario if reward == "scenario" else load_scenario(scenario, reward={"preset": preset})


def dynamic(scenario: Scenario) -> Scenario:
    """The scenario, if an operator has something to do there; else ValueError."""
    if not scenario.dynamic:
        raise ValueError(
            "scenario must have verbs, incidents, learning or customers; "
            f"{scenario.name!r} has none"
        )
    return scenario


def checked_window(window: int) -> int:
    """The number of rows of tickets, if it is one; else ValueError."""
    if not isinstance(window, int) or isinstance(window, bool) or window < 1:
        raise ValueError(f"window must be an integer of at least 1, not {window!r}")
    return window

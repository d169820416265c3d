"""Shares and means of what may have no case."""


def ratio(part: float, whole: float) -> float:
    """`part` of `whole`; nan if there is no whole."""
    return float(part) / float(whole) if whole else float("nan")

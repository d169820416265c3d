"""How to read a desk's record: its tickets by their places, and its fields one by one."""

from typing import Any


def assert_equal(what: str, table: Any, expected: dict[str, Any], *place: int) -> None:
    """Fields of a record, or of a place in its arrays, one by one."""
    kernel = {name: table[name][place].item() for name in expected}
    wrong = {
        name: (kernel[name], value) for name, value in expected.items() if kernel[name] != value
    }
    assert not wrong, f"{what}, kernel and oracle: {wrong}"


def open_indices(record: Any) -> list[int]:
    """Places in the record of the open tickets."""
    return [i for indices in (*_held(record), *_lists(record)) for i in indices]


def open_places(record: Any) -> dict[int, int]:
    """The place in the record of each open ticket, by its number."""
    return {int(record["tickets"]["number"][place]): place for place in open_indices(record)}


def held_numbers(record: Any) -> list[list[int]]:
    """Numbers of each agent's tickets."""
    return [record["tickets"]["number"][indices].tolist() for indices in _held(record)]


def queue_numbers(record: Any) -> list[list[int]]:
    """Numbers of the queued tickets, by the lists that the record keeps them in."""
    return [record["tickets"]["number"][indices].tolist() for indices in _lists(record)]


def shown_numbers(record: Any) -> list[int | None]:
    """Number of the ticket in every slot."""
    numbers = record["tickets"]["number"]
    return [None if index < 0 else int(numbers[index]) for index in record["slots"]]


def _held(record: Any) -> list[list[int]]:
    counts = record["held_count"].tolist()
    return [row[:count] for row, count in zip(record["held"].tolist(), counts, strict=True)]


def _lists(record: Any) -> list[list[int]]:
    following = record["tickets"]["next"].tolist()
    lists = []
    for index in record["head"].tolist():
        indices: list[int] = []
        while index >= 0:
            indices.append(index)
            index = following[index]
        lists.append(indices)
    return lists

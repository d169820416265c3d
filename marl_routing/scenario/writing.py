"""Files are written whole or not at all: under another name first, then renamed."""

import os
from collections.abc import Callable
from pathlib import Path


def write_file(path: Path, text: str) -> None:
    """Write all of a text or nothing of it, making its folder."""
    write_whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` write all of a file or nothing of it, making its folder.

    Args:
        path: of the file.
        write: given the path to write to, which ends as the file's own.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        write(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)

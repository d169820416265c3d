"""Finding out before the work whether its results can be saved."""

from pathlib import Path

from marl_routing.cli.console import make_writable


def require_writable(path: Path, option: str) -> None:
    """Make a file's folder.

    Raises:
        ValueError, OSError: the file could not be written, after the work.
    """
    if path.is_dir():
        raise ValueError(f"{option}: expected a file, and {path} is a folder")
    above = next((folder for folder in path.parents if folder.exists()), None)
    if above is not None and not above.is_dir():
        raise ValueError(f"{option}: expected a file in a folder, and {above} is a file")
    make_writable(path.parent)

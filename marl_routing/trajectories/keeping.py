"""Keeping what is collected: whole episodes or nothing, however it ends."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

Batch = TypeVar("Batch")


def require_new(folder: Path) -> None:
    """Episodes are never mixed with what lies there already.

    Raises:
        ValueError: if there is a file of that name, or anything in the folder, or it has no name.
    """
    if not folder.name:
        raise ValueError(f"out: expected the name of a new folder, not {folder}")
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise ValueError(f"out: expected a new or empty folder, and there is something: {folder}")


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill under another name; it gets its own when all is done, else it goes."""
    require_new(folder)
    temporary = folder.with_name(f".{os.getpid()}.{folder.name}")
    temporary.mkdir(parents=True)
    try:
        yield temporary
        if folder.exists():
            folder.rmdir()  # empty
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def fill_new_folder(folder: Path, fill: Callable[[Path], int]) -> int:
    """Let `fill` write into a new folder; what it returns, and if that is 0 there is no folder."""
    written = 0
    with suppress(KeyboardInterrupt), new_folder(folder) as temporary:
        written = fill(temporary)
        if not written:
            raise KeyboardInterrupt
    return written


def keep_all(batches: Iterator[Batch], write: Callable[[Batch], None]) -> None:
    """Write each batch while the next is made; an interruption ends it after a whole batch.

    Ctrl-C strikes the main thread only, so what another thread writes is finished.
    """
    last: Future[None] | None = None
    with ThreadPoolExecutor(1) as thread, suppress(KeyboardInterrupt):
        for batch in batches:
            if last is not None:
                last.result()
            last = thread.submit(write, batch)
    if last is not None:
        last.result()

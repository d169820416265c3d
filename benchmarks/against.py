"""Another revision beside this one: two processes that take turns on the same machine."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent


class Side:
    """A process that measures one checkout's package with this checkout's benchmark."""

    def __init__(self, checkout: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "core_figure.py")],
            env=os.environ | {"PYTHONPATH": str(checkout)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def figure(self) -> float:
        """Agent-steps a second of one repetition."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self._read())

    def close(self) -> None:
        """End the process."""
        self.process.communicate()

    def _read(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            sys.exit("The revision's package does not run under this benchmark (see above).")
        return line


@contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    """A temporary work tree of another revision."""
    git = ["git", "-C", str(HERE.parent), "worktree"]
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        added = subprocess.run([*git, "add", "--quiet", "--detach", str(tree), revision])
        if added.returncode:
            sys.exit(f"--against: expected a revision of this repository, not {revision!r}")
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def compare(revision: str, repetitions: int) -> dict[str, float]:
    """The core figure here and at another revision.

    Returns:
        Name to median: agent-steps a second of both, and the ratio of each pair in turn.
    """
    with checked_out(revision) as tree:
        here, there = Side(HERE.parent), Side(tree)
        pairs = [(here.figure(), there.figure()) for _ in range(repetitions)]
        here.close()
        there.close()
    return {
        "DeskBatch of 1024 here: agent-steps/s": median(ours for ours, _ in pairs),
        f"DeskBatch of 1024 at {revision}: agent-steps/s": median(theirs for _, theirs in pairs),
        f"here / {revision}": median(ours / theirs for ours, theirs in pairs),
    }

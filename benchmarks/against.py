"""Another revision beside this one: two processes that take turns on the same machine."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
# The package is that of the checkout on PYTHONPATH; the benchmark is this one.
PLAY = f"""
import sys
import marl_routing
sys.path.insert(0, {str(ROOT)!r})
from benchmarks.desks import batch
contender = batch(1024)
contender.rate()
print("ready", flush=True)
for _ in sys.stdin:
    print(contender.rate(), flush=True)
"""


class Side:
    """A process that measures one checkout's package with this checkout's benchmark."""

    def __init__(self, checkout: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", PLAY],
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


def commit_of(revision: str) -> str:
    """The commit that a git revision names.

    Raises:
        ValueError: if there is none.
    """
    git = ["git", "-C", str(ROOT), "rev-parse", "--verify", "--short"]
    found = subprocess.run([*git, f"{revision}^{{commit}}"], capture_output=True, text=True)
    if found.returncode:
        raise ValueError(f"--against: expected a revision of this repository, not {revision!r}")
    return found.stdout.strip()


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """A temporary work tree of another commit."""
    git = ["git", "-C", str(ROOT), "worktree"]
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def compare(commit: str, repetitions: int) -> dict[str, float]:
    """The core figure here and at another commit.

    Returns:
        Name to median: agent-steps a second of both, and the ratio of each pair in turn.
    """
    with checked_out(commit) as tree:
        here, there = Side(ROOT), Side(tree)
        pairs = [(here.figure(), there.figure()) for _ in range(repetitions)]
        here.close()
        there.close()
    return {
        "DeskBatch of 1024 here: agent-steps/s": median(ours for ours, _ in pairs),
        f"DeskBatch of 1024 at {commit}: agent-steps/s": median(theirs for _, theirs in pairs),
        f"here / {commit}": median(ours / theirs for ours, theirs in pairs),
    }

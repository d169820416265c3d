"""Compiled code that several processes leave in one cache."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from marl_routing.core.compiler import COMPILED, _fingerprint
from marl_routing.policies.kernels import loops

NAMES = """
from marl_routing.core.random import mix
import numpy as np
mix(np.uint64(1))
print([result.fndesc.mangled_name for result in mix.overloads.values()])
"""


@pytest.mark.skipif(not COMPILED, reason="without the compiler nothing is named")
def test_no_two_processes_give_code_one_name(tmp_path: Path) -> None:
    """The same function for the same types, each time compiled anew: names must differ."""
    names = [
        subprocess.run(
            [sys.executable, "-c", NAMES],
            env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / str(turn))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for turn in range(2)
    ]
    assert "mix" in names[0]
    assert names[0] != names[1]


def test_what_an_entry_may_call_is_in_the_name_of_its_cache(tmp_path: Path) -> None:
    """The core's kernels and those beside the entry: a change of any must not meet old code."""
    of: Callable[[Path], str] = _fingerprint.__wrapped__
    before = of(tmp_path)
    (tmp_path / "kernels.py").write_text("one")
    one = of(tmp_path)
    (tmp_path / "kernels.py").write_text("other")
    assert len({before, one, of(tmp_path)}) == 3


@pytest.mark.skipif(not COMPILED, reason="without the compiler nothing is kept")
def test_the_rules_kernels_are_in_the_name_of_theirs() -> None:
    files = loops.play_desks._cache._cache_file  # type: ignore[attr-defined]
    assert files._source_stamp == _fingerprint(Path(loops.__file__).parent)
    assert files._source_stamp != _fingerprint(
        Path(sys.modules[_fingerprint.__module__].__file__).parent
    )  # type: ignore[arg-type]

"""Compiled code that several processes leave in one cache."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from marl_routing.core.compiler import COMPILED

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

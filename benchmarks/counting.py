"""Counts what the compiled tick executes, in instructions of LLVM's intermediate code.

numba makes machine code from that intermediate code, once it is optimised. Here every block of it
first adds its number of instructions to a counter. So the count needs no profiler, no permission
and no particular processor; it is the same in every run, whatever else the machine does. It does
not see waiting for memory, wrong guesses at branches, nor how much a copy copies.

python -m benchmarks.counting SCENARIO POLICY     the count, a tick
"""

import ctypes
import re
import sys
from collections.abc import Iterator
from typing import Any

from llvmlite import binding
from numba.core.codegen import CPUCodeLibrary

from benchmarks.desks import by_rule
from marl_routing import DeskBatch
from marl_routing.core.loops import run_desks

TICKS = 1000
FUNCTION = re.compile(r"^define .*?^}$", re.DOTALL | re.MULTILINE)
ENDS_BLOCK = re.compile(r"  (?:br|ret|switch|unreachable|indirectbr|resume)\b")
# Not the rest of a switch, which is further in, nor what becomes no machine instruction.
INSTRUCTION = re.compile(r"  (?:%\S+ = (?!phi |getelementptr |alloca )|[a-z])")

executed = ctypes.c_int64(0)


def count_executed(entry: str) -> None:
    """From now on let an entry count into `executed`. Its code must not reach a cache.

    Args:
        entry: name of the Python function, which is compiled after this.
    """
    library: Any = CPUCodeLibrary
    optimise = library._optimize_final_module

    def optimise_and_count(self: Any) -> None:
        optimise(self)
        if self.name == entry:
            name, text = self._final_module.name, str(self._final_module)
            self._final_module = binding.parse_assembly(counting(text))
            self._final_module.name = name

    library._optimize_final_module = optimise_and_count


def counting(module: str) -> str:
    """The text of a module in which each block counts its instructions."""
    return FUNCTION.sub(lambda function: "\n".join(_lines(function[0])), module)


def _lines(function: str) -> Iterator[str]:
    """A function's lines; the counting stands right before the last instruction of each block."""
    address = f"ptr inttoptr (i64 {ctypes.addressof(executed)} to ptr)"
    instructions = 0
    for number, line in enumerate(function.splitlines()):
        instructions += INSTRUCTION.match(line) is not None
        if ENDS_BLOCK.match(line):
            before, after = f"%counted.{number}", f"%counting.{number}"
            yield f"  {before} = load i64, {address}, align 8"
            yield f"  {after} = add i64 {before}, {instructions}"
            yield f"  store i64 {after}, {address}, align 8"
            instructions = 0
        yield line


def main(scenario: str, policy: str) -> None:
    """One desk under a rule, from a reset on; episodes follow each other."""
    count_executed(run_desks.__name__)
    by_rule(policy)(DeskBatch(scenario), TICKS)
    print(round(executed.value / TICKS))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What the guard of speed counts, and when it speaks. (`make guard` runs it.)"""

import ctypes
import platform

import pytest
from llvmlite import binding

from benchmarks import counting, guard
from marl_routing import list_scenarios
from marl_routing.policies import list_policies

# 2 + 5 n + 1 instructions; the phis, the address and the rest of the switch are none.
LOOP = """
define void @loop(i64 %n, ptr %sums) {
entry:
  %twice = mul i64 %n, 2
  br label %body

body:                                             ; preds = %entry, %body
  %i = phi i64 [ 0, %entry ], [ %next, %body ]
  %sum = getelementptr i64, ptr %sums, i64 0
  %next = add i64 %i, 1
  %before = load i64, ptr %sum, align 8
  %after = add i64 %before, %twice
  store i64 %after, ptr %sum, align 8
  switch i64 %next, label %body [
    i64 7, label %done
    i64 -1, label %done
  ]

done:                                             ; preds = %body, %body
  ret void
}
"""


def test_every_executed_instruction_is_counted_once() -> None:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    module = binding.parse_assembly(counting.counting(LOOP))
    module.verify()
    machine = binding.Target.from_default_triple().create_target_machine()
    engine = binding.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    loop = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p)(
        engine.get_function_address("loop")
    )
    total, before = ctypes.c_int64(0), counting.executed.value
    loop(3, ctypes.addressof(total))
    assert total.value == 7 * 6  # it does what it did
    assert counting.executed.value - before == 2 + 5 * 7 + 1


def test_a_change_beyond_the_allowance_is_a_fault() -> None:
    kept = {"one": 1000, "other": 1000}
    assert guard.faults(kept, {"one": 1099, "other": 901}) == []
    slower, faster = guard.faults(kept, {"one": 1101, "other": 899})
    assert slower.startswith("one: +10%")
    assert faster.startswith("other: -10%")
    assert "nothing is kept" in guard.faults({}, {"one": 1000})[0]


def test_without_anything_kept_it_says_so_and_counts_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "abacus")
    monkeypatch.setattr(guard, "count_all", lambda: pytest.fail("counted"))
    guard.main([])
    said = capsys.readouterr().out
    assert said == "Nothing is kept for abacus, so nothing was counted; see --update.\n"


def test_a_count_that_failed_is_a_fault() -> None:
    assert guard.faults({"one": 1000}, {"one": 0})


def test_figures_are_kept_of_every_desk() -> None:
    if platform.machine() == "x86_64":
        assert list(guard.kept()) == list(guard.DESKS)
    assert set(guard.DESKS) <= set(list_scenarios())
    assert set(guard.DESKS.values()) <= set(list_policies(bidding=True, talking=True))

"""Moving memory faster than a loop does: rows in vectors, and the next desk fetched early.

What writes LLVM code runs inside the compiler, where coverage does not see it.
"""

from collections.abc import Callable
from typing import Any

from numba.extending import intrinsic

from marl_routing.core.compiler import COMPILED
from marl_routing.core.record import Record

WRITE, KEEP, DATA = 1, 3, 1  # how llvm.prefetch is told what the line is for
CACHE_LINE = 64
WIDE, NARROW = 32, 8  # bytes of a vector


def _copy_bytes(builder: Any, to: Any, origin: Any, count: Any) -> None:  # pragma: no cover
    """Copy in vectors, the last one overlapping; once inlined the count is a constant.

    A memcpy of more than a few vectors would be a call, which costs more than the copying.
    """
    from llvmlite import ir
    from numba.core import cgutils

    tools: Any = cgutils
    byte = ir.IntType(8).as_pointer()
    to, origin = builder.bitcast(to, byte), builder.bitcast(origin, byte)

    def copy_vectors(width: int) -> None:
        vector = ir.VectorType(ir.IntType(8), width).as_pointer()
        step, last = count.type(width), builder.sub(count, count.type(width))

        def copy_at(at: Any) -> None:
            value = builder.load(builder.bitcast(builder.gep(origin, [at]), vector), align=1)
            builder.store(value, builder.bitcast(builder.gep(to, [at]), vector), align=1)

        with tools.for_range_slice(builder, step.type(0), last, step) as (at, _):
            copy_at(at)
        copy_at(last)

    with builder.if_else(builder.icmp_signed(">=", count, count.type(WIDE))) as (wide, narrow):
        with wide:
            copy_vectors(WIDE)
        with narrow:
            enough = builder.icmp_signed(">=", count, count.type(NARROW))
            with builder.if_else(enough) as (vectors, few):
                with vectors:
                    copy_vectors(NARROW)
                with few:
                    tools.raw_memcpy(builder, to, origin, count, 1)


def _copy_row(  # pragma: no cover
    context: Any, target: Any, at: Any, source: Any, start: Any, count: Any
) -> Any:
    """The intrinsic behind `copy_row`."""
    from numba import types

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        to = context.make_array(sig.args[0])(context, builder, args[0]).data
        origin = context.make_array(sig.args[2])(context, builder, args[2]).data
        to, origin = builder.gep(to, [args[1]]), builder.gep(origin, [args[3]])
        size = context.get_abi_sizeof(context.get_data_type(sig.args[0].dtype))
        _copy_bytes(builder, to, origin, builder.mul(args[4], args[4].type(size)))
        return context.get_dummy_value()

    return types.void(target, types.int64, source, types.int64, types.int64), generate


def _prefetch(context: Any, rows: Any, index: Any, size: Any) -> Any:  # pragma: no cover
    """The intrinsic behind `prefetch`."""
    from llvmlite import ir
    from numba import types
    from numba.core import cgutils

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        tools: Any = cgutils
        array = context.make_array(sig.args[0])(context, builder, args[0])
        stride = tools.unpack_tuple(builder, array.strides)[0]
        byte, integer = ir.IntType(8).as_pointer(), ir.IntType(32)
        start = builder.gep(builder.bitcast(array.data, byte), [builder.mul(args[1], stride)])
        kind = ir.FunctionType(ir.VoidType(), [byte, integer, integer, integer])
        function = tools.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        line = args[2].type(CACHE_LINE)
        with tools.for_range_slice(builder, line.type(0), args[2], line) as (at, _):
            options = (integer(WRITE), integer(KEEP), integer(DATA))
            builder.call(function, [builder.gep(start, [at]), *options])
        return context.get_dummy_value()

    return types.void(rows, types.int64, types.int64), generate


def _copy_slice(target: Record, at: int, source: Record, start: int, count: int) -> None:
    target[at : at + count] = source[start : start + count]


def _nothing(rows: Record, index: int, size: int) -> None:
    pass


Copy = Callable[[Record, int, Record, int, int], None]
Prefetch = Callable[[Record, int, int], None]
_intrinsic: Any = intrinsic

copy_row: Copy = _intrinsic(_copy_row) if COMPILED else _copy_slice
"""target[at:at+count] = source[start:start+count], of contiguous 1-D arrays of one dtype."""

prefetch: Prefetch = _intrinsic(_prefetch) if COMPILED else _nothing
"""Fetch the first `size` bytes of rows[index] into the cache, to be written soon."""

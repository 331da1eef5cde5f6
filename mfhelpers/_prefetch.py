"""Ask for a row of factors before its turn, so that the loop need not wait for it.

A table that is larger than the memory beside the processor is read from far away, which takes
longer than the arithmetic with it; and a training loop knows ahead which rows come. Nothing
that is computed depends on it. LLVM has an instruction for it, `llvm.prefetch` (LLVM Language
Reference), numba has no word for that.
"""

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

AHEAD = 8  # ratings between asking and using; from 2 to 8 makes no difference
LINE = 64  # bytes that come together
MOST = 8  # lines of a row that are asked for
# Bytes of factors from which asking pays. Of a long row the processor sees by itself what comes,
# once it has begun.
FAR, FAR_IF_LONG = 1024**2, 4 * 1024**2
LONG = 4  # lines


def is_far(*tables):
    """Return whether tables are so large that asking for rows ahead pays."""
    is_long = tables[0][0].nbytes > LONG * LINE
    return sum(table.nbytes for table in tables) > (FAR_IF_LONG if is_long else FAR)


@njit(inline="always")
def prefetch_row(table, row):
    """Let a row of a table of factors come; in compiled loops only."""
    n_lines = -(-table.shape[1] * table.itemsize // LINE)
    for line in range(MOST):  # a fixed number, which the compiler writes out
        if line < n_lines:
            _prefetch_line(table, row, line)


@intrinsic
def _prefetch_line(typing_context, table, row, line):
    per_line = LINE * 8 // table.dtype.bitwidth

    def write(context, builder, signature, arguments):
        value, row, line = arguments
        array = context.make_array(table)(context, builder, value)
        column = builder.mul(line, line.type(per_line))
        place = cgutils.get_item_pointer(context, builder, table, array, [row, column])
        place = builder.bitcast(place, cgutils.voidptr_t)
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [place.type, number, number, number])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [place.type], kind)
        builder.call(prefetch, [place, number(1), number(3), number(1)])  # to write, keep, data
        return context.get_dummy_value()

    return types.void(table, types.intp, types.intp), write

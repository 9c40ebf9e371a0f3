"""The one door to numba: kernels are compiled once, cached on disk and run without the interpreter's lock."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.int64]
RealArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
Table: TypeAlias = NDArray[Any]
"""Rows with named fields: kernels read table[row].field, everybody else table["field"]."""

Row: TypeAlias = Any
"""One row of a table: kernels read row.field."""

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

OPTIONS: Final[dict[str, Any]] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,
}
# Without numba's run-time no array is counted when it is passed on: the simulation is 4 times faster.
LEAN: Final[dict[str, Any]] = {**OPTIONS, "_nrt": False}
PART: Final[dict[str, Any]] = {**LEAN, "no_cpython_wrapper": True}


def kernel(function: Kernel) -> Kernel:
    """The compiled form of a function that creates no array.

    Compiled at the first call, afterwards read from numba's cache folder. Callers pass arrays of the same
    types at every call, contiguous and writable: another type would be compiled anew.
    """
    compiled: Kernel = numba.njit(**LEAN)(function)
    return compiled


def part(function: Kernel) -> Kernel:
    """Like `kernel`, for functions that only kernels call: without the door to Python it compiles sooner."""
    compiled: Kernel = numba.njit(**PART)(function)
    return compiled


def inlined(function: Kernel) -> Kernel:
    """Like `part`, copied into every kernel that calls it: for the few that are called millions of times."""
    compiled: Kernel = numba.njit(**PART, forceinline=True)(function)
    return compiled


def reader(name: str, dtype: np.dtype[Any]) -> Callable[[Row], Table]:
    """For kernels: the table whose address stands in field `name` of a row.

    The table has no end that could be checked, and must be kept alive elsewhere.
    """
    table = types.Array(numba.from_dtype(dtype), 1, "C")

    def generate(target: Any, code: Any, signature: Any, arguments: Any) -> Any:
        begin = code.bitcast(arguments[0], ir.IntType(8).as_pointer())
        place = code.gep(begin, [ir.Constant(ir.IntType(32), signature.args[0].offset(name))])
        address = code.load(code.bitcast(place, ir.IntType(64).as_pointer()))
        found = make_array(table)(target, code)  # type: ignore[no-untyped-call]
        size, end = (target.get_constant(types.intp, each) for each in (dtype.itemsize, 1 << 40))
        data = code.inttoptr(address, found.data.type)
        facts = {"data": data, "shape": [end], "strides": [size], "itemsize": size, "meminfo": None}
        populate_array(found, **facts)  # type: ignore[no-untyped-call]
        return found._getvalue()

    @intrinsic
    def read(_typing: Any, row: Any) -> Any:
        return table(row), generate

    return cast("Callable[[Row], Table]", read)


def builder(function: Kernel) -> Kernel:
    """The compiled form of a function that creates arrays; otherwise like `kernel`."""
    compiled: Kernel = numba.njit(**OPTIONS)(function)
    return compiled


def fields(*names: str, real: tuple[str, ...] = ()) -> np.dtype[np.void]:
    """The row type of a table: int64 fields, then float64 ones."""
    return np.dtype([*((name, np.int64) for name in names), *((name, np.float64) for name in real)])

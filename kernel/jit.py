"""The one door to numba: kernels are compiled once, cached on disk and run without the interpreter's lock."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
Table: TypeAlias = NDArray[Any]
"""Rows with named fields: kernels read table[row].field, everybody else table["field"]."""

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


def builder(function: Kernel) -> Kernel:
    """The compiled form of a function that creates arrays; otherwise like `kernel`."""
    compiled: Kernel = numba.njit(**OPTIONS)(function)
    return compiled


def fields(*names: str, real: tuple[str, ...] = ()) -> np.dtype[np.void]:
    """The row type of a table: int64 fields, then float64 ones."""
    return np.dtype([*((name, np.int64) for name in names), *((name, np.float64) for name in real)])

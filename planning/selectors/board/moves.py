"""What plans moved: from where to where, kept with each version of the plan in a few bytes per operation."""

import zlib
from typing import Final

import numpy as np

from kernel.jit import Table, fields

MOVED: Final = fields("operation", "was_machine", "was_start", "machine", "start")
"""An operation that stands elsewhere: stored ids, minutes since 1970; machine -1 for nowhere."""


def packed(moves: Table) -> bytes:
    """MOVED rows as bytes, by operation."""
    rows = moves[np.argsort(moves["operation"])].view(np.int64).reshape(-1, len(MOVED.names or ()))
    # Column by column, each as differences: neighbours are alike, so that these press well.
    return zlib.compress(np.diff(rows, axis=0, prepend=0).T.tobytes(), 6) if len(rows) else b""


def unpacked(data: bytes | memoryview | None) -> Table:
    """MOVED rows from bytes."""
    if not data:
        return np.zeros(0, MOVED)
    columns = np.frombuffer(zlib.decompress(data), np.int64).reshape(len(MOVED.names or ()), -1)
    return np.ascontiguousarray(np.cumsum(columns.T, axis=0)).view(MOVED).reshape(-1)

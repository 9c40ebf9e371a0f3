"""Compiled code ready before the first question."""

import numpy as np

from orders.engine.structure.answering import answer
from orders.engine.structure.building import build
from orders.engine.structure.reading import NUMBER, TEXT, read_columns
from orders.engine.structure.tables import NORMAL, OPEN, PRODUCT, Lines, Parts


def warm_up() -> None:
    """Compile every kernel, or read it from the cache: processes may call it once when they start."""
    read_columns(bytes(19) + b"\xff\xff", (NUMBER, TEXT))
    one = np.ones(1, dtype=np.int64)
    lines = Lines(
        number=one,
        assembly=one * PRODUCT,
        item=one,
        condition=one * 0,
        quantity=one * 0,
        scrap=np.zeros(1),
        kind=np.full(1, NORMAL, dtype=np.int8),
        windows=np.full((4, 1), OPEN, dtype=np.int64),
        conditions=("",),
        quantities=("1",),
    )
    parts = Parts(one, one * 0, np.ones(1), ("pcs",))
    structure = build(lines, parts, lambda ids: [str(part) for part in ids])
    answer(structure, np.ones(1, dtype=np.bool_), 1, structure.costs(parts))

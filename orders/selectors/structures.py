"""Bills of materials of any size: read by COPY in two statements, kept in arrays per revision."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from io import BytesIO
from threading import Lock
from typing import Final

import numpy as np
from django.db import connection

from kernel.jit import IntArray
from orders.engine.structure import (
    NORMAL,
    NUMBER,
    PHANTOM,
    SUPPLIED,
    TEXT,
    Columns,
    Lines,
    Parts,
    Structure,
    build,
    read_columns,
)
from orders.models import Item

LINES: Final = f"""
    COPY (
        SELECT find_number, coalesce(assembly_id, 0), item_id, scrap_percent::float8,
               CASE WHEN customer_supplied THEN {SUPPLIED} WHEN phantom THEN {PHANTOM} ELSE {NORMAL} END,
               valid_from, valid_to, serial_from, serial_to, condition, quantity
        FROM orders_bomline WHERE revision_id = %s
    ) TO STDOUT (FORMAT binary)
"""
PARTS: Final = """
    COPY (
        SELECT id, standard_cost::float8, unit FROM orders_item
        WHERE id = ANY(%s::bigint[])
    ) TO STDOUT (FORMAT binary)
"""
LINE_KINDS: Final = (*(NUMBER,) * 9, TEXT, TEXT)
PART_KINDS: Final = (NUMBER, NUMBER, TEXT)

MOST_LINES: Final = 4_000_000
"""How many lines are kept per process: about 200 MB."""


class Structures:
    """The structures used last, up to so many lines together; each is loaded once, whoever asks."""

    def __init__(self, most_lines: int = MOST_LINES) -> None:
        self.most_lines = most_lines
        self._held: OrderedDict[Hashable, Future[Structure]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, load: Callable[[], Structure]) -> Structure:
        """The structure of this key, from `load` where it is not held; errors of `load` are not kept."""
        with self._lock:
            found = self._held.get(key)
            ours = found is None
            future = self._held.setdefault(key, Future())
            self._held.move_to_end(key)
        if ours:
            self._load(key, load, future)
        return future.result()

    def _load(self, key: Hashable, load: Callable[[], Structure], future: "Future[Structure]") -> None:
        try:
            future.set_result(load())
        except BaseException as error:
            with self._lock:
                self._held.pop(key, None)
            future.set_exception(error)
            return
        with self._lock:
            self._shrink()

    def _shrink(self) -> None:
        """Let go of those used least recently; the one used last stays, however large."""
        ready = [(key, held.result().lines) for key, held in self._held.items() if held.done()]
        total = sum(lines for _, lines in ready)
        for key, lines in ready[:-1]:
            if total <= self.most_lines:
                return
            del self._held[key]
            total -= lines


_structures = Structures()


def structure_of(revision_id: int) -> Structure:
    """The BOM of a published revision, which never changes; Refused names the line that cannot be used."""
    return _structures.get(revision_id, lambda: read_structure(revision_id))


def read_structure(revision_id: int) -> Structure:
    """The BOM of a revision as it stands now, in two statements; for drafts, which change."""
    lines = read_lines(revision_id)
    return build(lines, read_parts(lines.item), part_numbers)


def read_lines(revision_id: int) -> Lines:
    """All lines of a revision."""
    columns = _copy(LINES, revision_id, LINE_KINDS)
    number, assembly, item, _, kind = columns.numbers[:5]
    return Lines(
        number=number,
        assembly=assembly,
        item=item,
        condition=columns.numbers[9],
        quantity=columns.numbers[10],
        scrap=columns.floats(3),
        kind=kind.astype(np.int8),
        windows=columns.numbers[5:9],
        conditions=columns.texts[9],
        quantities=columns.texts[10],
    )


def read_parts(ids: IntArray) -> Parts:
    """These items with their standard costs of today, one statement; an id may be named many times."""
    wanted = ",".join(map(str, np.unique(ids).tolist()))
    columns = _copy(PARTS, f"{{{wanted}}}", PART_KINDS)
    return Parts(columns.numbers[0], columns.numbers[2], columns.floats(1), columns.texts[2])


def part_numbers(ids: Sequence[int]) -> list[str]:
    """What people call these items."""
    numbers = dict(Item.objects.filter(id__in=ids).values_list("id", "number"))
    return [numbers.get(part, f"item {part}") for part in ids]


def _copy(statement: str, argument: int | str, kinds: tuple[int, ...]) -> Columns:
    copied = BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(cursor.mogrify(statement, (argument,)), copied)
    return read_columns(copied.getvalue(), kinds)

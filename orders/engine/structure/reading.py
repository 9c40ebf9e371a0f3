"""Rows as PostgreSQL copies them out in binary, read into columns; texts become numbers of distinct texts."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kernel.jit import IntArray, kernel, part

HEADER: Final = 19
"""Signature, flags and the length of an empty extension (PostgreSQL's manual, COPY, binary format)."""

NOTHING: Final = -(2**63)
"""What stands in a column of numbers where the database has none."""

NUMBER, TEXT = 0, 1

ByteArray = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Columns:
    """`numbers[column]` holds whole numbers, the bits of floats, or for a text its place in `texts[column]`.

    Days count from 2000-01-01, yes is 1. Texts are numbered as they first come; none at all counts as "".
    """

    numbers: IntArray
    texts: dict[int, tuple[str, ...]]

    def floats(self, column: int) -> NDArray[np.float64]:
        """A column of double precision without empty places."""
        floats: NDArray[np.float64] = self.numbers[column].view(np.float64)
        return floats


def read_columns(copied: bytes, kinds: tuple[int, ...]) -> Columns:
    """Read what COPY … (FORMAT binary) gave; `kinds` says NUMBER or TEXT per column.

    Numbers are whole numbers, days, yes or no, and double precision. One pass counts the rows, one fills,
    linear in the bytes. ValueError where they are cut short.
    """
    buffer = np.frombuffer(copied, dtype=np.uint8).copy()
    rows = int(count_rows(buffer, HEADER, len(kinds)))
    if rows < 0:
        raise ValueError("the copy from the database is cut short or has other columns")
    text_columns = [column for column, kind in enumerate(kinds) if kind == TEXT]
    numbers = np.empty((len(kinds), rows), dtype=np.int64)
    firsts = np.empty((max(1, len(text_columns)), rows + 1), dtype=np.int64)
    counts = np.zeros(max(1, len(text_columns)), dtype=np.int64)
    slots = np.full((len(counts), 1 << max(4, (2 * rows).bit_length())), -1, dtype=np.int64)
    fill_columns(buffer, HEADER, np.array(kinds, dtype=np.int64), numbers, firsts, counts, slots)
    texts = {
        column: tuple(_text(copied, at) for at in firsts[index, : counts[index]].tolist())
        for index, column in enumerate(text_columns)
    }
    return Columns(numbers, texts)


def _text(copied: bytes, at: int) -> str:
    size = int.from_bytes(copied[at : at + 4], "big", signed=True)
    return copied[at + 4 : at + 4 + max(0, size)].decode()


@part
def whole(buffer: ByteArray, at: int, size: int) -> int:
    """A signed whole number of `size` bytes, the highest first."""
    value = np.int64(0)
    for index in range(size):
        value = (value << np.int64(8)) | np.int64(buffer[at + index])
    shift = np.int64(64 - 8 * size)
    return int((value << shift) >> shift)


@kernel
def count_rows(buffer: ByteArray, at: int, columns: int) -> int:
    """How many rows there are; -1 where the bytes end early or a row has another number of columns."""
    rows = 0
    while at + 2 <= buffer.size:
        found = whole(buffer, at, 2)
        if found == -1:
            return rows
        if found != columns:
            return -1
        at += 2
        for _ in range(columns):
            if at + 4 > buffer.size:
                return -1
            at += 4 + max(0, whole(buffer, at, 4))
        rows += 1
    return -1


@kernel
def fill_columns(
    buffer: ByteArray,
    at: int,
    kinds: IntArray,
    numbers: IntArray,
    firsts: IntArray,
    counts: IntArray,
    slots: IntArray,
) -> None:
    """Fill `numbers`; `firsts[k, n]` is where the n-th text of the k-th text column first stands."""
    for row in range(numbers.shape[1]):
        at += 2
        k = 0
        for column in range(kinds.size):
            size = whole(buffer, at, 4)
            if kinds[column] == TEXT:
                numbers[column, row] = text_number(buffer, at, k, firsts, counts, slots)
                k += 1
            elif size < 0:
                numbers[column, row] = NOTHING
            else:
                numbers[column, row] = whole(buffer, at + 4, size)
            at += 4 + max(0, size)


@part
def text_number(
    buffer: ByteArray, at: int, k: int, firsts: IntArray, counts: IntArray, slots: IntArray
) -> int:
    """The number of the text at this place: open addressing by FNV-1a, every hit compared byte by byte."""
    size = max(0, whole(buffer, at, 4))
    mixed = np.uint64(14695981039346656037)
    for index in range(at + 4, at + 4 + size):
        mixed = (mixed ^ np.uint64(buffer[index])) * np.uint64(1099511628211)
    mask = slots.shape[1] - 1
    slot = np.int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(mask))
    while slots[k, slot] >= 0:
        number = slots[k, slot]
        if is_same(buffer, firsts[k, number], at, size):
            return int(number)
        slot = (slot + 1) & mask
    number = counts[k]
    slots[k, slot] = number
    firsts[k, number] = at
    counts[k] += 1
    return int(number)


@part
def is_same(buffer: ByteArray, first: int, second: int, size: int) -> bool:
    """Whether the text at `first` is the one of `size` bytes at `second`."""
    if max(0, whole(buffer, first, 4)) != size:
        return False
    index = 4
    while index < 4 + size and buffer[first + index] == buffer[second + index]:
        index += 1
    return index == 4 + size

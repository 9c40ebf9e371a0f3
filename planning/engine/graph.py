"""Kernels on the precedence graph, kept as predecessor lists in two arrays."""

import numpy as np

from kernel.jit import IntArray, builder


@builder
def inverted(ptr: IntArray, value: IntArray, size: int) -> tuple[IntArray, IntArray]:
    """The transposed lists: for each of `size` values the rows that name it, in ascending order."""
    turned = np.zeros(size + 1, np.int64)
    for each in value:
        turned[each + 1] += 1
    for index in range(size):
        turned[index + 1] += turned[index]
    rows = np.empty(len(value), np.int64)
    fill = turned[:-1].copy()
    for row in range(len(ptr) - 1):
        for at in range(ptr[row], ptr[row + 1]):
            rows[fill[value[at]]] = row
            fill[value[at]] += 1
    return turned, rows


@builder
def topological_order(ptr: IntArray, before: IntArray) -> IntArray:
    """Operations with every predecessor ahead of them; those on or behind a circle are left out."""
    count = len(ptr) - 1
    next_ptr, following = inverted(ptr, before, count)
    missing = ptr[1:] - ptr[:-1]
    order = np.empty(count, np.int64)
    filled = 0
    for index in range(count):
        if missing[index] == 0:
            order[filled] = index
            filled += 1
    done = 0
    while done < filled:
        here = order[done]
        done += 1
        for at in range(next_ptr[here], next_ptr[here + 1]):
            follower = following[at]
            missing[follower] -= 1
            if missing[follower] == 0:
                order[filled] = follower
                filled += 1
    return order[:filled]

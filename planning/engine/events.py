"""A binary heap of integer events in one array, its size at index 0."""

from kernel.jit import IntArray, part


@part
def push(heap: IntArray, key: int) -> None:
    """Add an event."""
    heap[0] += 1
    at = heap[0]
    while at > 1 and heap[at >> 1] > key:
        heap[at] = heap[at >> 1]
        at >>= 1
    heap[at] = key


@part
def pop(heap: IntArray) -> int:
    """Take the earliest event."""
    top, last = int(heap[1]), heap[heap[0]]
    heap[0] -= 1
    size, at = heap[0], 1
    while 2 * at <= size:
        child = 2 * at
        if child < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= last:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = last
    return top

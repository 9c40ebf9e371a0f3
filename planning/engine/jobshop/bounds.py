"""Lower bounds of a job shop's makespan: chains, machines' work, and preemptive one-machine schedules."""

import heapq

from planning.engine.jobshop.instance import JobShop


def lower_bound(shop: JobShop) -> int:
    """A makespan no plan goes below.

    The longest job; all work spread evenly; and for each machine the operations that can only run there, with
    heads and tails along their jobs, planned by Jackson's preemptive rule (Carlier 1982).
    """
    forced: list[list[tuple[int, int, int]]] = [[] for _ in range(shop.machines)]
    longest = work = 0
    for chain in shop.jobs:
        least = [min(time for _, time in ways) for ways in chain]
        head, tail = 0, sum(least)
        longest, work = max(longest, tail), work + tail
        for ways, time in zip(chain, least, strict=True):
            tail -= time
            if len(ways) == 1:
                forced[ways[0][0]].append((head, time, tail))
            head += time
    evenly = -(-work // shop.machines) if shop.machines else 0
    return max([longest, evenly, *(preemptive(entries) for entries in forced)])


def preemptive(entries: list[tuple[int, int, int]]) -> int:
    """The shortest preemptive schedule of (head, time, tail) on one machine: the longest tail goes first."""
    waiting = sorted(entries, reverse=True)
    heap: list[tuple[int, int]] = []
    now = longest = 0
    while waiting or heap:
        if not heap:
            now = max(now, waiting[-1][0])
        while waiting and waiting[-1][0] <= now:
            _, time, tail = waiting.pop()
            heapq.heappush(heap, (-tail, time))
        tail, time = heapq.heappop(heap)
        until = min(now + time, waiting[-1][0]) if waiting else now + time
        if until < now + time:
            heapq.heappush(heap, (tail, now + time - until))
        else:
            longest = max(longest, until - tail)
        now = until
    return longest

"""The disjunctive graph of a plan: machine orders, longest paths from and to each operation, a critical path.

Every array has one entry more than there are operations. The last one stands for "nobody": a job's first
operation has it as predecessor, and its path lengths are always 0: no kernel has to ask whether there is one.
"""

from typing import NamedTuple

import numpy as np

from kernel.jit import IntArray, kernel, part
from planning.engine.jobshop.instance import JobShop, duration_table


class Graph(NamedTuple):
    """A plan under search; created by `graph_of`, filled by `load`.

    `before`/`after` are the job's neighbours, `left`/`right` the machine's, `place` the position there.
    `finish` is the longest path up to and with an operation, `tail` from it (included) to the end.
    `order` is a topological order and `rank` its inverse. `lane` holds each machine's operations,
    `filled` how many. `path` is the critical path, `best_*` the best plan seen. `banned` says until which
    iteration something is forbidden: an operation ahead of the one with a `seat`, or, where there are
    alternatives, ahead of another by number and, in the columns behind these, on a machine.
    `state`: makespan, best makespan, iteration, iteration of the best, random state, mark, path length.
    """

    times: IntArray
    before: IntArray
    after: IntArray
    machine: IntArray
    time: IntArray
    left: IntArray
    right: IntArray
    place: IntArray
    finish: IntArray
    tail: IntArray
    order: IntArray
    rank: IntArray
    mark: IntArray
    scratch: IntArray
    scratch_finish: IntArray
    scratch_tail: IntArray
    lane: IntArray
    filled: IntArray
    path: IntArray
    best_order: IntArray
    best_machine: IntArray
    firsts: IntArray
    lasts: IntArray
    banned: IntArray
    seat: IntArray
    state: IntArray


MAKESPAN, BEST, ROUND, FOUND, RANDOM, MARK, LENGTH = range(7)


def graph_of(shop: JobShop, seed: int) -> Graph:
    """An empty graph of the shop; all randomness of a search on it comes from the seed."""
    size, machines = len(shop.operations), max(shop.machines, 1)
    chance = np.random.default_rng(seed)
    firsts = [at for at, after in zip(shop.first, shop.first[1:], strict=False) if after > at]
    lasts = [after - 1 for at, after in zip(shop.first, shop.first[1:], strict=False) if after > at]
    before, after = np.arange(-1, size), np.arange(1, size + 2)
    before[firsts], after[lasts], before[size], after[size] = size, size, size, size
    widest = [sum(any(m == k for k, _ in ways) for ways in shop.operations) for m in range(machines)]
    row = {name: np.zeros(size + 1, np.int64) for name in Graph._fields}
    return Graph(
        **{
            **row,
            "times": duration_table(shop),
            "before": before.astype(np.int64),
            "after": after.astype(np.int64),
            "lane": np.full((machines, max(widest) + 1), size, np.int64),
            "filled": np.zeros(machines, np.int64),
            "firsts": np.array(firsts, np.int64),
            "lasts": np.array(lasts, np.int64),
            "banned": np.zeros((size + 1, size + 1 + machines if shop.flexible else max(widest)), np.int64),
            "seat": seats(shop),
            "scratch": np.zeros(max(size, machines) + 1, np.int64),
            "state": np.array([0, 0, 0, 0, chance.integers(1, 1 << 62), 0, 0], np.int64),
        }
    )


def seats(shop: JobShop) -> IntArray:
    """A number of each operation among those that share its first machine."""
    taken = [0] * max(shop.machines, 1)
    found = np.zeros(len(shop.operations) + 1, np.int64)
    for operation, ways in enumerate(shop.operations):
        found[operation] = taken[ways[0][0]]
        taken[ways[0][0]] += 1
    return found


@part
def chance(graph: Graph, below: int) -> int:
    """A random number from 0 to below `below`."""
    state = graph.state
    state[RANDOM] = state[RANDOM] * 6364136223846793005 + 1442695040888963407
    return int(((state[RANDOM] >> 33) & 0x3FFFFFFF) % below)


@kernel
def load(graph: Graph, order: IntArray, machine: IntArray) -> None:
    """Make the graph that of a list schedule: operations join their machine's queue in the given order.

    The order must keep the jobs' order; then it is a topological order of the graph. The search's memory is
    cleared, the loaded plan is the best one.
    """
    size = len(graph.order) - 1
    graph.filled[:] = 0
    graph.lane[:] = size
    for index in range(size):
        operation = order[index]
        graph.machine[operation] = machine[operation]
        graph.time[operation] = graph.times[operation, machine[operation]]
        append(graph, operation, machine[operation])
        graph.order[index] = operation
        graph.rank[operation] = index
    graph.rank[size] = -1
    graph.banned[:] = 0
    graph.state[ROUND] = 0
    heads(graph, 0)
    tails(graph, size - 1)
    keep(graph)


@part
def append(graph: Graph, operation: int, machine: int) -> None:
    """Put an operation last on a machine."""
    size = len(graph.order) - 1
    at = graph.filled[machine]
    last = graph.lane[machine, at - 1] if at else size
    graph.lane[machine, at] = operation
    graph.place[operation] = at
    graph.left[operation] = last
    graph.right[operation] = size
    if last != size:
        graph.right[last] = operation
    graph.filled[machine] = at + 1


@part
def heads(graph: Graph, start: int) -> None:
    """Finish times from a rank on, and the makespan."""
    finish, before, left, time = graph.finish, graph.before, graph.left, graph.time
    for index in range(start, len(graph.order) - 1):
        operation = graph.order[index]
        finish[operation] = max(finish[before[operation]], finish[left[operation]]) + time[operation]
    longest = 0
    for operation in graph.lasts:
        longest = max(longest, finish[operation])
    graph.state[MAKESPAN] = longest


@part
def tails(graph: Graph, start: int) -> None:
    """Path lengths to the end from a rank down."""
    tail, after, right, time = graph.tail, graph.after, graph.right, graph.time
    for index in range(start, -1, -1):
        operation = graph.order[index]
        tail[operation] = max(tail[after[operation]], tail[right[operation]]) + time[operation]


@part
def keep(graph: Graph) -> None:
    """Remember the plan as the best one."""
    graph.state[BEST] = graph.state[MAKESPAN]
    graph.state[FOUND] = graph.state[ROUND]
    copy(graph.order, graph.best_order)
    copy(graph.machine, graph.best_machine)


@part
def copy(source: IntArray, target: IntArray) -> None:
    """Copy one array into another of the same length."""
    for index in range(len(source)):
        target[index] = source[index]


@part
def critical_path(graph: Graph) -> int:
    """Write one critical path, drawn at random where it forks, to `path`; how many operations it has."""
    nobody = len(graph.order) - 1
    longest, here, seen, length = graph.state[MAKESPAN], nobody, 0, 0
    for operation in graph.firsts:
        if graph.tail[operation] == longest:
            seen += 1
            if chance(graph, seen) == 0:
                here = operation
    while here != nobody:
        graph.path[length] = here
        length += 1
        rest = longest - graph.finish[here]
        following, neighbour = graph.after[here], graph.right[here]
        by_job = following != nobody and graph.tail[following] == rest
        by_machine = neighbour != nobody and graph.tail[neighbour] == rest
        if by_job and by_machine:
            here = following if chance(graph, 2) == 0 else neighbour
        elif by_job:
            here = following
        else:
            here = neighbour if by_machine else nobody
    graph.state[LENGTH] = length
    return length

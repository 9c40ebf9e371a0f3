"""First plans: jobs' operations are started one by one, the ones with most work behind them first."""

from kernel.jit import IntArray, kernel, part
from planning.engine.jobshop.graph import Graph, chance

NOISE = 100


@kernel
def build(graph: Graph, order: IntArray, machine: IntArray, noise: int) -> None:
    """A non-delay schedule into `order` and `machine`; with `noise` > 0 per cent its priorities are blurred.

    Of the operations that can start earliest, the job with the longest remaining work comes first; an
    operation takes the machine on which it ends first.
    """
    size = len(graph.order) - 1
    free, ready, work, head = graph.scratch, graph.finish, graph.tail, graph.path
    free[:] = 0
    ready[:] = 0
    work[:] = 0
    for operation in range(size - 1, -1, -1):
        least = shortest(graph, operation)
        work[operation] = work[graph.after[operation]] + least
    for job in range(len(graph.firsts)):
        head[job] = graph.firsts[job]
    for index in range(size):
        chosen, lane, best, value = -1, 0, 0, 0
        for job in range(len(graph.firsts)):
            operation = head[job]
            if operation == size:
                continue
            at, start = quickest(graph, operation, free, ready[job])
            rating = work[operation] * (NOISE + chance(graph, noise + 1)) // NOISE
            if chosen < 0 or start < best or (start == best and rating > value):
                chosen, lane, best, value = job, at, start, rating
        operation = head[chosen]
        order[index], machine[operation] = operation, lane
        free[lane] = best + graph.times[operation, lane]
        ready[chosen] = free[lane]
        head[chosen] = graph.after[operation]
    machine[size] = 0


@part
def shortest(graph: Graph, operation: int) -> int:
    """An operation's least duration over its machines."""
    least = -1
    for lane in range(len(graph.filled)):
        time = graph.times[operation, lane]
        if time >= 0 and (least < 0 or time < least):
            least = time
    return least


@part
def quickest(graph: Graph, operation: int, free: IntArray, ready: int) -> tuple[int, int]:
    """The machine on which an operation ends first, and its start there."""
    machine, begin, end = -1, 0, 0
    for lane in range(len(graph.filled)):
        time = graph.times[operation, lane]
        if time < 0:
            continue
        start = max(ready, free[lane])
        if machine < 0 or start + time < end:
            machine, begin, end = lane, start, start + time
    return machine, begin


@kernel
def merge(
    graph: Graph, mine: IntArray, theirs: IntArray, lanes: IntArray, others: IntArray, share: int
) -> None:
    """A plan between two: the order is drawn from the fronts of both, `share` per cent from the second.

    `mine` and `theirs` are topological orders, `lanes` and `others` their machines; the result replaces
    `graph.best_order` and `graph.best_machine`. Whatever both put in the same sequence stays in it, jobs
    therefore too: each result is a plan.
    """
    size, taken = len(graph.order) - 1, graph.scratch
    taken[:] = 0
    first = second = 0
    for index in range(size):
        while first < size and taken[mine[first]]:
            first += 1
        while second < size and taken[theirs[second]]:
            second += 1
        guided = chance(graph, 100) < share
        operation = theirs[second] if guided else mine[first]
        graph.best_machine[operation] = others[operation] if guided else lanes[operation]
        graph.best_order[index] = operation
        taken[operation] = 1

"""The neighbourhood where every operation has its machine: N7 on the blocks of a critical path.

Zhang, Li, Guan, Rao 2007 (N7); Balas, Vazacopoulos 1998 (feasibility, estimate).
"""

from kernel.jit import part
from planning.engine.jobshop.graph import BEST, MARK, ROUND, Graph, chance, heads, tails

FAR = 1 << 60
KINDS = 4


@part
def choose(graph: Graph, length: int) -> tuple[int, int, int]:
    """The best neighbour: machine, from which place, to which place; machine -1 if no block can be changed.

    A forbidden one is taken only if it promises a new best, or, at random, if all are forbidden.
    """
    value, machine, start, stop, ties = FAR, -1, 0, 0, 0
    other_machine, other_start, other_stop, others = -1, 0, 0, 0
    head = 0
    while head < length:
        lane = graph.machine[graph.path[head]]
        end = head + 1
        while end < length and graph.machine[graph.path[end]] == lane and follows(graph, end):
            end += 1
        low, high = graph.place[graph.path[head]], graph.place[graph.path[end - 1]]
        for index in range(KINDS * (high - low)):
            source, goal = candidate(index, low, high, head > 0, end < length)
            if source == goal or not allowed(graph, lane, source, goal):
                continue
            estimate = judged(graph, lane, source, goal)
            if estimate >= graph.state[BEST] and is_tabu(graph, lane, source, goal):
                others += 1
                if chance(graph, others) == 0:
                    other_machine, other_start, other_stop = lane, source, goal
                continue
            if estimate > value:
                continue
            ties = ties + 1 if estimate == value else 1
            if chance(graph, ties) == 0:
                value, machine, start, stop = estimate, lane, source, goal
        head = end
    if machine < 0:
        return other_machine, other_start, other_stop
    return machine, start, stop


@part
def follows(graph: Graph, index: int) -> bool:
    """Whether an operation of the path stands right behind the one before it on their machine."""
    return bool(graph.left[graph.path[index]] == graph.path[index - 1])


@part
def candidate(index: int, low: int, high: int, front: bool, rear: bool) -> tuple[int, int]:
    """The move with a number: an operation to an end of its block, or an end into it; (0, 0) for none.

    Nothing is gained at the front of the first block or at the rear of the last one.
    """
    inner, kind = index // KINDS, index % KINDS
    if kind == 0 and rear:
        return low + inner, high
    if kind == 1 and front:
        return high - inner, low
    if kind == 2 and front and inner > 0:
        return low, low + inner
    if kind == 3 and rear and inner > 0:
        return high, high - inner
    return 0, 0


@part
def allowed(graph: Graph, lane: int, start: int, stop: int) -> bool:
    """A sufficient condition for the move to close no circle (Balas and Vazacopoulos)."""
    nobody = len(graph.order) - 1
    moved, goal = graph.lane[lane, start], graph.lane[lane, stop]
    if stop > start:
        following = graph.after[moved]
        return bool(following == nobody or (following != goal and graph.tail[goal] >= graph.tail[following]))
    ahead = graph.before[moved]
    return bool(ahead == nobody or (ahead != goal and graph.finish[goal] >= graph.finish[ahead]))


@part
def judged(graph: Graph, lane: int, start: int, stop: int) -> int:
    """The longest path through the moved operations, as estimated from old path lengths."""
    row, finish, tail, time = graph.lane[lane], graph.finish, graph.tail, graph.time
    before, after, ends = graph.before, graph.after, graph.scratch
    low, high = min(start, stop), max(start, stop)
    step = 1 if stop > start else -1
    moved = row[start]
    done = finish[graph.left[row[low]]]
    for place in range(low, high + 1):
        operation = moved if place == stop else row[place + step]
        done = max(finish[before[operation]], done) + time[operation]
        ends[place - low] = done
    rest, longest = tail[graph.right[row[high]]], 0
    for place in range(high, low - 1, -1):
        operation = moved if place == stop else row[place + step]
        rest = max(tail[after[operation]], rest)
        longest = max(longest, ends[place - low] + rest)
        rest += time[operation]
    return int(longest)


@part
def is_tabu(graph: Graph, lane: int, start: int, stop: int) -> bool:
    """Whether a move restores a forbidden sequence of two operations."""
    row, round_ = graph.lane[lane], graph.state[ROUND]
    moved, step = row[start], 1 if stop > start else -1
    for place in range(start + step, stop + step, step):
        passed = row[place]
        if stop > start:
            if graph.banned[passed, graph.seat[moved]] > round_:
                return True
        elif graph.banned[moved, graph.seat[passed]] > round_:
            return True
    return False


@part
def forbid(graph: Graph, lane: int, start: int, stop: int) -> None:
    """Forbid for a while that an operation and those it passes come into their present sequence again."""
    row = graph.lane[lane]
    moved, step = row[start], 1 if stop > start else -1
    jobs, machines = len(graph.firsts), len(graph.filled)
    least = 10 + jobs // machines
    span = (2 * least) // 5 if jobs <= 2 * machines else least // 2
    until = graph.state[ROUND] + least + chance(graph, span + 1)
    for place in range(start + step, stop + step, step):
        passed = row[place]
        if stop > start:
            graph.banned[moved, graph.seat[passed]] = until
        else:
            graph.banned[passed, graph.seat[moved]] = until


@part
def move(graph: Graph, lane: int, start: int, stop: int) -> bool:
    """Move an operation on its machine and bring all paths up to date; False, unchanged, on a circle."""
    low, high = min(start, stop), max(start, stop)
    first, last = graph.lane[lane, low], graph.lane[lane, high]
    begin, end = graph.rank[first], graph.rank[last]
    if stop > start:
        done = reorder_behind(graph, first, begin, end)
    else:
        done = reorder_ahead(graph, last, begin, end)
    if not done:
        return False
    relink(graph, lane, start, stop)
    heads(graph, begin)
    tails(graph, end)
    return True


@part
def reorder_behind(graph: Graph, moved: int, begin: int, end: int) -> bool:
    """Shift an operation and all that must follow it behind rank `end` of the order; False on a circle."""
    mark, order, rank = graph.mark, graph.order, graph.rank
    graph.state[MARK] += 1
    stamp, shifted, free = graph.state[MARK], 0, begin
    mark[moved] = stamp
    last = order[end]
    for index in range(begin + 1, end + 1):
        operation = order[index]
        neighbour = graph.left[operation]
        if mark[graph.before[operation]] == stamp or (neighbour != moved and mark[neighbour] == stamp):
            mark[operation] = stamp
    if mark[last] == stamp:
        return False
    for index in range(begin, end + 1):
        operation = order[index]
        if mark[operation] == stamp:
            graph.scratch[shifted] = operation
            shifted += 1
        else:
            order[free] = operation
            rank[operation] = free
            free += 1
    for index in range(shifted):
        operation = graph.scratch[index]
        order[free + index] = operation
        rank[operation] = free + index
    return True


@part
def reorder_ahead(graph: Graph, moved: int, begin: int, end: int) -> bool:
    """Shift an operation and all that must precede it ahead of rank `begin`; False on a circle."""
    mark, order, rank = graph.mark, graph.order, graph.rank
    graph.state[MARK] += 1
    stamp, shifted, free = graph.state[MARK], 0, end
    mark[moved] = stamp
    first = order[begin]
    for index in range(end - 1, begin - 1, -1):
        operation = order[index]
        neighbour = graph.right[operation]
        if mark[graph.after[operation]] == stamp or (neighbour != moved and mark[neighbour] == stamp):
            mark[operation] = stamp
    if mark[first] == stamp:
        return False
    for index in range(end, begin - 1, -1):
        operation = order[index]
        if mark[operation] == stamp:
            graph.scratch[shifted] = operation
            shifted += 1
        else:
            order[free] = operation
            rank[operation] = free
            free -= 1
    for index in range(shifted):
        operation = graph.scratch[index]
        order[free - index] = operation
        rank[operation] = free - index
    return True


@part
def relink(graph: Graph, lane: int, start: int, stop: int) -> None:
    """Shift the places between two on a machine and join the neighbours anew."""
    row, nobody = graph.lane[lane], len(graph.order) - 1
    step = 1 if stop > start else -1
    moved = row[start]
    for place in range(start, stop, step):
        row[place] = row[place + step]
    row[stop] = moved
    low, high = min(start, stop), max(start, stop)
    previous = row[low - 1] if low else nobody
    for place in range(low, high + 1):
        operation = row[place]
        graph.place[operation] = place
        graph.left[operation] = previous
        if previous != nobody:
            graph.right[previous] = operation
        previous = operation
    following = row[high + 1] if high + 1 < graph.filled[lane] else nobody
    graph.right[previous] = following
    if following != nobody:
        graph.left[following] = previous

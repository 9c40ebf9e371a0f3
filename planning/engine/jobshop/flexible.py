"""The neighbourhood where operations choose their machine: critical ones are taken out and inserted anew.

Mastrolilli, Gambardella 2000 (insertion on any machine, tabu of operation and machine), with the value of
each insertion exact: path lengths are computed without the operation before its places are compared.
"""

from kernel.jit import part
from planning.engine.jobshop.graph import BEST, MARK, ROUND, Graph, chance, copy, heads, tails

FAR = 1 << 60
SCALE = 1 << 20
SHORTEST, SPREAD = 5, 10


@part
def choose(graph: Graph, length: int) -> tuple[int, int, int]:
    """The best insertion of an operation of the critical path: operation, machine, place; -1 if none.

    A forbidden one is taken only if it makes a new best, or, at random, if all are forbidden.
    """
    value, moved, machine, place, ties = FAR, -1, 0, 0, 0
    other, other_machine, other_place, others = -1, 0, 0, 0
    low = high = -1
    for index in range(length):
        operation = graph.path[index]
        rest = without(graph, operation)
        if index > high:
            low, high = index, block_end(graph, index, length)
        for lane in range(len(graph.filled)):
            time = graph.times[operation, lane]
            if time < 0:
                continue
            tabu = banned_first(graph, operation, lane)
            for at in range(graph.filled[lane] + 1):
                tabu += banned_step(graph, operation, lane, at)
                if lane == graph.machine[operation] and idle(graph, at, index, low, high, length):
                    continue
                through = inserted(graph, operation, lane, at, time)
                if through >= FAR:
                    continue
                makespan = max(rest, through)
                if tabu and makespan >= graph.state[BEST]:
                    others += 1
                    if chance(graph, others) == 0:
                        other, other_machine, other_place = operation, lane, at
                    continue
                rating = makespan * SCALE + min(through, SCALE - 1)
                if rating > value:
                    continue
                ties = ties + 1 if rating == value else 1
                if chance(graph, ties) == 0:
                    value, moved, machine, place = rating, operation, lane, at
    if moved < 0:
        return other, other_machine, other_place
    return moved, machine, place


@part
def block_end(graph: Graph, index: int, length: int) -> int:
    """The last index of the path's block that begins at an index."""
    while index + 1 < length and graph.left[graph.path[index + 1]] == graph.path[index]:
        index += 1
    return index


@part
def idle(graph: Graph, at: int, index: int, low: int, high: int, length: int) -> bool:
    """Whether a place on the operation's own machine surely leaves the path as long as it is.

    Only a change of a block's first or last operation can shorten it; of the path's first block only the
    last one, of its last block only the first one.
    """
    first, last = graph.place[graph.path[low]], graph.place[graph.path[high]]
    front = low > 0 and (at <= first or index == low)
    rear = high < length - 1 and (at > last or index == high)
    return not (front or rear)


@part
def banned_first(graph: Graph, operation: int, lane: int) -> int:
    """How many bans an operation breaks as the first on a machine."""
    now, broken = graph.state[ROUND], 0
    if graph.machine[operation] != lane:
        broken = int(graph.banned[operation, len(graph.order) + lane] > now)
    for at in range(graph.filled[lane]):
        broken += graph.banned[operation, graph.lane[lane, at]] > now
    return broken


@part
def banned_step(graph: Graph, operation: int, lane: int, at: int) -> int:
    """How the number of broken bans changes when the operation passes the one ahead of a place."""
    if at == 0:
        return 0
    now, passed = graph.state[ROUND], graph.lane[lane, at - 1]
    return int(graph.banned[passed, operation] > now) - int(graph.banned[operation, passed] > now)


@part
def forbid(graph: Graph, moved: int, lane: int, at: int) -> None:
    """Forbid for a while an operation's return to its machine, or to its side of those it passes there."""
    here, place, row = graph.machine[moved], graph.place[moved], graph.lane[lane]
    until = graph.state[ROUND] + SHORTEST + chance(graph, SPREAD)
    if here != lane:
        graph.banned[moved, len(graph.order) + here] = until
        return
    for index in range(place + 1, at):
        graph.banned[moved, row[index]] = until
    for index in range(at, place):
        graph.banned[row[index], moved] = until


@part
def without(graph: Graph, taken: int) -> int:
    """Path lengths of the plan without an operation's machine place and work; the longest one.

    The operation's row then stands for the job's path past it: its work counts as 0.
    """
    finish, tail, time = graph.scratch_finish, graph.scratch_tail, graph.time
    size, rank = len(graph.order) - 1, graph.rank[taken]
    left, right = graph.left[taken], graph.right[taken]
    copy(graph.finish, finish)
    copy(graph.tail, tail)
    finish[taken] = finish[graph.before[taken]]
    for index in range(rank + 1, size):
        operation = graph.order[index]
        neighbour = left if operation == right else graph.left[operation]
        finish[operation] = max(finish[graph.before[operation]], finish[neighbour]) + time[operation]
    tail[taken] = tail[graph.after[taken]]
    for index in range(rank - 1, -1, -1):
        operation = graph.order[index]
        neighbour = right if operation == left else graph.right[operation]
        tail[operation] = max(tail[graph.after[operation]], tail[neighbour]) + time[operation]
    longest = 0
    for operation in graph.lasts:
        longest = max(longest, finish[operation])
    return longest


@part
def inserted(graph: Graph, operation: int, lane: int, at: int, time: int) -> int:
    """The longest path through an operation put ahead of the one at a place; FAR if it may close a circle.

    No path leads back when the left neighbour starts before the job's next operation can end, and the right
    one ends after the job's previous one starts; the same holds of the tails.
    """
    nobody, finish, tail = len(graph.order) - 1, graph.scratch_finish, graph.scratch_tail
    row, present = graph.lane[lane], graph.time
    left = row[at - 1] if at else nobody
    right = row[at] if at < graph.filled[lane] else nobody
    if operation in (left, right):
        return FAR
    ahead, behind = graph.before[operation], graph.after[operation]
    if (
        left != nobody
        and behind != nobody
        and finish[left] - present[left] >= finish[behind]
        and tail[behind] - present[behind] >= tail[left]
    ):
        return FAR
    if (
        right != nobody
        and ahead != nobody
        and finish[ahead] - present[ahead] >= finish[right]
        and tail[right] - present[right] >= tail[ahead]
    ):
        return FAR
    if left == behind != nobody or right == ahead != nobody:
        return FAR
    return int(max(finish[ahead], finish[left]) + time + max(tail[behind], tail[right]))


@part
def transfer(graph: Graph, moved: int, lane: int, at: int) -> bool:
    """Move an operation to a place, counted with it in; renew all paths. False, unchanged, on a circle."""
    old, size = graph.machine[moved], len(graph.order) - 1
    if lane == old and at > graph.place[moved]:
        at -= 1
    origin = graph.place[moved]
    take(graph, moved)
    put(graph, moved, lane, at)
    if not reorder(graph, moved):
        take(graph, moved)
        put(graph, moved, old, origin)
        return False
    heads(graph, 0)
    tails(graph, size - 1)
    return True


@part
def take(graph: Graph, moved: int) -> None:
    """Close the gap an operation leaves on its machine."""
    lane, nobody = graph.machine[moved], len(graph.order) - 1
    left, right = graph.left[moved], graph.right[moved]
    graph.filled[lane] -= 1
    for place in range(graph.place[moved], graph.filled[lane]):
        operation = graph.lane[lane, place + 1]
        graph.lane[lane, place] = operation
        graph.place[operation] = place
    if left != nobody:
        graph.right[left] = right
    if right != nobody:
        graph.left[right] = left


@part
def put(graph: Graph, moved: int, lane: int, at: int) -> None:
    """Insert an operation at a place of a machine."""
    row, nobody = graph.lane[lane], len(graph.order) - 1
    for place in range(graph.filled[lane], at, -1):
        row[place] = row[place - 1]
        graph.place[row[place]] = place
    row[at] = moved
    graph.filled[lane] += 1
    graph.place[moved], graph.machine[moved] = at, lane
    graph.time[moved] = graph.times[moved, lane]
    left = row[at - 1] if at else nobody
    right = row[at + 1] if at + 1 < graph.filled[lane] else nobody
    graph.left[moved], graph.right[moved] = left, right
    if left != nobody:
        graph.right[left] = moved
    if right != nobody:
        graph.left[right] = moved


@part
def reorder(graph: Graph, moved: int) -> bool:
    """Renew the topological order after an insertion; False, order unchanged, if a circle was closed."""
    mark, size, state = graph.mark, len(graph.order) - 1, graph.state
    ahead, left = graph.before[moved], graph.left[moved]
    state[MARK] += 1
    stamp, early, late = state[MARK], 0, 0
    mark[moved] = stamp
    last = max(graph.rank[ahead], graph.rank[left])
    for index in range(size):
        operation = graph.order[index]
        if operation == moved:
            continue
        behind = mark[graph.before[operation]] == stamp or mark[graph.left[operation]] == stamp
        if behind and operation in (ahead, left):
            return False
        if behind or index > last:
            mark[operation] = stamp if behind else mark[operation]
            graph.scratch_tail[late] = operation
            late += 1
        else:
            graph.scratch_finish[early] = operation
            early += 1
    for index in range(size):
        if index == early:
            operation = moved
        elif index < early:
            operation = graph.scratch_finish[index]
        else:
            operation = graph.scratch_tail[index - early - 1]
        graph.order[index] = operation
        graph.rank[operation] = index
    return True

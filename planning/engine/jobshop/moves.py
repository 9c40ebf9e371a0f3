"""Tabu search: the best move that is not forbidden, round by round, in one of two neighbourhoods."""

from kernel.jit import kernel
from planning.engine.jobshop import fixed, flexible
from planning.engine.jobshop.graph import BEST, MAKESPAN, ROUND, Graph, critical_path, keep


@kernel
def search(graph: Graph, rounds: int, target: int, choosing: bool) -> None:
    """Make that many moves, each to the best neighbour not forbidden; stop at a makespan of `target`.

    `choosing`: operations choose their machine. A move is an operation, machine and place, or a machine and
    two places; its first number is negative where there is none.
    """
    for _ in range(rounds):
        if graph.state[BEST] <= target:
            return
        graph.state[ROUND] += 1
        length = critical_path(graph)
        one, two, three = flexible.choose(graph, length) if choosing else fixed.choose(graph, length)
        if one < 0:
            return
        if choosing:
            flexible.forbid(graph, one, two, three)
            done = flexible.transfer(graph, one, two, three)
        else:
            fixed.forbid(graph, one, two, three)
            done = fixed.move(graph, one, two, three)
        if done and graph.state[MAKESPAN] < graph.state[BEST]:
            keep(graph)

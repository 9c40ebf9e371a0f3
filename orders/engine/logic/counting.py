"""The exact number of variants, in integers of any size."""

from math import prod

from orders.engine.logic.circuit import OR, TRUE, Circuit
from orders.engine.logic.frame import Frame, Settled
from orders.engine.logic.reduction import AND


def exact_count(frame: Frame, circuit: Circuit, settled: Settled) -> int:
    """How many variants are left of those the choices allow."""
    below = _ways_below(frame, settled)
    weights: list[tuple[int, int]] = [
        (int(settled.cannot[holder]), below[holder]) for holder in frame.forest.pivots.tolist()
    ]
    weights += [(1, 1)] * (circuit.variables - frame.size)
    both = [no + yes for no, yes in weights]
    flat = [weight for pair in weights for weight in pair]
    edges, child, starts = circuit.edges.tolist(), circuit.child.tolist(), circuit.starts.tolist()
    literals, gap_starts, gaps = circuit.literals.tolist(), circuit.gap_starts.tolist(), circuit.gaps.tolist()
    values: list[int] = []
    for node, kind in enumerate(circuit.kind.tolist()):
        total = 0 if kind == OR or kind > TRUE else 1
        for edge in range(edges[node], edges[node + 1]):
            part = values[child[edge]]
            for literal in literals[starts[edge] : starts[edge + 1]]:
                part = part * flat[literal] if flat[literal] != 1 else part
            for variable in gaps[gap_starts[edge] : gap_starts[edge + 1]]:
                part *= both[variable]
            total = total + part if kind == OR else total * part
        values.append(total)
    free: list[int] = circuit.free.tolist()
    return values[-1] * prod(both[variable] for variable in free)


def _ways_below(frame: Frame, settled: Settled) -> dict[int, int]:
    """For each holder the number of ways below it where it is true."""
    woods = frame.forest
    can, cannot = settled.can.tolist(), settled.cannot.tolist()
    starts, children = woods.starts.tolist(), woods.children.tolist()
    kind, low, high = woods.kind.tolist(), woods.low.tolist(), woods.high.tolist()
    mandatory = woods.mandatory.tolist()
    ways: dict[int, int] = {}
    for holder in woods.upward.tolist():
        kids = children[starts[holder] : starts[holder + 1]]
        if not can[holder]:
            ways[holder] = 0
        elif kind[holder] == AND or not kids:
            ways[holder] = prod(ways[kid] + (cannot[kid] and not mandatory[kid]) for kid in kids)
        else:
            ways[holder] = _between(
                [(int(cannot[kid]), ways[kid]) for kid in kids], low[holder], high[holder]
            )
    return ways


def _between(pairs: list[tuple[int, int]], low: int, high: int) -> int:
    """The ways to take between low and high members; each has its ways out and its ways in."""
    if low <= 1 and high == len(pairs):
        everything = prod(out + into for out, into in pairs)
        return everything - (prod(out for out, _ in pairs) if low else 0)
    ways = [1] + [0] * high
    for out, into in pairs:
        ways = [kept * out + fewer * into for kept, fewer in zip(ways, [0, *ways], strict=False)]
    return sum(ways[low:])

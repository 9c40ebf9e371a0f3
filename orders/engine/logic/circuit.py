"""A model as a d-DNNF circuit in arrays: compiled once by d4, walked up and down at every click."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from orders.engine.logic.tree import IntArray

D4: Final = Path(__file__).with_name("d4.py")
PATIENCE: Final = 5
AND: Final = 0
OR: Final = 1
TRUE: Final = 2
FALSE: Final = 3
KINDS: Final = {"a": AND, "o": OR, "t": TRUE, "f": FALSE}


class Circuit(NamedTuple):
    """Nodes with children before parents; the root is the last one.

    Edges of node n are `edges[n]:edges[n + 1]`; edge e leads to `child[e]`, carries the literals
    `literals[starts[e]:starts[e + 1]]`, written 2 * variable + 1 for true and 2 * variable for false
    (variables from 0), and leaves the variables `gaps[gap_starts[e]:gap_starts[e + 1]]` free that its
    siblings speak of. `free` are the variables the circuit does not speak of at all.
    """

    variables: int
    kind: NDArray[np.int8]
    edges: IntArray
    child: IntArray
    starts: IntArray
    literals: IntArray
    gap_starts: IntArray
    gaps: IntArray
    free: IntArray


def compile_circuit(variables: int, clauses: Sequence[Sequence[int]], limit_s: float) -> Circuit | None:
    """The circuit equivalent to the clauses, or None where d4 fails or needs longer than `limit_s`.

    The limit is processor time, so that a busy machine does not decide; the clock has `PATIENCE` times more.
    Lagniez and Marquis, An improved decision-DNNF compiler (IJCAI 2017).
    """
    if any(not clause for clause in clauses):
        return _arrays(_Nodes([_Node(FALSE)]), variables)
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(D4), str(max(1, ceil(limit_s)))],
            input=json.dumps([variables, list(map(list, clauses))]),
            capture_output=True,
            text=True,
            timeout=PATIENCE * limit_s,
        )
    except subprocess.TimeoutExpired:
        return None
    return _arrays(_Nodes.read(done.stdout), variables) if done.returncode == 0 and done.stdout else None


@dataclass
class _Node:
    kind: int
    edges: list[tuple[int, list[int]]] = field(default_factory=list)


@dataclass
class _Nodes:
    """The circuit as d4 writes it; the root is the first node."""

    nodes: list[_Node]

    @staticmethod
    def read(text: str) -> "_Nodes":
        """Lines `o 3 0` for nodes, `3 4 1 -2 0` for edges with their literals."""
        nodes: list[_Node] = []
        for line in text.splitlines():
            words = line.split()
            if words and words[0] in KINDS:
                nodes.append(_Node(KINDS[words[0]]))
            elif words:
                source, target, *literals = map(int, words[:-1])
                nodes[source - 1].edges.append((target - 1, literals))
        return _Nodes(nodes)

    def order(self) -> list[int]:
        """Nodes the root reaches, children before parents."""
        found: list[int] = []
        state = [0] * len(self.nodes)
        stack = [0]
        while stack:
            node = stack[-1]
            if state[node] == 0:
                state[node] = 1
                stack.extend(child for child, _ in self.nodes[node].edges if state[child] == 0)
                continue
            stack.pop()
            if state[node] == 1:
                state[node] = 2
                found.append(node)
        return found


def _arrays(read: _Nodes, variables: int) -> Circuit:
    """Number the nodes anew, leave out edges to nothing, and find what each branch leaves free."""
    order = read.order()
    place = {node: number for number, node in enumerate(order)}
    kinds: list[int] = []
    edges, children, spoken = [0], [0][:0], [0][:0]
    literals: list[list[int]] = []
    gaps: list[list[int]] = []
    for node in order:
        kept = [
            (place[child], lits)
            for child, lits in read.nodes[node].edges
            if read.nodes[child].kind != FALSE or read.nodes[node].kind == AND
        ]
        masks = [spoken[child] | sum(1 << (abs(lit) - 1) for lit in lits) for child, lits in kept]
        whole = 0
        for mask in masks:
            whole |= mask
        spoken.append(whole)
        kinds.append(read.nodes[node].kind)
        for (child, lits), mask in zip(kept, masks, strict=True):
            children.append(child)
            literals.append([2 * abs(lit) - 2 + (lit > 0) for lit in lits])
            gaps.append(list(_bits(whole & ~mask)) if kinds[-1] == OR else [])
        edges.append(len(children))
    starts, flat = _flat(literals)
    gap_starts, flat_gaps = _flat(gaps)
    everything = (1 << variables) - 1
    return Circuit(
        variables=variables,
        kind=np.array(kinds, np.int8),
        edges=np.array(edges, np.int32),
        child=np.array(children, np.int32),
        starts=starts,
        literals=flat,
        gap_starts=gap_starts,
        gaps=flat_gaps,
        free=np.array(list(_bits(everything & ~spoken[-1])), np.int32),
    )


def _bits(mask: int) -> Iterator[int]:
    """The places of the ones in a mask."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _flat(lists: list[list[int]]) -> tuple[IntArray, IntArray]:
    """Lists one behind the other, with where each starts."""
    starts = np.cumsum([0, *map(len, lists)], dtype=np.int64).astype(np.int32)
    return starts, np.array([value for part in lists for value in part], np.int32)

"""The clauses of a model in arrays, each with the rule or the relation of the tree it belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from orders.engine.logic.answers import CHILD, GROUP, MANDATORY, Relation
from orders.engine.logic.clauses import Clause, Encoding, Key
from orders.engine.logic.tree import BoolArray, IntArray

KINDS = ("rule", CHILD, MANDATORY, GROUP)


@dataclass(frozen=True)
class Cnf:
    """Clause c is `literals[starts[c]:starts[c + 1]]` and belongs to key `owner[c]`.

    Key k is a rule's number or a relation's feature: `numbers[k]`, `kinds[k]` (a place in KINDS). Clauses
    that are `defining` determine helper variables and exclude no variant. Variables from 1, kept ones first.
    """

    variables: int
    literals: IntArray
    starts: IntArray
    owner: IntArray
    defining: BoolArray
    kinds: IntArray
    numbers: IntArray

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """What clauses can belong to."""
        pairs = zip(self.kinds.tolist(), self.numbers.tolist(), strict=True)
        return tuple(Relation(KINDS[kind], number) if kind else number for kind, number in pairs)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """All clauses."""
        flat = self.literals.tolist()
        bounds = self.starts.tolist()
        return tuple(tuple(flat[first:last]) for first, last in pairwise(bounds))

    @cached_property
    def by_rule(self) -> dict[int, tuple[int, int]]:
        """The first clause and the one after the last of each rule."""
        found = {}
        bounds = np.searchsorted(self.owner, np.arange(len(self.keys) + 1)).tolist()
        for key, first, last in zip(self.keys, bounds, bounds[1:], strict=False):
            if not isinstance(key, Relation):
                found[key] = (first, last)
        return found

    def of_rule(self, number: int) -> Iterator[tuple[Clause, bool]]:
        """The clauses of a rule, and whether each only defines a helper."""
        first, last = self.by_rule[number]
        for place in range(first, last):
            yield self.clauses[place], bool(self.defining[place])


def cnf_of(made: Encoding) -> Cnf:
    """The encoding in arrays."""
    clauses: list[Clause] = []
    owner: list[int] = []
    defining: list[bool] = []
    for place, (key, own) in enumerate(made.clauses.items()):
        helping = made.defining.get(key, [])
        clauses += [*helping, *own]
        owner += [place] * (len(helping) + len(own))
        defining += [True] * len(helping) + [False] * len(own)
    keys = list(made.clauses)
    kinds = [KINDS.index(key.kind) if isinstance(key, Relation) else 0 for key in keys]
    numbers = [key.feature if isinstance(key, Relation) else key for key in keys]
    return Cnf(
        variables=made.variables,
        literals=np.array([literal for clause in clauses for literal in clause], np.int32),
        starts=np.cumsum([0, *map(len, clauses)], dtype=np.int64).astype(np.int32),
        owner=np.array(owner, np.int32),
        defining=np.array(defining, np.bool_),
        kinds=np.array(kinds, np.int32),
        numbers=np.array(numbers, np.int32),
    )

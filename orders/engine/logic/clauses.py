"""From features, rules, tables and budgets to clauses whose helper variables are all determined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise, product
from typing import Final

from orders.engine.logic.answers import CHILD, GROUP, MANDATORY, Relation
from orders.engine.logic.budgets import Layer, layers_of, limited
from orders.engine.logic.reduction import Kept
from orders.engine.logic.tables import table_clauses
from orders.engine.logic.tree import (
    And,
    FeatureTree,
    Formula,
    Group,
    Iff,
    Implies,
    Not,
    Or,
    Rule,
    Table,
    Var,
)

MOST_CLAUSES: Final = 64
"""A rule that would need more is cut by a helper variable."""
MOST_SIMPLE: Final = 8
MOST_PAIRED: Final = 8
Clause = tuple[int, ...]
Key = Relation | int
"""What a clause belongs to: a relation of the tree, or the number of a rule."""


@dataclass
class Encoding:
    """Clauses by what they belong to; `defining` ones determine helper variables and exclude no variant.

    Where variants are not counted (`exact` is false), wide groups are written with helpers of their own.
    """

    kept: Kept
    clauses: dict[Key, list[Clause]] = field(default_factory=dict)
    defining: dict[Key, list[Clause]] = field(default_factory=dict)
    variables: int = 0
    exact: bool = True
    key: Key = 0

    def new_variable(self) -> int:
        self.variables += 1
        return self.variables

    def define(self, *clauses: Clause) -> None:
        """Add clauses that determine a helper variable of the current rule or relation."""
        self.defining.setdefault(self.key, []).extend(clauses)


def encode(tree: FeatureTree, kept: Kept) -> Encoding:
    """The whole model over the kept variables."""
    made = Encoding(kept, variables=kept.size)
    encode_relations(tree, made)
    for rule in tree.rules:
        made.key = rule.number
        made.clauses[rule.number] = _rule_clauses(made, rule)
    for table in tree.tables:
        made.clauses[table.number] = _table_clauses(tree, made, table)
    for budget in tree.budgets:
        made.key = budget.number
        layers = [
            Layer(tuple((kept.variable[feature], weight) for feature, weight in layer.options))
            for layer in layers_of(tree, budget)
        ]
        made.clauses[budget.number] = [(limited(made, layers, budget.limit),)]
    return made


# --- the tree ---


def encode_relations(tree: FeatureTree, made: Encoding) -> None:
    """What the tree says about the kept variables."""
    kept = made.kept
    for feature, variable in kept.variable.items():
        parent = int(tree.parent[feature])
        if parent >= 0:
            above = kept.variable[parent]
            made.clauses[Relation(CHILD, feature)] = [(-variable, above)]
            if tree.mandatory[feature] and tree.group[parent] == Group.AND:
                made.clauses[Relation(MANDATORY, feature)] = [(-above, variable)]
        elif tree.mandatory[feature]:
            made.clauses[Relation(MANDATORY, feature)] = [(variable,)]
    for feature, below in kept.children.items():
        if feature >= 0 and tree.group[feature] != Group.AND:
            made.key = Relation(GROUP, feature)
            made.clauses[made.key] = _group_clauses(tree, made, feature, below)


def _group_clauses(tree: FeatureTree, made: Encoding, feature: int, below: tuple[int, ...]) -> list[Clause]:
    """Between low and high of the children, where the feature is true."""
    kept = made.kept
    above = kept.variable[feature]
    members = [kept.variable[child] for child in below]
    low, high = int(tree.low[feature]), int(tree.high[feature])
    clauses: list[Clause] = []
    if other := kept.other.get(feature):
        members.append(other)
        clauses.append((-other, above))
    if low > 1 or 1 < high < len(members):
        layers = [Layer(((member, 1),)) for member in members]
        fewer = [Layer(((member, -1),)) for member in members]
        return [*clauses, (-above, limited(made, layers, high)), (-above, limited(made, fewer, -low))]
    if low == 1:
        clauses.append((-above, *members))
    if high == 1:
        clauses += _at_most_one(made, members)
    return clauses


def _at_most_one(made: Encoding, members: list[int]) -> Iterator[Clause]:
    """Pair by pair, or up a ladder whose rungs stay true once a member is (Sinz 2005)."""
    if made.exact or len(members) <= MOST_PAIRED:
        yield from combinations((-member for member in members), 2)
        return
    rungs = [made.new_variable() for _ in members]
    yield from zip((-member for member in members), rungs, strict=True)
    yield from ((-rung, above) for rung, above in pairwise(rungs))
    yield from ((-rung, -member) for rung, member in zip(rungs, members[1:], strict=False))


# --- rules ---


def _rule_clauses(made: Encoding, rule: Rule) -> list[Clause]:
    clauses = (_tidy(clause) for clause in _clauses(made, rule.formula, True))
    return list(dict.fromkeys(clause for clause in clauses if clause is not None))


def _tidy(clause: Clause) -> Clause | None:
    """Without repetitions; None where it is always true."""
    literals = dict.fromkeys(clause)
    return None if any(-literal in literals for literal in literals) else tuple(literals)


def _clauses(made: Encoding, formula: Formula, sign: bool) -> list[Clause]:
    """The clauses of a formula, or of its contrary."""
    match formula:
        case Var(feature):
            variable = made.kept.variable[feature]
            return [(variable if sign else -variable,)]
        case Not(part):
            return _clauses(made, part, not sign)
        case And(parts):
            return _all(made, parts, sign) if sign else _any(made, parts, sign)
        case Or(parts):
            return _any(made, parts, sign) if sign else _all(made, parts, sign)
        case Implies(left, right):
            return _clauses(made, Or((Not(left), right)), sign)
        case Iff(left, right):
            return _equal(made, left, right if sign else Not(right))


def _all(made: Encoding, parts: Sequence[Formula], sign: bool) -> list[Clause]:
    return [clause for part in parts for clause in _clauses(made, part, sign)]


def _any(made: Encoding, parts: Sequence[Formula], sign: bool) -> list[Clause]:
    """One clause of each part together; parts that would multiply too far become a helper each."""
    choices: list[list[Clause]] = []
    total = 1
    for part in sorted((_clauses(made, part, sign) for part in parts), key=len):
        if total * len(part) > MOST_CLAUSES and len(part) > 1:
            part = [(_helper(made, part),)]
        choices.append(part)
        total *= len(part)
    return [tuple(literal for clause in picked for literal in clause) for picked in product(*choices)]


def _equal(made: Encoding, left: Formula, right: Formula) -> list[Clause]:
    """Both or none; a side that is long or holds another equivalence becomes a helper."""
    if _is_simple(left) and _is_simple(right):
        return _all(made, (Or((Not(left), right)), Or((left, Not(right)))), True)
    one, two = (_helper(made, _clauses(made, side, True)) for side in (left, right))
    return [(-one, two), (one, -two)]


def _is_simple(formula: Formula) -> bool:
    match formula:
        case Var():
            return True
        case Not(part):
            return _is_simple(part)
        case And(parts) | Or(parts):
            return len(parts) <= MOST_SIMPLE and all(map(_is_simple, parts))
        case Implies(left, right):
            return _is_simple(left) and _is_simple(right)
        case Iff():
            return False


def _helper(made: Encoding, clauses: list[Clause]) -> int:
    """A variable that is true exactly where all the clauses are."""
    parts: list[int] = []
    for clause in clauses:
        part = clause[0] if clause else 0
        if len(clause) != 1:
            part = made.new_variable()
            made.define((-part, *clause), *((part, -literal) for literal in clause))
        parts.append(part)
    whole = made.new_variable()
    made.define((whole, *(-part for part in parts)), *((-whole, part) for part in parts))
    return whole


def _table_clauses(tree: FeatureTree, made: Encoding, table: Table) -> list[Clause]:
    variable = made.kept.variable
    filled = tuple(_always_filled(tree, column) for column in table.columns)
    literals = {feature + 1: variable[feature] for column in table.columns for feature in column}
    literals |= {-feature: -literal for feature, literal in literals.items()}
    return [tuple(literals[literal] for literal in clause) for clause in table_clauses(table, filled)]


def _always_filled(tree: FeatureTree, column: tuple[int, ...]) -> bool:
    """Whether exactly one feature of the column is true in every variant, by the tree alone."""
    parent = int(tree.parent[column[0]])
    if parent < 0 or len(column) != len(tree.children[parent]) or tree.group[parent] != Group.ALTERNATIVE:
        return False
    while parent >= 0 and tree.mandatory[parent]:
        above = int(tree.parent[parent])
        if above >= 0 and tree.group[above] != Group.AND:
            return False
        parent = above
    return parent < 0

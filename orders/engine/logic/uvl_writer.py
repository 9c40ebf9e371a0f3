"""Writing UVL: what `read_uvl` reads back as the same tree."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from orders.engine.logic.tables import as_formula
from orders.engine.logic.tree import And, FeatureTree, Formula, Group, Iff, Implies, Not, Or, Var
from orders.engine.logic.uvl import KEYWORDS, SECTIONS

PLAIN: Final = re.compile(r"[^\W\d]\w*$")
RESERVED: Final = {*KEYWORDS, *SECTIONS, "cardinality", "constraint", "Boolean", "Integer", "Real", "String"}
ROOT: Final = "Model"
Step = tuple[int, int, str]
"""A line to write: its indent, and either a feature or (with -1) a keyword."""


def write_uvl(tree: FeatureTree) -> str:
    """The model as UVL text.

    Several roots, or one that may be missing, are put below one called Model. Tables are written as formulas;
    budgets, which UVL cannot say in propositional terms, as comments.
    """
    lines = ["features"]
    roots = [feature for feature in range(len(tree)) if tree.parent[feature] < 0]
    steps: list[Step] = [(1, roots[0], "")]
    if len(roots) > 1 or not tree.mandatory[roots[0]]:
        lines.append(f"\t{_name(_free_name(tree))}")
        steps = list(reversed(list(_blocks(tree, roots, 2))))
    while steps:
        depth, feature, keyword = steps.pop()
        lines.append("\t" * depth + (keyword or _name(tree.names[feature])))
        if not keyword:
            steps.extend(reversed(list(_below(tree, feature, depth + 1))))
    lines += _constraints(tree)
    return "\n".join(lines) + "\n"


def _free_name(tree: FeatureTree) -> str:
    name = ROOT
    while name in tree.index:
        name += " "
    return name


def _name(name: str) -> str:
    return name if PLAIN.match(name) and name not in RESERVED else f'"{name}"'


def _below(tree: FeatureTree, feature: int, depth: int) -> Iterator[Step]:
    """Groups and children of a feature; hidden helpers give their own group to it."""
    children = tree.children[feature]
    if tree.group[feature] == Group.AND:
        yield from _blocks(tree, children, depth)
    elif children:
        yield depth, -1, _keyword(tree, feature)
        for child in children:
            yield depth + 1, child, ""


def _blocks(tree: FeatureTree, children: tuple[int, ...] | list[int], depth: int) -> Iterator[Step]:
    """Runs of mandatory and of optional children, in their order."""
    for (hidden, mandatory), run in groupby(
        children, lambda child: (tree.hidden[child], tree.mandatory[child])
    ):
        if hidden:
            for helper in run:
                yield from _below(tree, helper, depth)
            continue
        yield depth, -1, "mandatory" if mandatory else "optional"
        for child in run:
            yield depth + 1, child, ""


def _keyword(tree: FeatureTree, feature: int) -> str:
    match tree.group[feature]:
        case Group.ALTERNATIVE:
            return "alternative"
        case Group.OR:
            return "or"
    return f"[{tree.low[feature]}..{tree.high[feature]}]"


def _constraints(tree: FeatureTree) -> list[str]:
    """Rules and tables by their numbers, then what cannot be said."""
    numbered = {rule.number: rule.formula for rule in tree.rules}
    numbered |= {table.number: as_formula(table) for table in tree.tables}
    lines = [f"\t{_formula(tree, numbered[number])}" for number in sorted(numbered)]
    lines += [
        f"\t// budget {budget.number} cannot be said in UVL: {' '.join(budget.label.split())}"
        for budget in tree.budgets
    ]
    return ["", "constraints", *lines] if lines else []


def _formula(tree: FeatureTree, formula: Formula) -> str:
    match formula:
        case Var(feature):
            return _name(tree.names[feature])
        case Not(part):
            return f"!{_inner(tree, part)}"
        case And(()):
            return f"{_name(tree.names[0])} | !{_name(tree.names[0])}"
        case Or(()):
            return f"{_name(tree.names[0])} & !{_name(tree.names[0])}"
        case And(parts):
            return " & ".join(_inner(tree, part) for part in parts)
        case Or(parts):
            return " | ".join(_inner(tree, part) for part in parts)
        case Implies(left, right):
            return f"{_inner(tree, left)} => {_inner(tree, right)}"
        case Iff(left, right):
            return f"{_inner(tree, left)} <=> {_inner(tree, right)}"


def _inner(tree: FeatureTree, formula: Formula) -> str:
    text = _formula(tree, formula)
    return text if isinstance(formula, Var | Not) else f"({text})"

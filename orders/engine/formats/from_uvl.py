"""Features and constraints from UVL: the tree as rows, constraints as rules in the expression language.

A child of a choice is an option, known inside it only, so a constraint that names it is rewritten: option B
of alternative A becomes `A = B`, of a list `B in A`, a feature there or not stays a name, a choice that
may be missing becomes `A <> none`, and one that is always there counts as what it hangs on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from kernel.errors import Refused
from kernel.expressions import is_name
from orders.engine.logic.tree import And, FeatureTree, Formula, Group, Iff, Implies, Not, Or, Rule, Var
from orders.engine.logic.uvl import read_uvl
from orders.engine.model import QUANTITY, FeatureRow, ProductModel, RuleRow

LONGEST_FILE: Final = 20_000_000
LONGEST_CODE: Final = 40
LONGEST_NAME: Final = 60
DEEPEST: Final = 50
FIGURES: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
RELATIONS: Final = {
    Group.AND: "and",
    Group.ALTERNATIVE: "alternative",
    Group.OR: "or",
    Group.CARDINALITY: "cardinality",
}


def load_uvl(text: str, file: str = "model.uvl") -> ProductModel:
    """A model with the features and rules of the file and nothing else: no price, BOM or routing.

    A name that cannot stand in a formula gets a code that can; it stays as the label. Refused with file,
    line and column for what is no UVL, or is nested too deeply.
    """
    if len(text) > LONGEST_FILE:
        raise Refused(f"{file} has {len(text):,} characters.", remedy=f"At most {LONGEST_FILE:,} are read.")
    tree = read_uvl(text, file)
    rows = _Rows(tree, file)
    words = _Words(rows)
    rules = tuple(words.rule(rule) for rule in tree.rules)
    name = tree.names[0]
    return ProductModel(_code_of(name), name[:120], Decimal(0), features=rows.features(), rules=rules)


def _code_of(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-")[:LONGEST_CODE] or "MODEL"


@dataclass
class _Rows:
    """Codes and feature rows by index of the tree."""

    tree: FeatureTree
    file: str
    codes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        tree = self.tree
        self.parent: list[int] = tree.parent.tolist()
        self.group = [Group(group) for group in tree.group.tolist()]
        self.low: list[int] = tree.low.tolist()
        self.high: list[int] = tree.high.tolist()
        self.mandatory: list[bool] = tree.mandatory.tolist()
        depth = [0] * len(tree)
        taken = {QUANTITY.casefold()}
        for feature, parent in enumerate(self.parent):
            depth[feature] = depth[parent] + 1 if parent >= 0 else 0
            if depth[feature] > DEEPEST:
                name = self.tree.names[feature][:60]
                raise Refused(f"{self.file}: “{name}” stands more than {DEEPEST} features deep.")
            self.codes.append(_legal(self.tree.names[feature], taken, self.is_option(feature)))

    def is_option(self, feature: int) -> bool:
        """Whether it is chosen from a choice, and no choice itself."""
        parent = self.parent[feature]
        return parent >= 0 and self.group[parent] != Group.AND and not self.is_choice(feature)

    def is_choice(self, feature: int) -> bool:
        return self.group[feature] != Group.AND

    def is_empty_list(self, feature: int) -> bool:
        """Whether it may be there with nothing chosen from it: then its list hangs below it."""
        return self.is_choice(feature) and not self.low[feature] and not self.stays(feature)

    def stays(self, feature: int) -> bool:
        """Whether it is there as soon as what it hangs on is, or an option."""
        parent = self.parent[feature]
        return parent < 0 or self.mandatory[feature] or self.group[parent] != Group.AND

    def features(self) -> tuple[FeatureRow, ...]:
        """The rows below the root; the root itself where it is a choice."""
        rows: dict[int, FeatureRow] = {}
        for feature in reversed(range(len(self.tree))):
            children = tuple(rows.pop(child) for child in self.tree.children[feature])
            rows[feature] = self.row(feature, children)
        return (rows[0],) if self.is_choice(0) else rows[0].children

    def row(self, feature: int, children: tuple[FeatureRow, ...]) -> FeatureRow:
        code = self.codes[feature]
        parent = self.parent[feature]
        is_member = parent < 0 or self.group[parent] == Group.AND
        label = self.tree.names[feature][:120]
        mandatory = is_member and self.mandatory[feature]
        counted = self.group[feature] == Group.CARDINALITY
        least = self.low[feature] if counted else 1
        if mandatory and self.is_choice(feature) and least == len(children):
            children = tuple(replace(child, is_default=True) for child in children)
        made = FeatureRow(
            code,
            label,
            relation=RELATIONS[self.group[feature]],
            low=self.low[feature] if counted else 0,
            high=self.high[feature] if counted else 0,
            mandatory=mandatory,
            children=children,
        )
        if not self.is_empty_list(feature):
            return made
        below = FeatureRow(f"{code}_", label, False, relation="cardinality", high=made.high, mandatory=True,
                           children=children)  # fmt: skip
        return FeatureRow(code, label, children=(below,))


def _legal(name: str, taken: set[str], is_option: bool) -> str:
    """A code that formulas can name, like no other before it; options may be plain numbers."""
    code = name
    if not ((is_name(name) and len(name) <= LONGEST_NAME) or (is_option and FIGURES.fullmatch(name))):
        code = re.sub(r"\W+", "_", name).strip("_")[:LONGEST_NAME] or "F"
        code = code if is_name(code) else f"F_{code}"[:LONGEST_NAME]
    plain, number = code, 1
    while code.casefold() in taken:
        number += 1
        code = f"{plain[: LONGEST_NAME - 4]}_{number}"
    taken.add(code.casefold())
    return code


@dataclass
class _Words:
    """Constraints in the words of the expression language."""

    rows: _Rows

    def rule(self, rule: Rule) -> RuleRow:
        """An implication as when and then, what else must hold as then alone."""
        match rule.formula:
            case Implies(left, Not(Var() as right)):
                kind, when, then = "excludes", self.words(left), self.words(right)
            case Implies(left, right):
                kind, when, then = "requires", self.words(left), self.words(right)
            case whole:
                kind, when, then = "requires", "", self.words(whole)
        return RuleRow(rule.number, kind, when, then, rule.label[:500])

    def words(self, formula: Formula) -> str:
        match formula:
            case Var(feature):
                return self.reference(feature, True)
            case Not(Var(feature)):
                return self.reference(feature, False)
            case Not(part):
                return f"not ({self.words(part)})"
            case And(parts):
                return " and ".join(self.inner(parts)) or "true"
            case Or(parts):
                return " or ".join(self.inner(parts)) or "false"
            case Implies(left, right):
                return " implies ".join(self.inner((left, right)))
            case Iff(left, right):
                return self.words(And((Implies(left, right), Implies(right, left))))

    def inner(self, parts: tuple[Formula, ...]) -> Iterator[str]:
        for part in parts:
            is_simple = isinstance(part, Var) or (isinstance(part, Not) and isinstance(part.part, Var))
            yield self.words(part) if is_simple else f"({self.words(part)})"

    def reference(self, feature: int, sign: bool) -> str:
        """That a feature is there, or is not."""
        rows, code = self.rows, self.rows.codes[feature]
        parent = rows.parent[feature]
        if parent < 0:
            return "true" if sign else "false"
        group = rows.group[parent]
        if group != Group.AND:
            holder = rows.codes[parent] + ("_" if rows.is_empty_list(parent) else "")
            # A bare word that names a feature of the product means that feature, whatever stands beside it.
            option = f"'{code}'" if rows.is_choice(feature) else code
            if group == Group.ALTERNATIVE:
                return f"{holder} {'=' if sign else '<>'} {option}"
            return f"{option} {'in' if sign else 'not in'} {holder}"
        if rows.mandatory[feature]:
            return self.reference(parent, sign)
        if not rows.is_choice(feature) or rows.is_empty_list(feature):
            return code if sign else f"not {code}"
        if rows.group[feature] == Group.ALTERNATIVE:
            return f"{code} {'<>' if sign else '='} none"
        return f"count({code}) {'>' if sign else '='} 0"

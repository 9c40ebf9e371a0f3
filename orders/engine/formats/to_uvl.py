"""Features and rules as UVL; what UVL cannot say stands as a comment."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import product
from math import prod
from typing import Final

from kernel.expressions.tree import Call, Comparison, Literal, Membership, Name, Node
from orders.engine.compiling import CompiledProduct, CompiledRule, compile_product
from orders.engine.grounding.boxes import Boxes
from orders.engine.grounding.conditions import Signed, parts_of
from orders.engine.grounding.values import Column, Entry, assembled
from orders.engine.logic.build import TreeBuilder
from orders.engine.logic.tree import And, Formula, Group, Implies, Not, Or, Var
from orders.engine.logic.uvl_writer import write_uvl
from orders.engine.model import FeatureRow, ProductModel, RuleRow, StepRow

MOST_CASES: Final = 256
"""So many combinations of choices a condition may read."""
ANY_STEP: Final = StepRow(10, "Make", "MAKE", process_id=1)
CANNOT: Final = "it reads numbers or texts, or too many choices at once."


def dump_uvl(model: ProductModel) -> str:
    """The features as UVL, with the rules that read nothing else, numeric choices and attributes counted out.

    Options of the same code in two choices are named with their choice. ModelRefused where features,
    derived values or rules are wrong; the rest of the model is not looked at.
    """
    logical = replace(
        model, bom=(), prices=(), routing=(ANY_STEP,), characteristics=(), documents=(), budgets=()
    )
    return _Writer(compile_product(logical)).text()


class _Writer:
    """Plants the features, then says what rules it can over them."""

    def __init__(self, compiled: CompiledProduct) -> None:
        self.compiled = compiled
        self.builder = TreeBuilder()
        self.taken: set[str] = set()
        self.there: dict[str, int] = {}
        self.options: dict[tuple[str, str], int] = {}
        self.boxes = Boxes(compiled.scope, {row.row.code: row for row in compiled.derived})
        features = compiled.model.features
        self.codes = Counter(_codes(features))
        root = self.builder.feature(self.name(compiled.model.code, "", 0), mandatory=True)
        for row in features:
            self.plant(row, root, self.name(row.code, ""), row.mandatory)
        self.columns = {
            placed.feature.code: self.ways(placed.feature, placed.required and placed.gate is None)
            for placed in compiled.placed
        }

    def text(self) -> str:
        """The whole file."""
        comments = []
        for rule in self.compiled.rules:
            formula = self.rule(rule)
            if formula is None:
                comments.append(f"// {_said(rule.row)} cannot be said in UVL: {CANNOT}\n")
            else:
                self.builder.rule(formula)
        return write_uvl(self.builder.build()) + "".join(comments)

    def name(self, code: str, above: str, allowed: int = 1) -> str:
        """The code where no other feature has it, else with its choice, else with a sign behind."""
        name = code.replace('"', "'") if self.codes[code] <= allowed else f"{above}.{code}"
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def plant(self, row: FeatureRow, parent: int, name: str, mandatory: bool, is_option: bool = False) -> int:
        feature = self.builder.feature(name, parent, mandatory=mandatory and not is_option)
        low, high = row.bounds
        if row.relation == "cardinality" and not (mandatory or is_option):
            low = max(low, 1)
        self.builder.combine(feature, Group[row.relation.upper()], low, high)
        self.there[row.code] = feature if not is_option or row.options else self.there.get(row.code, feature)
        for option in row.options:
            planted = self.plant(option, feature, self.name(option.code, row.code), False, True)
            self.options[row.code, option.code] = planted
        for member in row.members:
            self.plant(member, feature, self.name(member.code, row.code), member.mandatory)
        return feature

    def ways(self, row: FeatureRow, always: bool) -> tuple[Column, ...]:
        """How a feature can stand: an option or none, each member of a list or not, there or not."""
        feature = self.there[row.code]
        if row.many:
            options = ((option.code, self.options[row.code, option.code]) for option in row.options)
            return tuple(Column(row.code, code, _yes_no(option)) for code, option in options)
        if not row.options:
            return (Column(row.code, None, _yes_no(feature)),)
        taken = (Entry(option.code, self.options[row.code, option.code] + 1) for option in row.options)
        absent = () if always else (Entry(None, -feature - 1),)
        return (Column(row.code, None, (*taken, *absent)),)

    def rule(self, rule: CompiledRule) -> Formula | None:
        then = self.said(Signed(rule.then.checked.tree, rule.row.kind == "requires"))
        if rule.when is None or then is None:
            return then
        when = self.said(Signed(rule.when.checked.tree))
        return None if when is None else Implies(when, then)

    def said(self, signed: Signed) -> Formula | None:
        """A condition over features, taken apart where others are joined."""
        joined = parts_of(signed, self.boxes)
        if joined is None:
            plainly = self.plainly(signed.node)
            if plainly is not None:
                return plainly if signed.sign else _not(plainly)
            return self.counted_out(*signed)
        every, parts = joined
        formulas = [self.said(part) for part in parts]
        if any(formula is None for formula in formulas):
            return None
        known = tuple(formula for formula in formulas if formula is not None)
        if len(known) == 1:
            return known[0]
        return And(known) if every else Or(known)

    def plainly(self, atom: Node) -> Formula | None:
        """What names one option or one feature, in the form that reading UVL gives it."""
        match atom:
            case Membership(item, Name(name), negated):
                option = self.options.get((name, _word(item)))
                found = None if option is None else Var(option)
            case Comparison("=" | "<>" as operator, Name(name), (Name() | Literal()) as right):
                negated = operator == "<>"
                absent = _word(right).casefold() == "none" and (name, _word(right)) not in self.options
                option = self.there.get(name) if absent else self.options.get((name, _word(right)))
                found = None if option is None else Var(option)
                negated ^= absent
            case Comparison(">" | "=" as operator, Call("count", (Name(name),)), Literal(Decimal() as least)):
                found = Var(self.there[name]) if name in self.there and not least else None
                negated = operator == "="
            case _:
                return None
        if found is None or name not in self.columns or self.is_shadowed(atom):
            return None
        return _not(found) if negated else found

    def is_shadowed(self, atom: Node) -> bool:
        """Whether a bare word beside a choice means another feature of that name."""
        return len(self.boxes.names(atom)) > 1

    def counted_out(self, atom: Node, sign: bool) -> Formula | None:
        """The combinations in which an atom holds, or the others where they are fewer."""
        names = sorted(self.boxes.names(atom))
        if any(name not in self.columns for name in names):
            return None
        columns = tuple(column for name in names for column in self.columns[name])
        if prod(len(column.entries) for column in columns) > MOST_CASES:
            return None
        cases: dict[bool, list[Formula]] = {True: [], False: []}
        for entries in product(*(column.entries for column in columns)):
            truth = self.boxes.truth(atom, assembled(columns, tuple(entry.value for entry in entries)))
            if truth is None:
                return None
            cases[truth is sign].append(_all([_literal(entry.literal) for entry in entries]))
        if len(cases[False]) < len(cases[True]):
            return _not(_any(cases[False]))
        return _any(cases[True])


def _codes(features: tuple[FeatureRow, ...]) -> list[str]:
    found = []
    open_rows = list(features)
    while open_rows:
        row = open_rows.pop()
        found.append(row.code)
        open_rows += row.children
    return found


def _said(row: RuleRow) -> str:
    condition = f"{row.when} {row.kind} {row.then}" if row.when.strip() else f"{row.kind} {row.then}"
    return f"Rule {row.number}: {' '.join(condition.split())}"


def _yes_no(feature: int) -> tuple[Entry, Entry]:
    return Entry(True, feature + 1), Entry(False, -feature - 1)


def _literal(literal: int) -> Formula:
    return Var(literal - 1) if literal > 0 else Not(Var(-literal - 1))


def _not(formula: Formula) -> Formula:
    return formula.part if isinstance(formula, Not) else Not(formula)


def _word(node: Node) -> str:
    """An option's code as it stands in a formula."""
    match node:
        case Name(code) | Literal(source=code):
            return code
    return ""


def _all(parts: list[Formula]) -> Formula:
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _any(parts: list[Formula]) -> Formula:
    return parts[0] if len(parts) == 1 else Or(tuple(parts))

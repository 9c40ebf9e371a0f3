"""Checks a tree against a scope and turns it into closures: every name known, every type right."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple, cast

from kernel.expressions.arithmetic import OPERATORS, CalculationError, check_divisor, check_exponent
from kernel.expressions.comparisons import equality, membership, ordering
from kernel.expressions.errors import ExpressionError, Position
from kernel.expressions.functions import FUNCTIONS, call
from kernel.expressions.terms import (
    Run,
    Term,
    Values,
    as_boolean,
    as_number,
    as_text,
    bounded,
    common_type,
    counted,
    fixed,
    folded,
    refused,
    required,
)
from kernel.expressions.tree import (
    Attribute,
    Call,
    Chain,
    Comparison,
    Conditional,
    Implication,
    Junction,
    Literal,
    Membership,
    Name,
    Negation,
    Node,
    SetOf,
    Step,
)
from kernel.expressions.types import (
    BOOLEAN,
    NO_CODES,
    NOTHING,
    NUMBER,
    TEXT,
    YES_CODES,
    Boolean,
    Choice,
    ListOf,
    Number,
    Scalar,
    Scope,
    Text,
    Type,
    Value,
    attribute_type,
)
from kernel.expressions.values import reader
from kernel.wording import did_you_mean

_LISTED = 12
_NEUTRAL: dict[type, Scalar] = {Number: Decimal(0), Text: "", Boolean: False}


class Beside(NamedTuple):
    """The group whose bare codes may stand here, because a feature of it stands beside."""

    name: str
    choice: Choice


class Checker:
    """One pass over one tree; `names` collects the features the formula reads."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.names: set[str] = set()

    def term(self, node: Node, beside: Beside | None = None) -> Term:
        """The checked term of a node; `beside` is the group whose bare codes may stand here."""
        match node:
            case Literal():
                return self._literal(node, beside)
            case Name():
                return self._name(node, beside)
            case Attribute():
                return self._attribute(node)
            case Chain():
                return self._chain(node)
            case Junction():
                return self._junction(node)
            case Negation():
                return self._negation(node)
            case Implication():
                return self._implication(node)
            case Comparison():
                return self._comparison(node)
            case Membership():
                return self._membership(node)
            case SetOf():
                return self._set(node, beside)
            case Conditional():
                return self._conditional(node, beside)
            case Call():
                return self._call(node)

    def _literal(self, node: Literal, beside: Beside | None) -> Term:
        if beside is not None:
            return fixed(beside.choice, _literal_code(node, beside), node.position)
        match node.value:
            case bool():
                return fixed(BOOLEAN, node.value, node.position)
            case Decimal():
                return fixed(NUMBER, node.value, node.position)
            case str():
                return fixed(TEXT, node.value, node.position)
        return fixed(NOTHING, None, node.position)

    def _name(self, node: Name, beside: Beside | None) -> Term:
        if node.name in self._scope:
            type_ = self._feature(node.name, node.position)
            return Term(type_, reader(node.name, type_, node.position), node.position)
        if beside is None:
            raise self._unknown(node.name, node.position)
        if node.name not in beside.choice.codes:
            raise _no_option(node.name, beside, node.position, [*beside.choice.codes, *self._scope])
        return fixed(beside.choice, beside.choice.table[node.name], node.position)

    def _feature(self, name: str, position: Position) -> Type:
        if name not in self._scope:
            raise self._unknown(name, position)
        self.names.add(name)
        return self._scope[name]

    def _unknown(self, name: str, position: Position) -> ExpressionError:
        codes = [
            code for choice in self._scope.values() if isinstance(choice, Choice) for code in choice.codes
        ]
        if name in codes:
            hint = (
                f"{name} is the code of an option; compare it, such as GROUP = {name}, or write it in quotes."
            )
        else:
            hint = did_you_mean(name, self._scope, "No feature has this name.")
        return ExpressionError(f"Unknown name {name}.", position, hint)

    def _group(self, *nodes: Node, lists: bool = True) -> Beside | None:
        """The feature among these nodes that gives bare codes beside it their meaning."""
        for node in nodes:
            if isinstance(node, Name):
                type_ = self._scope.get(node.name)
                inner = type_.of if isinstance(type_, ListOf) and lists else type_
                if isinstance(inner, Choice):
                    return Beside(node.name, inner)
        return None

    def _attribute(self, node: Attribute) -> Term:
        feature = self._feature(node.name, node.position)
        choice = feature.of if isinstance(feature, ListOf) else feature
        if not isinstance(choice, Choice):
            raise ExpressionError(f"{node.name} is {feature.words} and has no attributes.", node.position)
        if node.attribute not in choice.attributes:
            known = ", ".join(list(choice.attributes)[:_LISTED])
            hint = did_you_mean(node.attribute, choice.attributes, f"It has: {known}." if known else "")
            message = f"{node.name} has no attribute {node.attribute}."
            raise ExpressionError(message, node.attribute_position, hint)
        type_ = attribute_type(choice, node.attribute)
        return _looked_up(node, choice, type_, feature, reader(node.name, feature, node.position))

    def _chain(self, node: Chain) -> Term:
        first = self.term(node.first)
        if isinstance(first.type, Text) and node.steps[0].operator == "+":
            return self._joined(node, first)
        operands = [counted(first), *(counted(self.term(step.operand)) for step in node.steps)]
        for step, operand in zip(node.steps, operands[1:], strict=True):
            _check_operand(step, operand)
        return folded(NUMBER, _calculation(operands, node.steps), node.position, operands)

    def _joined(self, node: Chain, first: Term) -> Term:
        wrong = next((step for step in node.steps if step.operator != "+"), None)
        if wrong is not None:
            raise ExpressionError("Texts can only be joined, with +.", wrong.position)
        parts = [first, *(self.term(step.operand) for step in node.steps)]
        texts = [as_text(part) for part in parts]

        def run(values: Values) -> Value:
            return bounded("".join([text(values) for text in texts]), node.position)

        return folded(TEXT, run, node.position, parts)

    def _junction(self, node: Junction) -> Term:
        parts = [self.term(operand) for operand in node.operands]
        runs = [as_boolean(part) for part in parts]
        stop = node.operator == "or"

        def run(values: Values) -> Value:
            for operand in runs:
                if operand(values) is stop:
                    return stop
            return not stop

        return folded(BOOLEAN, run, node.position, parts)

    def _negation(self, node: Negation) -> Term:
        part = self.term(node.operand)
        if node.operator == "not":
            condition = as_boolean(part)
            return folded(BOOLEAN, lambda values: not condition(values), node.position, [part])
        number = as_number(counted(part))
        return folded(NUMBER, lambda values: number(values).copy_negate(), node.position, [part])

    def _implication(self, node: Implication) -> Term:
        parts = [self.term(node.left), self.term(node.right)]
        left, right = (as_boolean(part) for part in parts)
        wanted = not node.excludes
        return folded(
            BOOLEAN, lambda values: not left(values) or right(values) is wanted, node.position, parts
        )

    def _comparison(self, node: Comparison) -> Term:
        if node.operator not in ("=", "<>"):
            return ordering(node.operator, self.term(node.left), self.term(node.right), node.position)
        beside = self._group(node.left, node.right, lists=False)
        left, right = self.term(node.left, beside), self.term(node.right, beside)
        return equality(node.operator, left, right, node.position)

    def _membership(self, node: Membership) -> Term:
        beside = self._group(node.item, node.group)
        item, group = self.term(node.item, beside), self.term(node.group, beside)
        return membership(item, group, negated=node.negated, position=node.position)

    def _set(self, node: SetOf, beside: Beside | None) -> Term:
        beside = beside or self._group(*node.items, lists=False)
        parts = [self.term(item, beside) for item in node.items]
        inner = _common(parts, "A set holds values of one type.", node.position)
        if not isinstance(inner, (Number, Text, Boolean, Choice)):
            raise ExpressionError(f"A set cannot hold {inner.words}.", node.position)
        runs = [required(part, inner).run for part in parts]
        return folded(ListOf(inner), lambda values: tuple(run(values) for run in runs), node.position, parts)

    def _conditional(self, node: Conditional, beside: Beside | None) -> Term:
        condition = self.term(node.condition)
        branches = [self.term(node.then, beside), self.term(node.otherwise, beside)]
        type_ = _common(branches, "Both results must be of one type.", node.position)
        test = as_boolean(condition)
        then, otherwise = (required(branch, type_).run for branch in branches)

        def run(values: Values) -> Value:
            return then(values) if test(values) else otherwise(values)

        return folded(type_, run, node.position, [condition, *branches])

    def _call(self, node: Call) -> Term:
        function = FUNCTIONS.get(node.function)
        if function is None:
            hint = did_you_mean(node.function, FUNCTIONS, f"Functions are {', '.join(FUNCTIONS)}.")
            raise ExpressionError(f"Unknown function {node.function}.", node.position, hint)
        first = self.term(node.arguments[0])
        beside = self._group(node.arguments[0]) if function.codes_of_first else None
        rest = [self.term(argument, beside) for argument in node.arguments[1:]]
        return call(node.function, function, [first, *rest], node.position)


def _literal_code(node: Literal, beside: Beside) -> str | None:
    """The code a literal beside a choice means: its spelling, else its number, yes/no or none."""
    codes, table = beside.choice, beside.choice.table
    if node.source in table or (node.value in table and not isinstance(node.value, bool)):
        return table[node.source if node.source in table else node.value]
    if isinstance(node.value, bool):
        meant = YES_CODES if node.value else NO_CODES
        found = next((code for code in codes.real_codes if code.casefold() in meant), None)
        if found is not None:
            return found
    if node.value is None:
        raise ExpressionError(f"{beside.name} always has an option chosen, never none.", node.position)
    raise _no_option(node.source, beside, node.position, codes.codes)


def _no_option(code: str, beside: Beside, position: Position, candidates: Sequence[str]) -> ExpressionError:
    codes = beside.choice.codes
    known = ", ".join(codes[:_LISTED]) + (", …" if len(codes) > _LISTED else "")
    hint = did_you_mean(code, candidates)
    return ExpressionError(
        f"{beside.name} has no option {code[:40]}.", position, f"{hint} Options are {known}.".strip()
    )


def _looked_up(
    node: Attribute, choice: Choice, type_: Number | Text | Boolean, feature: Type, read: Run
) -> Term:
    neutral = _NEUTRAL[type(type_)]
    values_by_code = choice.attributes[node.attribute]
    table = {choice.table[code]: values_by_code.get(code, neutral) for code in choice.codes}
    table.setdefault(None, neutral)
    if isinstance(feature, ListOf):
        items = cast(Callable[[Values], tuple[str | None, ...]], read)
        return Term(ListOf(type_), lambda values: tuple(table[code] for code in items(values)), node.position)
    code_now = cast(Callable[[Values], str | None], read)
    return Term(type_, lambda values: table[code_now(values)], node.position)


def _common(parts: Sequence[Term], message: str, position: Position) -> Type:
    type_ = common_type([part.type for part in parts])
    if type_ is None:
        found = ", ".join(dict.fromkeys(part.type.words for part in parts))
        raise ExpressionError(message, position, f"Here stand {found}.")
    return type_


def _check_operand(step: Step, operand: Term) -> None:
    """Refuse at once what a fixed right operand makes fail whatever was chosen."""
    checks: dict[str, Callable[[Decimal], None]] = {
        "/": check_divisor,
        "%": check_divisor,
        "^": check_exponent,
    }
    if operand.fixed and step.operator in checks:
        try:
            checks[step.operator](cast(Decimal, operand.run({})))
        except CalculationError as error:
            raise ExpressionError(str(error), step.position) from None


def _calculation(operands: Sequence[Term], steps: Sequence[Step]) -> Run:
    first = as_number(operands[0])
    rest = [
        (OPERATORS[step.operator], as_number(operand), step.position)
        for step, operand in zip(steps, operands[1:], strict=True)
    ]

    def run(values: Values) -> Value:
        total = first(values)
        for calculate, operand, position in rest:
            right = operand(values)
            try:
                total = calculate(total, right)
            except CalculationError as error:
                raise refused(error, position) from None
        return total

    return run

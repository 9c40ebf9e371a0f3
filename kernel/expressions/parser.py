"""Builds the tree of a formula: precedence climbing, bounded in nesting and in size."""

from collections.abc import Callable
from decimal import Decimal

from kernel.expressions import lexer
from kernel.expressions.errors import ExpressionError, Position
from kernel.expressions.lexer import Token
from kernel.expressions.tree import (
    Attribute,
    Call,
    Chain,
    Comparison,
    Conditional,
    Expression,
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
from kernel.expressions.types import RESERVED

MAX_NESTING = 64
MAX_NODES = 2_000
# Operators of different strength add levels without brackets; this bounds the call stack of all passes.
MAX_LEVELS = 100

CONDITIONAL, IMPLIES, OR, AND, NOT, COMPARE, ADD, MULTIPLY, MINUS, POWER = range(10, 110, 10)
_STRENGTH = {
    "?": CONDITIONAL,
    **dict.fromkeys(("implies", "requires", "excludes"), IMPLIES),
    "or": OR,
    "and": AND,
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">=", "in", "not"), COMPARE),
    **dict.fromkeys("+-", ADD),
    **dict.fromkeys("*/%", MULTIPLY),
    "^": POWER,
}
_CONSTANTS: dict[str, bool | None] = {"true": True, "yes": True, "false": False, "no": False, "none": None}


def parse(source: str) -> Expression:
    """Parse a formula; ExpressionError with line and column for anything that is not one.

    Refuses more than 10 000 characters, 64 levels of nesting or 2 000 nodes. Never looks at names.
    """
    return Expression(source, _Parser(lexer.tokens(source)).whole())


class _Parser:
    """One pass over the tokens; state is the place, the nesting and the number of nodes so far."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._nesting = 0
        self._levels = 0
        self._nodes = 0
        self._infix: dict[int, Callable[[Node], Node]] = {
            CONDITIONAL: self._conditional,
            IMPLIES: self._implication,
            OR: self._junction,
            AND: self._junction,
            COMPARE: self._comparison,
            ADD: self._chain,
            MULTIPLY: self._chain,
            POWER: self._power,
        }

    def whole(self) -> Node:
        """The tree of all tokens; what is left over is an error."""
        if self._next.kind == lexer.END:
            raise ExpressionError(
                "The formula is empty.", self._next.position, "Write a formula, such as 2 * GPU_QTY."
            )
        tree = self._expression(0)
        if self._next.kind != lexer.END:
            raise self._unexpected("an operator")
        return tree

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _accept(self, symbol: str) -> bool:
        if self._next.kind == lexer.MARK and self._next.symbol == symbol:
            self._at += 1
            return True
        return False

    def _expect(self, symbol: str) -> None:
        if not self._accept(symbol):
            raise self._unexpected(f"'{symbol}'")

    def _strength(self) -> int:
        token = self._next
        return _STRENGTH.get(token.symbol, 0) if token.kind in (lexer.MARK, lexer.NAME) else 0

    def _count(self, position: Position) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise ExpressionError(f"The formula has more than {MAX_NODES} parts.", position, "Split it up.")

    def _expression(self, floor: int) -> Node:
        """Everything from here that binds tighter than `floor`."""
        self._levels += 1
        if self._levels > MAX_LEVELS:
            raise self._too_deep()
        left = self._operand()
        while (strength := self._strength()) > floor:
            self._count(self._next.position)
            left = self._infix[strength](left)
        self._levels -= 1
        return left

    def _nested(self, floor: int) -> Node:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise self._too_deep()
        node = self._expression(floor)
        self._nesting -= 1
        return node

    def _operand(self) -> Node:
        token = self._next
        self._count(token.position)
        if token.kind == lexer.NUMBER:
            return Literal(Decimal(self._take().text), token.text, token.position)
        if token.kind == lexer.TEXT:
            return Literal(self._take().text[1:-1], token.text[1:-1], token.position)
        if token.kind == lexer.NAME:
            return self._word(token)
        if token.kind == lexer.MARK and token.symbol in ("(", "{", "-", "+"):
            self._at += 1
            return self._marked(token)
        raise self._unexpected("a value")

    def _marked(self, token: Token) -> Node:
        if token.symbol == "(":
            inside = self._nested(0)
            self._expect(")")
            return inside
        if token.symbol == "{":
            return SetOf(self._list("}"), token.position)
        operand = self._nested(MINUS)
        return Negation("-", operand, token.position) if token.symbol == "-" else operand

    def _word(self, token: Token) -> Node:
        if token.symbol in _CONSTANTS:
            self._at += 1
            return Literal(_CONSTANTS[token.symbol], token.text, token.position)
        if token.symbol == "not":
            self._at += 1
            return Negation("not", self._nested(NOT), token.position)
        if token.symbol in RESERVED and token.symbol != "if":
            raise self._unexpected("a value")
        self._at += 1
        if self._accept("("):
            return self._call(token)
        if token.symbol == "if":
            raise self._unexpected("'('")
        return self._attribute(token) if self._accept(".") else Name(token.text, token.position)

    def _attribute(self, owner: Token) -> Node:
        token = self._next
        if token.kind != lexer.NAME:
            raise self._unexpected(f"the name of an attribute of {owner.text}")
        self._at += 1
        return Attribute(owner.text, token.text, owner.position, token.position)

    def _call(self, token: Token) -> Node:
        arguments = self._list(")")
        if token.symbol != "if":
            return Call(token.text, arguments, token.position)
        if len(arguments) != 3:
            raise ExpressionError(
                "if needs three parts.", token.position, "Write if(condition, value, other value)."
            )
        return Conditional(*arguments, token.position)

    def _list(self, closing: str) -> tuple[Node, ...]:
        items = [self._nested(0)]
        while self._accept(","):
            items.append(self._nested(0))
        self._expect(closing)
        return tuple(items)

    def _conditional(self, condition: Node) -> Node:
        position = self._take().position
        then = self._nested(0)
        self._expect(":")
        return Conditional(condition, then, self._nested(CONDITIONAL - 1), position)

    def _implication(self, left: Node) -> Node:
        token = self._take()
        return Implication(left, self._nested(IMPLIES - 1), token.symbol == "excludes", token.position)

    def _junction(self, left: Node) -> Node:
        first = self._next
        operands = [left]
        while self._next.symbol == first.symbol and self._next.kind == lexer.NAME:
            self._at += 1
            operands.append(self._expression(_STRENGTH[first.symbol]))
        return Junction(first.symbol, tuple(operands), first.position)

    def _chain(self, left: Node) -> Node:
        first, strength = self._next, self._strength()
        steps = []
        while self._strength() == strength:
            token = self._take()
            steps.append(Step(token.symbol, self._expression(strength), token.position))
        return Chain(left, tuple(steps), first.position)

    def _power(self, left: Node) -> Node:
        token = self._take()
        return Chain(left, (Step("^", self._nested(POWER - 1), token.position),), token.position)

    def _comparison(self, left: Node) -> Node:
        token = self._take()
        negated = token.symbol == "not"
        if negated and self._next.symbol != "in":
            raise self._unexpected("'in'")
        self._at += negated
        right = self._expression(COMPARE)
        if self._strength() == COMPARE:
            raise ExpressionError(
                "Comparisons cannot be chained.", self._next.position, "Write a < b and b < c."
            )
        if negated or token.symbol == "in":
            return Membership(left, right, negated, token.position)
        return Comparison(token.symbol, left, right, token.position)

    def _too_deep(self) -> ExpressionError:
        message = f"The formula is nested more than {MAX_NESTING} levels deep."
        return ExpressionError(message, self._tokens[self._at - 1].position, "Split it up.")

    def _unexpected(self, wanted: str) -> ExpressionError:
        token = self._next
        shown = token.text if token.kind == lexer.END else f"'{token.text[:30]}'"
        return ExpressionError(f"Expected {wanted}, found {shown}.", token.position, self._hint(token))

    def _hint(self, token: Token) -> str:
        before = self._tokens[self._at - 1] if self._at else token
        if token.kind == lexer.NAME and token.text.lower() in RESERVED - {token.text}:
            return f"Write '{token.text.lower()}' in lower case."
        if token.text == "," and before.kind == lexer.NUMBER:
            return "Decimals are written with a point: 1.5."
        if token.kind == lexer.NAME and before.kind == lexer.NUMBER:
            return "Formulas carry no units; write a code that begins with a digit in quotes."
        if token.text == "." and before.kind != lexer.NAME:
            return "Write 0.5 rather than .5; attributes stand behind a name: CPU.watt."
        return ""

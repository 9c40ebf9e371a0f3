"""Constraints of UVL: ! & | => <=> and parentheses over feature names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kernel.errors import Refused
from orders.engine.logic.syntax import refused, unknown
from orders.engine.logic.tree import And, Formula, Iff, Implies, Not, Or, Var

TOKEN: Final = re.compile(
    r"""\s*(?:(?P<op><=>|=>|[!&|()])|"(?P<quoted>[^"\n]+)"|(?P<name>[^\W\d][\w.]*)"""
    r"""|(?P<sum>==|!=|<=|>=|[-<>+*/]|[\d']))""",
)
DEEPEST: Final = 60
"""Parentheses and negations one within the other."""
END: Final = ""


@dataclass
class Constraint:
    """The reader of one constraint; `column` is where its text starts in the file's line."""

    file: str
    line: int
    column: int
    text: str
    features: Mapping[str, int]
    place: int = 0
    start: int = 0
    token: str = END
    name: str | None = None
    depth: int = 0

    def read(self) -> Formula:
        """The formula; Refused with the column of the mistake."""
        self.advance()
        formula = self.equivalence()
        if self.token is not END:
            raise self.wrong(f"“{self.token}” is not expected here.")
        return formula

    def wrong(self, problem: str, remedy: str = "") -> Refused:
        return refused(self.file, self.line, self.column + self.start, problem, remedy)

    def advance(self) -> None:
        """Take the next token: an operator, or a name with `name` set."""
        rest = self.text[self.place :]
        self.start = self.place + len(rest) - len(rest.lstrip())
        if self.start == len(self.text):
            self.token, self.name = END, None
            return
        found = TOKEN.match(self.text, self.place)
        if found is None:
            raise self.wrong(f"“{self.text[self.start]}” cannot be read.")
        if found["sum"]:
            raise self.wrong(
                f"“{found['sum']}” is arithmetic.",
                "Constraints in UVL say which features go together: ! & | => <=> ( ).",
            )
        self.place = found.end()
        self.name = found["quoted"] or found["name"]
        self.token = self.name or found["op"]

    def equivalence(self) -> Formula:
        formula = self.implication()
        while self.is_operator("<=>"):
            formula = Iff(formula, self.implication())
        return formula

    def implication(self) -> Formula:
        formula = self.either()
        while self.is_operator("=>"):
            formula = Implies(formula, self.either())
        return formula

    def either(self) -> Formula:
        parts = [self.both()]
        while self.is_operator("|"):
            parts.append(self.both())
        return Or(tuple(parts)) if len(parts) > 1 else parts[0]

    def both(self) -> Formula:
        parts = [self.single()]
        while self.is_operator("&"):
            parts.append(self.single())
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def single(self) -> Formula:
        """A name, a negation or a parenthesis."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.wrong(f"more than {DEEPEST} parentheses one within the other.")
        formula = self.unguarded()
        self.depth -= 1
        return formula

    def unguarded(self) -> Formula:
        if self.is_operator("!"):
            return Not(self.single())
        if self.is_operator("("):
            formula = self.equivalence()
            if not self.is_operator(")"):
                raise self.wrong("“)” is missing.")
            return formula
        if self.name is None:
            raise self.wrong(f"a feature is missing{f' before “{self.token}”' if self.token else ''}.")
        if self.name not in self.features:
            place = self.column + self.start
            raise unknown(self.file, self.line, place, self.name, self.features, "feature")
        feature = self.features[self.name]
        self.advance()
        return Var(feature)

    def is_operator(self, operator: str) -> bool:
        """Whether the operator stands here; it is taken then."""
        if self.name is not None or self.token != operator:
            return False
        self.advance()
        return True

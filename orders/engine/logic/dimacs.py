"""Reading DIMACS: one free feature per variable, one rule per clause; names stand in comments."""

import re
from typing import Final, NoReturn

from orders.engine.logic.build import TreeBuilder
from orders.engine.logic.syntax import refused
from orders.engine.logic.tree import FeatureTree, Formula, Not, Or, Var

NAME: Final = re.compile(r"c\s+(\d+)\$?\s+(\S.*)$")
PROBLEM: Final = re.compile(r"p\s+cnf\s+(\d+)\s+(\d+)\s*$")
MOST_VARIABLES: Final = 1_000_000


def read_dimacs(text: str, file: str = "model.dimacs") -> FeatureTree:
    """The formula as a tree of roots; names come from comments `c 1 name`. Refused with line and column."""
    return _Reader(file).read(text)


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.builder = TreeBuilder()
        self.names: dict[int, str] = {}
        self.variables = self.clauses = -1
        self.open_clause: list[Formula] = []

    def read(self, text: str) -> FeatureTree:
        rows: list[tuple[int, str]] = []
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith("c"):
                if found := NAME.match(line):
                    self.names[int(found[1])] = found[2].strip()
            elif line.startswith("p"):
                self.read_problem(number, line)
            elif line.strip():
                if self.variables < 0:
                    self.wrong(number, 1, "a clause stands before “p cnf <variables> <clauses>”.")
                rows.append((number, line))
        if self.variables < 0:
            self.wrong(1, 1, "“p cnf <variables> <clauses>” is missing.")
        self.add_features()
        for number, line in rows:
            self.read_clauses(number, line)
        last = rows[-1][0] if rows else 1
        if self.open_clause:
            self.wrong(last, len(rows[-1][1]), "the last clause does not end with 0.")
        if len(self.builder.rules) != self.clauses:
            self.wrong(
                last, 1, f"{self.clauses} clauses were announced, {len(self.builder.rules)} are there."
            )
        return self.builder.build()

    def wrong(self, line: int, column: int, problem: str, remedy: str = "") -> NoReturn:
        raise refused(self.file, line, column, problem, remedy)

    def read_problem(self, number: int, line: str) -> None:
        found = PROBLEM.match(line)
        if not found or self.variables >= 0:
            self.wrong(number, 1, "one line “p cnf <variables> <clauses>” is expected.")
        self.variables, self.clauses = int(found[1]), int(found[2])
        if self.variables > MOST_VARIABLES:
            self.wrong(number, found.start(1) + 1, f"more than {MOST_VARIABLES} variables.")

    def add_features(self) -> None:
        taken: set[str] = set()
        for variable in range(1, self.variables + 1):
            name = self.names.get(variable, f"x{variable}")
            while name in taken:
                name = f"{name} #{variable}"
            taken.add(name)
            self.builder.feature(name)

    def read_clauses(self, number: int, line: str) -> None:
        """Literals up to 0; a clause may go on in the next line."""
        try:
            literals = [int(token) for token in line.split()]
        except ValueError:
            self.wrong(number, self.column(line, str), "a number is expected.")
        for literal in literals:
            if abs(literal) > self.variables:
                column = self.column(line, abs)
                self.wrong(
                    number, column, f"variable {abs(literal)} is not among the {self.variables} announced."
                )
            if literal:
                variable = Var(abs(literal) - 1)
                self.open_clause.append(variable if literal > 0 else Not(variable))
            else:
                self.builder.rule(Or(tuple(self.open_clause)), f"line {number}")
                self.open_clause.clear()

    def column(self, line: str, kind: type[str] | object) -> int:
        """Where the first word stands that is no number (`str`), or no variable."""
        for found in re.finditer(r"\S+", line):
            number = re.fullmatch(r"[-+]?\d+", found[0])
            if not number or (kind is not str and abs(int(found[0])) > self.variables):
                return found.start() + 1
        return 1

"""What a planner decides with others: transfer lots with the floor, days with customer and buyer."""

from dataclasses import dataclass
from typing import ClassVar

from planning.engine import NEVER
from planning.selectors.changes.base import Change, RawBook, change
from planning.selectors.changes.names import Names


@change
@dataclass(frozen=True)
class Lots(Change):
    """An operation hands its pieces on in lots of `size`; 0: all together."""

    kind: ClassVar[str] = "lots"
    room: ClassVar[bool] = True
    operation: int
    size: int

    def book(self, raw: RawBook) -> None:
        """The lots of its row."""
        raw.rows["transfer"][raw.rows["id"] == self.operation] = self.size

    def words(self, names: Names) -> str:
        """Operation and size."""
        operation = names.name("operation", self.operation)
        if not self.size:
            return f"{operation} hands its pieces on all together"
        return f"{operation} hands its pieces on in lots of {self.size}"


@change
@dataclass(frozen=True)
class Promise(Change):
    """A job has another promise, agreed with the customer for a reason; `was` is the one before."""

    kind: ClassVar[str] = "promise"
    still: ClassVar[bool] = True
    line: int
    promised: int
    reason: str
    was: int = NEVER

    def book(self, raw: RawBook) -> None:
        """The promise of its operations."""
        raw.rows["promised"][raw.rows["line"] == self.line] = self.promised

    def words(self, names: Names) -> str:
        """Job, day and reason."""
        day = names.moment(self.promised)[:-6]
        return f"{names.name('line', self.line)} is promised for {day}: {self.reason}"


@change
@dataclass(frozen=True)
class Ask(Change):
    """The buyer is asked to have a job's material here by `expected`."""

    kind: ClassVar[str] = "ask"
    room: ClassVar[bool] = True
    requirement: int
    line: int
    expected: int

    def book(self, raw: RawBook) -> None:
        """As if it came by then."""
        raw.short["expected"][raw.short["id"] == self.requirement] = self.expected

    def words(self, names: Names) -> str:
        """Material, job and day."""
        material, job = names.name("requirement", self.requirement), names.name("line", self.line)
        return f"Purchasing is asked for {material} for {job} by {names.moment(self.expected)[:-6]}"


@change
@dataclass(frozen=True)
class Unask(Change):
    """The buyer need not bring the material earlier."""

    kind: ClassVar[str] = "unask"
    still: ClassVar[bool] = True
    requirement: int
    line: int

    def words(self, names: Names) -> str:
        """Material and job."""
        material, job = names.name("requirement", self.requirement), names.name("line", self.line)
        return f"Purchasing is not asked any more for {material} for {job}"

"""What a planner may change, as small values: read from JSON, altered into the order book, said in words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar, Final, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from django.db.models import Q

from kernel.errors import Refused
from kernel.jit import Table
from orders.models import OrderLine
from planning.engine import NEVER
from planning.selectors.changes.names import Names
from planning.selectors.moments import minute_of

Tables = dict[str, list[dict[str, Any]]]
"""Master data: rows of every table that `selectors.resources` reads, by its name there."""

EARLIEST, LATEST = 0, 130 * 365 * 1440
"""The minutes between which a moment makes sense: 1970 to 2099."""

LARGEST: Final = 2**62
SURROGATES: Final = re.compile("[\ud800-\udfff]")
MOMENTS: Final = frozenset(
    {"start", "starts", "ends", "not_before", "expected", "promised", "due", "was_start"}
)

MOST: Final = 5000
"""So many changes are taken at once."""


@dataclass
class RawBook:
    """The order book as it was read: tables with the columns of OPERATIONS, LINKS and SHORT.

    New operations have negative ids and a negative line; jobs stand together, by loop and sequence.
    """

    rows: Table
    links: Table
    short: Table
    known: dict[int, list[int]] = field(default_factory=dict)

    def lines_of(self, order: int) -> list[int]:
        """The jobs of an order: one statement for the first order asked for, one more for all others."""
        if order not in self.known:
            every = Q(id__in=np.unique(self.rows["line"]).tolist())
            found = OrderLine.objects.filter(every if self.known else Q(order=order))
            for each, line in found.order_by("id").values_list("order_id", "id"):
                self.known.setdefault(each, []).append(line)
            self.known.setdefault(order, [])
        return self.known[order]


@dataclass
class Standing:
    """The plan in force, to be altered in place: OPERATION and SLOT rows beside rows of the order book.

    `seats` are the engine's numbers of machines by their ids.
    """

    rows: Table
    operations: Table
    slots: Table
    seats: Mapping[int, int]

    def at(self, operation: int) -> int:
        """Where this operation stands in the tables; Refused where it is over."""
        (found,) = np.nonzero(self.rows["id"] == operation)
        if not found.size:
            raise Refused(
                "The operation is over, or its job was cancelled.",
                field="operation",
                remedy="Reload the page.",
            )
        return int(found[0])


@dataclass(frozen=True)
class Change:
    """One thing that is decided. Fields named as in names.MODELS hold ids, those of MOMENTS minutes.

    Altering concerns the tables in memory alone. `room` tells that work may be done sooner by it, `still`
    that nothing moves by it.
    """

    kind: ClassVar[str] = ""
    room: ClassVar[bool] = False
    still: ClassVar[bool] = False

    def tables(self, tables: Tables) -> None:
        """Alter master data."""

    def book(self, raw: RawBook) -> None:
        """Alter the order book before the problem is built of it."""

    def floor(self, standing: Standing) -> None:
        """Alter the problem and the plan in force."""

    def check(self, names: Names, now: int) -> None:
        """Refused where it makes no sense, whatever the plan is."""

    def stands(self) -> bool:
        """Whether what it set is still so: else its undo would take away what somebody else set since."""
        return True

    def warnings(self, outcome: Standing, names: Names) -> list[str]:
        """What a planner should know of the outcome, whose slots stand where the plan would put them."""
        return []

    def words(self, names: Names) -> str:
        """The change as a sentence without a full stop."""
        return self.kind


Kind = TypeVar("Kind", bound=type[Change])
KINDS: Final[dict[str, type[Change]]] = {}


def change(kind: Kind) -> Kind:
    """Register a kind of change under its word."""
    KINDS[kind.kind] = kind
    return kind


def read_changes(data: object) -> tuple[Change, ...]:
    """Changes from JSON: a list of objects with their `kind`. Refused names the entry and the field."""
    if not isinstance(data, list) or not data:
        raise Refused("There is nothing to change.", field="changes", remedy="Send a list of changes.")
    if len(data) > MOST:
        raise Refused(f"That are {len(data)} changes.", field="changes", remedy=f"Send {MOST} at most.")
    return tuple(_read(entry, f"changes[{at}]") for at, entry in enumerate(data))


def write_changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [
        {"kind": each.kind, **{part.name: getattr(each, part.name) for part in fields(each)}}
        for each in changes
    ]


def words_of(changes: Sequence[Change]) -> list[str]:
    """Each change as a sentence. One statement for each model they name."""
    names = Names(changes)
    return [each.words(names) for each in changes]


def storable(text: str) -> bool:
    """Whether the database takes it: JSON may hold NUL and halves of signs."""
    return "\x00" not in text and not SURROGATES.search(text)


def check_changes(changes: Iterable[Change], names: Names, now: datetime) -> None:
    """Refused where one of them makes no sense."""
    for each in changes:
        each.check(names, minute_of(now))


def _read(entry: object, where: str) -> Change:
    if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str) or entry["kind"] not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise Refused("This kind of change is not known.", field=where, remedy=f"Use one of {known}.")
    kind = KINDS[entry["kind"]]
    hints, given = get_type_hints(kind), {name: value for name, value in entry.items() if name != "kind"}
    values = {}
    for part in fields(kind):
        if part.name in given:
            values[part.name] = _value(given.pop(part.name), hints[part.name], f"{where}.{part.name}")
        elif part.default is MISSING and part.default_factory is MISSING:
            raise Refused(f"“{part.name}” is missing.", field=f"{where}.{part.name}", remedy="Give it.")
    if given:
        name = next(iter(given))
        raise Refused(f"“{name}” is not known here.", field=f"{where}.{name}", remedy="Leave it out.")
    return kind(**values)


def _value(given: object, wanted: Any, where: str) -> object:
    """The value in the type that the field asks for."""
    if get_origin(wanted) is tuple and isinstance(given, list | tuple):
        inner = get_args(wanted)[0]
        return tuple(_value(each, inner, where) for each in given)
    good = isinstance(given, wanted) if isinstance(wanted, type) else False
    if not good or (wanted is int and isinstance(given, bool)):
        raise Refused(f"{given!r} makes no sense here."[:200], field=where, remedy="Send another value.")
    if isinstance(given, str) and not storable(given):
        raise Refused("It holds signs that cannot be stored.", field=where, remedy="Write it anew.")
    span = (EARLIEST, LATEST) if where.rpartition(".")[2] in MOMENTS else (-LARGEST, LARGEST)
    if isinstance(given, int) and given != NEVER and not span[0] <= given <= span[1]:
        raise Refused("It is too large.", field=where, remedy="Send another value.")
    return given

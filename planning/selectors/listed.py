"""The board as a list: the same sheet in words, for screen readers and for paper."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone

from kernel.formats import absolute
from planning.models import Operation
from planning.selectors.bars import HELD, STATUS_WORDS, Sheet, names_of
from planning.selectors.book import RUNNING, STATUSES
from planning.selectors.floor import LEAST_REMAINING
from planning.selectors.moments import minute_of, moment_of

FIXED: Final = (RUNNING, STATUSES.index(Operation.Status.PAUSED), HELD)
"""What nobody can move: it is under way, or kept for a quotation."""


@dataclass(frozen=True)
class Listed:
    """One operation or held time on one machine, in words; `movable` ones may be moved and pinned."""

    id: int
    machine: str
    reference: str
    position: int
    customer: str
    url: str
    operation: str
    status: str
    starts: datetime
    ends: datetime
    promised: datetime | None
    forecast: datetime | None
    pinned: bool
    movable: bool

    @property
    def times(self) -> str:
        """From when until when, the day said once where it is the same."""
        today = timezone.localdate()
        first, last = timezone.localtime(self.starts), timezone.localtime(self.ends)
        same = first.date() == last.date()
        end = f"{last:%H:%M}" if same else absolute(last, today=today, clock=True)
        return f"{absolute(first, today=today, clock=True)} to {end}"

    @property
    def late(self) -> bool:
        """Whether its job is late."""
        return self.promised is not None and self.forecast is not None and self.forecast > self.promised


def listed(sheet: Sheet, now: datetime) -> list[Listed]:
    """Everything on the sheet by machine and time. One statement."""
    names, codes, least = (
        names_of(sheet.rows),
        sheet.resources.machine_codes,
        minute_of(now) + LEAST_REMAINING,
    )
    found = []
    for row, seat in zip(sheet.rows, sheet.seats.tolist(), strict=True):
        status = int(row["status"])
        reference, position, customer, _ = names.lines.get(int(row["line"]), ("", 0, "", ""))
        end = max(int(row["end"]), least) if status == RUNNING else int(row["end"])
        found.append(
            Listed(
                id=int(row["id"]),
                machine=codes[seat] if seat >= 0 else "",
                reference=reference,
                position=position,
                customer=customer,
                url=reverse("orders:order", args=[reference]) if reference else "",
                operation=f"Op {row['sequence']} {names.names.get(int(row['name']), '')}",
                status="Planned" if STATUS_WORDS[status] == "Pending" else STATUS_WORDS[status],
                starts=moment_of(row["start"]),
                ends=moment_of(end),
                promised=moment_of(row["promised"]) if row["promised"] > 0 else None,
                forecast=moment_of(row["forecast"]) if row["forecast"] > 0 else None,
                pinned=bool(row["pinned"]),
                movable=status not in FIXED,
            )
        )
    place = {code: at for at, code in enumerate(_in_turn(sheet))}
    return sorted(found, key=lambda each: (place.get(each.machine, -1), each.starts, each.id))


def _in_turn(sheet: Sheet) -> list[str]:
    """The machines as the board has them: by work centre, CUT-2 before CUT-10."""
    centres = {centre: at for at, centre in enumerate(sheet.resources.centres)}
    rows = zip(sheet.resources.machine_codes, sheet.resources.machines, strict=True)
    return [code for *_, code in sorted((centres[row.centre], len(code), code) for code, row in rows)]

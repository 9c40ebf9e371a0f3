"""What a planner has to decide: jobs in danger with their remedies, and whether taking these paid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Avg, Count, F, Max, Q, Sum, Window

from kernel.formats import duration, plural
from planning.models import Decision, Remedy

ROWS: Final = 25
TODAY: Final = 5
JUST_TAKEN: Final = timedelta(hours=12)
TAKEN: Final = 10

CAUSES: Final[Mapping[str, str]] = {
    "queue": "Waiting behind other jobs",
    "material": "Waiting for material",
    "downtime": "A machine stands",
    "hold": "On hold",
    "gate": "On hold",
    "work": "Long operations",
    "setup": "Set-up",
    "closed": "Closed hours",
    "gap": "No room that is long enough",
    "lag": "Waiting times between operations",
    "reserve": "Reserves in the plan",
    "plan": "No place in the plan",
    "stage": "Behind the shop floor",
    "delivery": "Packing and delivery",
    "": "Not looked at yet",
}


ADVICE: Final[Mapping[str, str]] = {
    "hold": "Resume the job on the page of its order.",
    "gate": "Open the gate on the page of its order.",
    "plan": "Give the operation what it lacks; the next replan finds its place.",
    "stage": "Nothing is left to plan: ask those who have it.",
}


@dataclass(frozen=True)
class CauseGroup:
    """Jobs in danger by what counts most."""

    cause: str
    late: int
    risk: int

    @property
    def label(self) -> str:
        """The cause in words."""
        return CAUSES.get(self.cause, self.cause.capitalize())

    @property
    def jobs(self) -> int:
        """All of them."""
        return self.late + self.risk


@dataclass(frozen=True)
class Groups:
    """Jobs in danger by cause, the largest group first; jobs by work centre that binds them."""

    causes: Sequence[CauseGroup]
    centres: Mapping[str, int]

    @property
    def chips(self) -> list[tuple[str, str, int]]:
        """The causes to filter by."""
        return [(each.cause, each.label, each.jobs) for each in self.causes if each.cause]

    @property
    def states(self) -> list[tuple[str, str, int]]:
        """Late and at risk to filter by."""
        return [("late", "Late", self.late), ("risk", "At risk", self.risk)]

    @property
    def late(self) -> int:
        """Late jobs."""
        return sum(each.late for each in self.causes)

    @property
    def risk(self) -> int:
        """Jobs at risk."""
        return sum(each.risk for each in self.causes)


@dataclass(frozen=True)
class Row:
    """A decision with the remedies that are offered for it, best first."""

    decision: Decision
    remedies: Sequence[Remedy]

    @property
    def advice(self) -> str:
        """What to do where no remedy is offered."""
        if self.decision.cause in ADVICE:
            return ADVICE[self.decision.cause]
        if self.decision.looked_at is None:
            return "Remedies are being looked for."
        return "The engine found nothing that is worth its cost. See why, or talk to the customer."

    @property
    def slack(self) -> str:
        """How little time a job at risk has left."""
        return f"{duration(max(0, self.decision.slack_minutes))} to spare"


@dataclass(frozen=True)
class Decisions:
    """A page of decisions, how many there are by these filters, and what was taken of late."""

    rows: Sequence[Row]
    total: int
    page: int
    taken: Sequence[Remedy]

    @property
    def more(self) -> bool:
        """Whether there are further pages."""
        return self.total > self.page * ROWS


@dataclass(frozen=True)
class Worth:
    """What remedies of one kind were worth: taken, known by now, kept; days against what was said; money."""

    kind: str
    taken: int
    known: int
    kept: int
    days: float | None
    said: Decimal
    spent: Decimal | None
    currency: str

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(dict(Remedy.Kind.choices).get(self.kind, self.kind))

    @property
    def words(self) -> str:
        """`8 taken, 7 of 8 kept, on average 0.4 d better than said`."""
        if not self.known:
            return f"{self.taken} taken, none delivered yet"
        words = f"{self.taken} taken, {self.kept} of {self.known} kept"
        if self.days is None:
            return words
        if abs(self.days) < 0.05:
            return f"{words}, on average as said"
        return (
            f"{words}, on average {abs(self.days):.1f} d {'worse' if self.days > 0 else 'better'} than said"
        )


def cause_groups() -> Groups:
    """How many jobs are in danger by what. One statement."""
    rows = Decision.objects.order_by().values_list("cause", "late", "centre__code").annotate(jobs=Count("id"))
    sums: dict[str, list[int]] = {}
    centres: dict[str, int] = {}
    for cause, late, centre, jobs in rows:
        sums.setdefault(cause, [0, 0])[0 if late else 1] += jobs
        if centre:
            centres[centre] = centres.get(centre, 0) + jobs
    found = [CauseGroup(cause, late, risk) for cause, (late, risk) in sums.items()]
    return Groups(sorted(found, key=lambda each: (-each.late, -each.risk, each.cause)), centres)


def todays_decisions() -> list[Remedy]:
    """The best remedies of the most urgent jobs, TODAY of them; `in_all` is for how many jobs there are some.

    One statement.
    """
    best = Remedy.objects.offered().filter(place=1, line__decision__isnull=False)
    best = best.select_related("line__order__customer", "line__decision").annotate(in_all=Window(Count("*")))
    return list(best.order_by("line__decision__urgency")[:TODAY])


def decisions(
    now: datetime, *, cause: str = "", state: str = "", centre: str = "", page: int = 1
) -> Decisions:
    """The jobs in danger by urgency, ROWS a page, and remedies taken in the last hours. Four statements."""
    found = Decision.objects.select_related("line__order__customer").order_by("urgency", "id")
    if cause in CAUSES and cause:
        found = found.filter(cause=cause)
    if state in ("late", "risk"):
        found = found.filter(late=state == "late")
    if centre:
        found = found.filter(centre__code=centre)
    total = found.count()
    page = min(max(1, page), -(-total // ROWS) or 1)
    rows = list(found[ROWS * (page - 1) : ROWS * page])
    offered: dict[int, list[Remedy]] = {}
    for remedy in Remedy.objects.offered().filter(line__in=[row.line_id for row in rows]).order_by("place"):
        offered.setdefault(remedy.line_id, []).append(remedy)
    taken = Remedy.objects.taken().filter(taken_at__gt=now - JUST_TAKEN, edit__undone_by=None)
    return Decisions(
        rows=[Row(row, offered.get(row.line_id, ())) for row in rows],
        total=total,
        page=page,
        taken=list(taken.select_related("line__order", "taken_by").order_by("-taken_at")[:TAKEN]),
    )


def worth_by_kind() -> list[Worth]:
    """What the remedies taken so far were worth, by kind. One statement."""
    off = F("actual_at") - F("after")
    rows = (
        Remedy.objects.taken()
        .filter(edit__undone_by=None)
        .order_by()
        .values("kind")
        .annotate(
            count=Count("id"),
            known=Count("id", filter=Q(kept__isnull=False)),
            held=Count("id", filter=Q(kept=True)),
            off=Avg(off, filter=Q(kept__isnull=False)),
            said=Sum("cost", filter=Q(kept__isnull=False)),
            spent=Sum("actual_cost", filter=Q(kept__isnull=False)),
            money=Max("currency"),
        )
    )
    found = [
        Worth(
            kind=row["kind"],
            taken=row["count"],
            known=row["known"],
            kept=row["held"],
            days=round(row["off"].total_seconds() / 86400, 1) if row["off"] is not None else None,
            said=row["said"] or Decimal(0),
            spent=row["spent"],
            currency=row["money"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (-each.taken, each.kind))


def measured(limit: int = 20) -> list[Remedy]:
    """The last remedies whose outcome is known. One statement."""
    known = Remedy.objects.taken().filter(kept__isnull=False).select_related("line__order", "taken_by")
    return list(known.order_by("-taken_at")[:limit])


def answer_of(late: int, risk: int) -> str:
    """The answer at the top, in a sentence."""
    if not late and not risk:
        return "Every promise holds."
    parts: Iterable[str] = [
        f"{plural(late, 'job')} will be late" if late else "No job is late",
        f"{plural(risk, 'job')} at risk" if risk else "",
    ]
    return ", ".join(part for part in parts if part) + "."

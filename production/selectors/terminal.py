"""What an operator sees: one job, its next action, and the queue behind it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from zlib import crc32

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Q, Subquery

from kernel.bases import fetch
from kernel.formats import absolute, day_of, quantity
from orders.models import Move, Snapshot
from planning.models import Machine, Operation, Requirement, WorkCentre

Status = Operation.Status
PAGE = 20
QUEUED = (Status.RUNNING, Status.PAUSED, Status.READY, Status.BLOCKED, Status.PENDING)


class Listed(NamedTuple):
    """What the floor reads of an operation and of its job, in the order of LISTED."""

    id: int
    line_id: int
    loop: int
    sequence: int
    name: str
    status: str
    unattended: bool
    setup_minutes: int
    run_minutes: int
    instructions: str
    planned_start: datetime | None
    started_at: datetime | None
    planned_on: str | None
    worked_on: str | None
    position: int
    quantity: int
    promised_at: datetime | None
    hold_reason: str
    note: str
    product: str
    number: str | None
    quotation_number: str
    customer: str

    def __str__(self) -> str:
        return f"Op {self.sequence} {self.name}"

    @property
    def held(self) -> bool:
        """True while a hold blocks the job."""
        return bool(self.hold_reason)

    @property
    def job(self) -> str:
        """The order and the line of it."""
        return f"{self.number or self.quotation_number} line {self.position}"


LISTED: Final = (
    *("id", "line_id", "loop", "sequence", "name", "status", "unattended", "setup_minutes", "run_minutes"),
    *("instructions", "during__startswith", "started_at", "machine__code", "worked_on__code"),
    *("line__position", "line__quantity", "line__promised_at", "line__hold_reason", "line__note"),
    *("line__product__name", "line__order__number", "line__order__quotation_number"),
    "line__order__customer__name",
)


@dataclass(frozen=True)
class Job:
    """One operation as the operator sees it; `reason` says why it cannot be started, empty where it can."""

    operation: Listed
    reason: str
    remedy: str = ""

    @property
    def shown_status(self) -> str:
        """The word of the badge: a hold covers everything else."""
        return "on hold" if self.operation.held else self.operation.status

    @property
    def next_act(self) -> str:
        """`start`, `resume`, `finish` or nothing."""
        if self.operation.status == Status.RUNNING:
            return "" if self.operation.held else "finish"
        if self.reason:
            return ""
        return {Status.READY: "start", Status.PAUSED: "resume"}.get(Status(self.operation.status), "")

    @property
    def may_finish(self) -> bool:
        """Started, and not on hold."""
        return self.operation.status in Operation.STARTED and not self.operation.held


class Bench(NamedTuple):
    """One machine of the work centre and the operation that runs on it."""

    machine_id: int
    code: str
    running_id: int | None


@dataclass(frozen=True)
class Terminal:
    """The operator's page of one work centre."""

    work_centre: WorkCentre
    benches: tuple[Bench, ...]
    job: Job | None
    queue: tuple[Job, ...]
    page: Page[int]
    specification: tuple[dict[str, str], ...]
    rework_reason: str

    @property
    def free(self) -> int:
        """How many machines run nothing."""
        return sum(bench.running_id is None for bench in self.benches)

    @property
    def version(self) -> str:
        """Differs whenever the page would read differently."""
        shown = [*self.queue, *([self.job] if self.job else [])]
        marks = [(job.operation.id, job.shown_status, job.reason) for job in shown]
        shown_as = (marks, self.benches, self.page.paginator.count)
        return f"{crc32(repr(shown_as).encode()):x}"


def terminal(
    work_centre: WorkCentre, *, machine: str = "", operation_id: int | None = None, page: str = "1"
) -> Terminal:
    """The page of one work centre, or of one of its machines (by code), with the job to show.

    Without `operation_id` that is what runs here; where only unattended work runs and a machine is free, the
    next job that can be started. At most seven statements, eight for rework.
    """
    benches = _benches(work_centre)
    chosen = [bench.machine_id for bench in benches if machine in ("", bench.code)]
    listed = Paginator(queue(work_centre, chosen), PAGE).get_page(page)
    ids = list(listed.object_list)
    apart = [operation_id] if operation_id is not None and operation_id not in ids else []
    shown = {job.operation.id: job for job in _jobs([*ids, *apart])}
    jobs = [shown[each] for each in ids if each in shown]
    job = shown.get(operation_id or 0) or _first(jobs)
    specification = _specification(job) if job else ()
    reason = _rework_reason(job) if job and job.operation.loop else ""
    return Terminal(work_centre, benches, job, tuple(jobs), listed, specification, reason)


QUEUE: Final = """
    SELECT coalesce(array_agg(here.id ORDER BY
        CASE here.status WHEN 'running' THEN 0 WHEN 'paused' THEN 1 ELSE 2 END,
        lower(here.during) NULLS LAST, here.line_id, here.loop, here.sequence), '{}')
    FROM (
        SELECT id, status, during, line_id, loop, sequence FROM planning_operation
        WHERE status = ANY(%(open)s::text[]) AND machine_id = ANY(%(machines)s) AND worked_on_id IS NULL
        UNION ALL
        SELECT id, status, during, line_id, loop, sequence FROM planning_operation
        WHERE status = ANY(%(open)s::text[]) AND worked_on_id = ANY(%(machines)s)
        UNION ALL
        SELECT id, status, during, line_id, loop, sequence FROM planning_operation
        WHERE status = ANY(%(open)s::text[]) AND machine_id IS NULL AND worked_on_id IS NULL AND process_id IN
            (SELECT process_id FROM planning_workcentre_processes WHERE workcentre_id = %(centre)s)
    ) AS here
    JOIN orders_orderline AS line ON line.id = here.line_id AND line.state = 'production'
"""


def queue(work_centre: WorkCentre, machine_ids: Collection[int]) -> list[int]:
    """The ids of open operations in production at these machines: running first, then in planned order.

    What is not planned on any machine yet stands at every work centre that can do it. One statement; each of
    its three parts has an index, as an OR of them would not.
    """
    values = {"open": [*map(str, Operation.OPEN)], "machines": list(machine_ids), "centre": work_centre.pk}
    found: list[int] = fetch(QUEUE, values)[0][0]
    return found


def _specification(job: Job) -> tuple[dict[str, str], ...]:
    rows = Snapshot.objects.filter(line=job.operation.line_id).values_list("specification", flat=True)
    return tuple(next(iter(rows), ()))


def _rework_reason(job: Job) -> str:
    """Why the inspection sent the job back, for the loop the operation belongs to."""
    failed = Move.objects.filter(line=job.operation.line_id, event="failed").order_by("number")
    reasons = list(failed.values_list("reason", flat=True)[: job.operation.loop])
    return reasons[-1] if reasons else ""


def job_of(operation_id: int) -> Job | None:
    """One operation as the operator sees it, wherever it stands; None where there is none."""
    return next(iter(_jobs([operation_id])), None)


def place_of(operation: Operation) -> WorkCentre | None:
    """Where the operation is or will be worked on, else the first work centre that can do it."""
    machine = operation.worked_on or operation.machine
    if machine:
        return machine.work_centre
    return WorkCentre.objects.filter(processes=operation.process_id).first()


def choices_of_work_centre() -> list[WorkCentre]:
    """All work centres with what is `running`, `ready` and `blocked` there, counted. 2 statements."""
    counted = (
        Operation.objects.open()
        .filter(line__state="production")
        .values("machine__work_centre")
        .annotate(
            running=Count("id", filter=Q(status=Status.RUNNING)),
            ready=Count("id", filter=Q(status__in=[Status.READY, Status.PAUSED])),
            blocked=Count("id", filter=Q(status=Status.BLOCKED)),
        )
    )
    counts: dict[int, Any] = {row["machine__work_centre"]: row for row in counted}
    centres: list[Any] = list(WorkCentre.objects.all())
    for centre in centres:
        row = counts.get(centre.id, {})
        centre.running, centre.ready = row.get("running", 0), row.get("ready", 0)
        centre.blocked = row.get("blocked", 0)
    return centres


def _benches(work_centre: WorkCentre) -> tuple[Bench, ...]:
    running = Operation.objects.filter(worked_on=OuterRef("pk"), status=Status.RUNNING).order_by()
    machines = Machine.objects.filter(work_centre=work_centre, active=True).order_by("code")
    rows = machines.values_list("id", "code", Subquery(running.values("id")[:1]))
    return tuple(Bench(*row) for row in rows)


def _first(jobs: Sequence[Job]) -> Job | None:
    """What the operator should look at: attended work under way, else the next start, else what is there."""
    under_way = [job for job in jobs if job.operation.status in Operation.STARTED]
    attended = [job for job in under_way if not job.operation.unattended]
    startable = [job for job in jobs if job.next_act == "start"]
    return next(iter([*attended, *startable, *under_way, *jobs]), None)


def _jobs(ids: Sequence[int]) -> list[Job]:
    """In this order, with the reason why each cannot be started. 3 statements."""
    rows = Operation.objects.filter(id__in=ids).order_by().values_list(*LISTED)
    found = {row[0]: Listed(*row) for row in rows}
    operations = [found[each] for each in ids if each in found]
    waiting = [each for each in operations if each.status not in Operation.STARTED]
    missing = _missing(waiting)
    before = _before([each for each in waiting if each.status == Status.PENDING])
    return [Job(each, *_why_not(each, missing, before)) for each in operations]


def _missing(operations: Sequence[Listed]) -> dict[int, list[Requirement]]:
    """The requirements not issued in full, by operation."""
    found: dict[int, list[Requirement]] = {}
    if operations:
        rows = Requirement.objects.filter(
            operation__in=[each.id for each in operations], cancelled_at=None, issued__lt=F("quantity")
        ).select_related("item")
        for row in rows.order_by("find_number"):
            found.setdefault(row.operation_id, []).append(row)
    return found


def _before(pending: Sequence[Listed]) -> dict[tuple[int, int], list[Operation]]:
    """The open operations of the same loops, by sequence."""
    found: dict[tuple[int, int], list[Operation]] = {}
    if pending:
        rows = Operation.objects.open().filter(line__in={each.line_id for each in pending})
        for row in rows.order_by("sequence"):
            found.setdefault((row.line_id, row.loop), []).append(row)
    return found


def _why_not(
    operation: Listed,
    missing: Mapping[int, Sequence[Requirement]],
    before: Mapping[tuple[int, int], Sequence[Operation]],
) -> tuple[str, str]:
    """(reason, remedy), both empty where the operation can be started."""
    if operation.held:
        return f"On hold: {operation.hold_reason}", "Sales or the planner resumes it on the order page."
    if operation.status == Status.PENDING:
        earlier = [
            each
            for each in before.get((operation.line_id, operation.loop), ())
            if each.sequence < operation.sequence
        ]
        return (f"Waits for {earlier[-1]}", "") if earlier else ("Not released yet", "")
    short = [each for each in missing.get(operation.id, ()) if each.available < each.quantity]
    if short:
        return _shortage(short), ""
    if missing.get(operation.id):
        return "Material is here but not issued yet", "Issue the material below."
    return "", ""


def _shortage(short: Sequence[Requirement]) -> str:
    first = short[0]
    needed = quantity(first.quantity - first.available, first.unit)
    more = f" and {len(short) - 1} more" if len(short) > 1 else ""
    expected = [each.expected_at for each in short if each.expected_at]
    when = f", expected {absolute(max(expected), today=day_of(max(expected)))}" if expected else ""
    return f"Waits for {needed} {first.item.number}{more}{when}"

"""What an operator sees: one job, its next action, and the queue behind it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When

from kernel.formats import absolute, day_of, quantity
from orders.models import Move, OrderLine, Process, Snapshot
from planning.models import Machine, Operation, Requirement, WorkCentre

Status = Operation.Status
PAGE = 20
QUEUED = (Status.RUNNING, Status.PAUSED, Status.READY, Status.BLOCKED, Status.PENDING)


@dataclass(frozen=True)
class Job:
    """One operation as the operator sees it; `reason` says why it cannot be started, empty where it can."""

    operation: Operation
    reason: str
    remedy: str = ""

    @property
    def line(self) -> OrderLine:
        """The job it belongs to."""
        return self.operation.line

    @property
    def shown_status(self) -> str:
        """The word of the badge: a hold covers everything else."""
        return "on hold" if self.line.held else self.operation.status

    @property
    def next_act(self) -> str:
        """`start`, `resume`, `finish` or nothing."""
        if self.operation.status == Status.RUNNING:
            return "" if self.line.held else "finish"
        if self.reason:
            return ""
        return {Status.READY: "start", Status.PAUSED: "resume"}.get(Status(self.operation.status), "")

    @property
    def may_finish(self) -> bool:
        """Started, and not on hold."""
        return self.operation.status in Operation.STARTED and not self.line.held


@dataclass(frozen=True)
class Bench:
    """One machine of the work centre and what runs on it."""

    machine: Machine
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
        benches = [(bench.machine.code, bench.running_id) for bench in self.benches]
        return f"{crc32(repr((marks, benches, self.page.paginator.count)).encode()):x}"


def terminal(
    work_centre: WorkCentre, *, machine: str = "", operation_id: int | None = None, page: str = "1"
) -> Terminal:
    """The page of one work centre, or of one of its machines (by code), with the job to show.

    Without `operation_id` that is what runs here; where only unattended work runs and a machine is free, the
    next job that can be started. At most 10 statements, 11 for rework.
    """
    benches = _benches(work_centre)
    chosen = [bench.machine.id for bench in benches if machine in ("", bench.machine.code)]
    listed = Paginator(queue(work_centre, chosen), PAGE).get_page(page)
    ids = list(listed.object_list)
    apart = [operation_id] if operation_id is not None and operation_id not in ids else []
    shown = {job.operation.id: job for job in _jobs(_in_order([*ids, *apart]))}
    jobs = [shown[each] for each in ids if each in shown]
    job = shown.get(operation_id or 0) or _first(jobs)
    specification = _specification(job) if job else ()
    reason = _rework_reason(job) if job and job.operation.loop else ""
    return Terminal(work_centre, benches, job, tuple(jobs), listed, specification, reason)


def queue(work_centre: WorkCentre, machine_ids: Collection[int]) -> QuerySet[Operation, int]:
    """The ids of open operations in production at these machines: running first, then in planned order.

    What is not planned on any machine yet stands at every work centre that can do it.
    """
    unplanned = Q(machine=None, worked_on=None, process__in=_offered(work_centre))
    here = Q(machine__in=machine_ids, worked_on=None) | Q(worked_on__in=machine_ids)
    first = Case(
        When(status=Status.RUNNING, then=Value(0)),
        When(status=Status.PAUSED, then=Value(1)),
        default=Value(2),
    )
    return (
        Operation.objects.open()
        .filter(here | unplanned, line__state="production")
        .order_by(first, F("during__startswith").asc(nulls_last=True), "line_id", "loop", "sequence")
        .values_list("id", flat=True)
    )


def _specification(job: Job) -> tuple[dict[str, str], ...]:
    rows = Snapshot.objects.filter(line=job.line).values_list("specification", flat=True)
    return tuple(next(iter(rows), ()))


def _rework_reason(job: Job) -> str:
    """Why the inspection sent the job back, for the loop the operation belongs to."""
    failed = Move.objects.filter(line=job.line, event="failed").order_by("number")
    reasons = list(failed.values_list("reason", flat=True)[: job.operation.loop])
    return reasons[-1] if reasons else ""


def _in_order(ids: Sequence[int]) -> list[Operation]:
    """The operations with all a page shows of them: sorting ids alone is what keeps a long queue quick."""
    found = Operation.objects.select_related("line__order__customer", "line__product", "machine", "worked_on")
    by_id = found.in_bulk(ids)
    return [by_id[each] for each in ids if each in by_id]


def job_of(operation_id: int) -> Job | None:
    """One operation as the operator sees it, wherever it stands; None where there is none."""
    found = Operation.objects.filter(id=operation_id).select_related(
        "line__order__customer", "line__product", "machine__work_centre", "worked_on__work_centre"
    )
    return next(iter(_jobs(list(found))), None)


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


def _offered(work_centre: WorkCentre) -> QuerySet[Process]:
    return Process.objects.filter(work_centres=work_centre)


def _benches(work_centre: WorkCentre) -> tuple[Bench, ...]:
    running = Operation.objects.filter(worked_on=OuterRef("pk"), status=Status.RUNNING)
    machines: list[Any] = list(
        Machine.objects.filter(work_centre=work_centre, active=True)
        .annotate(running_id=Subquery(running.values("id")[:1]))
        .order_by("code")
    )
    return tuple(Bench(machine, machine.running_id) for machine in machines)


def _first(jobs: Sequence[Job]) -> Job | None:
    """What the operator should look at: attended work under way, else the next start, else what is there."""
    under_way = [job for job in jobs if job.operation.status in Operation.STARTED]
    attended = [job for job in under_way if not job.operation.unattended]
    startable = [job for job in jobs if job.next_act == "start"]
    return next(iter([*attended, *startable, *under_way, *jobs]), None)


def _jobs(operations: Sequence[Operation]) -> list[Job]:
    """With the reason why each cannot be started. 2 statements."""
    waiting = [each for each in operations if each.status not in Operation.STARTED]
    missing = _missing(waiting)
    before = _before([each for each in waiting if each.status == Status.PENDING])
    return [Job(each, *_why_not(each, missing, before)) for each in operations]


def _missing(operations: Sequence[Operation]) -> dict[int, list[Requirement]]:
    """The requirements not issued in full, by operation."""
    found: dict[int, list[Requirement]] = {}
    if operations:
        rows = Requirement.objects.filter(
            operation__in=operations, cancelled_at=None, issued__lt=F("quantity")
        ).select_related("item")
        for row in rows.order_by("find_number"):
            found.setdefault(row.operation_id, []).append(row)
    return found


def _before(pending: Sequence[Operation]) -> dict[tuple[int, int], list[Operation]]:
    """The open operations of the same loops, by sequence."""
    found: dict[tuple[int, int], list[Operation]] = {}
    if pending:
        rows = Operation.objects.open().filter(line__in={each.line_id for each in pending})
        for row in rows.order_by("sequence"):
            found.setdefault((row.line_id, row.loop), []).append(row)
    return found


def _why_not(
    operation: Operation,
    missing: Mapping[int, Sequence[Requirement]],
    before: Mapping[tuple[int, int], Sequence[Operation]],
) -> tuple[str, str]:
    """(reason, remedy), both empty where the operation can be started."""
    line = operation.line
    if line.held:
        return f"On hold: {line.hold_reason}", "Sales or the planner resumes it on the order page."
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

"""What an operator sees: one job, its next action, and the queue behind it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from zlib import crc32

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q

from kernel import clock
from kernel.bases import fetch
from kernel.formats import absolute, day_of, quantity
from kernel.queries import ROWS, Statement
from orders.models import Move, Snapshot
from planning.models import Operation, Requirement, WorkCentre
from planning.selectors import unreleased

Status = Operation.Status
PAGE = 20
COUNTED = (Status.RUNNING, Status.PAUSED, Status.READY, Status.BLOCKED)
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

    @property
    def runs(self) -> bool:
        """Whether something runs on it."""
        return self.running_id is not None


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
    next job that can be started. At most eight statements, nine for rework.
    """
    benches = _benches(work_centre)
    chosen = [bench.machine_id for bench in benches if machine in ("", bench.code)]
    listed, ids = _page_of_queue(work_centre, chosen, page)
    apart = [operation_id] if operation_id is not None and operation_id not in ids else []
    shown = {job.operation.id: job for job in _jobs([*ids, *apart])}
    jobs = [shown[each] for each in ids if each in shown]
    job = shown.get(operation_id or 0) or _first(jobs)
    specification = _specification(job) if job else ()
    reason = _rework_reason(job) if job and job.operation.loop else ""
    return Terminal(work_centre, benches, job, tuple(jobs), listed, specification, reason)


QUEUE: Final = """
    WITH here AS MATERIALIZED (
        SELECT here.* FROM (
            SELECT id, status, during, line_id, loop, sequence FROM planning_operation
            WHERE status = ANY(%(open)s::text[]) AND machine_id = ANY(%(machines)s) AND worked_on_id IS NULL
            UNION ALL
            SELECT id, status, during, line_id, loop, sequence FROM planning_operation
            WHERE status = ANY(%(open)s::text[]) AND worked_on_id = ANY(%(machines)s)
            UNION ALL
            SELECT id, status, during, line_id, loop, sequence FROM planning_operation
            WHERE status = ANY(%(open)s::text[]) AND machine_id IS NULL AND worked_on_id IS NULL
                AND process_id IN
                    (SELECT process_id FROM planning_workcentre_processes WHERE workcentre_id = %(centre)s)
        ) AS here
        JOIN orders_orderline AS line ON line.id = here.line_id AND line.state = 'production'
    )
    SELECT (SELECT count(*) FROM here), ARRAY(
        SELECT id FROM here ORDER BY
            CASE status WHEN 'running' THEN 0 WHEN 'paused' THEN 1 ELSE 2 END,
            lower(during) NULLS LAST, line_id, loop, sequence
        LIMIT %(limit)s OFFSET %(offset)s
    )
"""


def queue(
    work_centre: WorkCentre, machine_ids: Collection[int], *, offset: int = 0, limit: int = PAGE
) -> tuple[int, list[int]]:
    """How many open operations in production stand at these machines, and the ids of some of them.

    Running first, then in planned order. What is not planned on any machine yet stands at every work centre
    that can do it. One statement; each of its three parts has an index, as an OR of them would not.
    """
    values = {"open": [*map(str, Operation.OPEN)], "machines": list(machine_ids), "centre": work_centre.pk}
    total, found = fetch(QUEUE, {**values, "offset": offset, "limit": limit})[0]
    return total, found


def _page_of_queue(
    work_centre: WorkCentre, machine_ids: Collection[int], page: str
) -> tuple[Page[int], list[int]]:
    """The page, or the nearest one that exists; a second statement only where there is no such page."""
    wanted = int(page) if page.isascii() and page.isdecimal() and len(page) < 9 else 1
    offset = PAGE * max(wanted - 1, 0)
    total, ids = queue(work_centre, machine_ids, offset=offset)
    listed = Paginator(range(total), PAGE).get_page(page)
    begins = PAGE * (listed.number - 1)
    if begins != offset:
        _, ids = queue(work_centre, machine_ids, offset=begins)
    return listed, ids


SPECIFICATION: Final = Statement(
    lambda line: Snapshot.objects.filter(line=line).values_list("specification"), int
)
FAILED: Final = Statement(
    lambda line: Move.objects.filter(line=line, event="failed").order_by("number").values_list("reason"), int
)


def _specification(job: Job) -> tuple[dict[str, str], ...]:
    row = SPECIFICATION.first(job.operation.line_id)
    return tuple(row[0]) if row else ()


def _rework_reason(job: Job) -> str:
    """Why the inspection sent the job back, for the loop the operation belongs to."""
    reasons = [reason for (reason,) in FAILED(job.operation.line_id)][: job.operation.loop]
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
        Operation.objects.filter(status__in=COUNTED, line__state="production")
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


BENCHES: Final = """
    SELECT machine.id, machine.code, running.id FROM planning_machine AS machine
    LEFT JOIN planning_operation AS running
        ON running.worked_on_id = machine.id AND running.status = 'running'
    WHERE machine.work_centre_id = %s AND machine.active ORDER BY machine.code
"""


def _benches(work_centre: WorkCentre) -> tuple[Bench, ...]:
    """The machines in use; a constraint lets one operation run on each."""
    return tuple(Bench(*row) for row in fetch(BENCHES, [work_centre.pk]))


def _first(jobs: Sequence[Job]) -> Job | None:
    """What the operator should look at: attended work under way, else the next start, else what is there."""
    under_way = [job for job in jobs if job.operation.status in Operation.STARTED]
    attended = [job for job in under_way if not job.operation.unattended]
    startable = [job for job in jobs if job.next_act == "start"]
    return next(iter([*attended, *startable, *under_way, *jobs]), None)


OPERATIONS: Final = Statement(
    lambda ids: Operation.objects.filter(id__in=ids).order_by().values_list(*LISTED), ROWS
)
MISSING: Final = Statement(
    lambda operations: (
        Requirement.objects.filter(operation__in=operations, cancelled_at=None, issued__lt=F("quantity"))
        .select_related("item")
        .order_by("find_number")
    ),
    ROWS,
)
BEFORE: Final = """
    SELECT DISTINCT ON (here.id) here.id, earlier.sequence, earlier.name
    FROM planning_operation AS here
    JOIN planning_operation AS earlier ON earlier.line_id = here.line_id AND earlier.loop = here.loop
        AND earlier.sequence < here.sequence AND earlier.status = ANY(%s::text[])
    WHERE here.id = ANY(%s) ORDER BY here.id, earlier.sequence DESC
"""


def _jobs(ids: Sequence[int]) -> list[Job]:
    """In this order, with the reason why each cannot be started. 4 statements."""
    found = {row[0]: Listed(*row) for row in OPERATIONS(list(ids))}
    operations = [found[each] for each in ids if each in found]
    waiting = [each for each in operations if each.status not in Operation.STARTED and not each.held]
    missing = _missing([each.id for each in waiting if each.status != Status.PENDING])
    before = _before([each.id for each in waiting if each.status == Status.PENDING])
    kept = unreleased([each.id for each in waiting if each.status == Status.READY], clock.now())
    return [Job(each, *_why_not(each, missing, before, kept)) for each in operations]


def _missing(operations: Sequence[int]) -> dict[int, list[Requirement]]:
    """The requirements not issued in full, by operation."""
    found: dict[int, list[Requirement]] = {}
    for row in MISSING(list(operations)) if operations else []:
        found.setdefault(row.operation_id, []).append(row)
    return found


def _before(pending: Sequence[int]) -> dict[int, str]:
    """The last open operation before each of these in the same loop, in words."""
    if not pending:
        return {}
    rows = fetch(BEFORE, [[*map(str, Operation.OPEN)], list(pending)])
    return {operation: f"Op {sequence} {name}" for operation, sequence, name in rows}


def _why_not(
    operation: Listed,
    missing: Mapping[int, Sequence[Requirement]],
    before: Mapping[int, str],
    kept: Mapping[int, str],
) -> tuple[str, str]:
    """(reason, remedy), both empty where the operation can be started."""
    if operation.held:
        return f"On hold: {operation.hold_reason}", "Sales or the planner resumes it on the order page."
    if operation.status == Status.PENDING:
        earlier = before.get(operation.id)
        return (f"Waits for {earlier}", "") if earlier else ("Not released yet", "")
    short = [each for each in missing.get(operation.id, ()) if each.available < each.quantity]
    if short:
        return _shortage(short), ""
    if missing.get(operation.id):
        return "Material is here but not issued yet", "Issue the material below."
    if operation.id in kept:
        return kept[operation.id], "Take what is released, or ask the planner to release it."
    return "", ""


def _shortage(short: Sequence[Requirement]) -> str:
    first = short[0]
    needed = quantity(first.quantity - first.available, first.unit)
    more = f" and {len(short) - 1} more" if len(short) > 1 else ""
    expected = [each.expected_at for each in short if each.expected_at]
    when = f", expected {absolute(max(expected), today=day_of(max(expected)))}" if expected else ""
    return f"Waits for {needed} {first.item.number}{more}{when}"

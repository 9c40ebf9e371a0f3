"""Resources, operations, material requirements and the state of the plan."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Deferrable, F, Q

from orders.models import Item, OrderLine, Process


class Calendar(models.Model):
    """A named shift calendar in one time zone."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    timezone = models.CharField(max_length=40, default="Europe/Berlin")
    country = models.CharField(
        max_length=2, blank=True, help_text="Public holidays of this country are free."
    )
    subdivision = models.CharField(max_length=4, blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """A weekly working window with an optional break; one that ends before it starts runs over midnight."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="shifts")
    name = models.CharField(max_length=40)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), help_text="0 = Monday … 6 = Sunday")
    starts = models.TimeField()
    ends = models.TimeField()
    break_starts = models.TimeField(null=True, blank=True)
    break_ends = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ("starts",)
        constraints = (
            models.CheckConstraint(
                name="break_has_both_ends",
                condition=Q(break_starts__isnull=True, break_ends__isnull=True)
                | Q(break_starts__isnull=False, break_ends__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.starts:%H:%M}–{self.ends:%H:%M}"


class CalendarException(models.Model):
    """A day that differs: a company holiday, or an extra shift."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="exceptions")
    date = models.DateField()
    name = models.CharField(max_length=80)
    starts = models.TimeField(null=True, blank=True, help_text="Empty: no work on this day.")
    ends = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ("date",)

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class WorkCentre(models.Model):
    """Where operations are done: machines of one kind under one calendar."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="work_centres")
    processes = models.ManyToManyField(Process, related_name="work_centres")
    hourly_rate = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "code")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Machine(models.Model):
    """One machine, bench or slot: it does one operation at a time."""

    work_centre = models.ForeignKey(WorkCentre, on_delete=models.PROTECT, related_name="machines")
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("work_centre__position", "code")

    def __str__(self) -> str:
        return self.code


class OperationQuerySet(models.QuerySet["Operation"]):
    """Filters over operations."""

    def open(self) -> Self:
        """Still to be done."""
        return self.filter(status__in=Operation.OPEN)


class Operation(models.Model):
    """One operation of one job: what is to be done, when it is planned, and what was done.

    `loop` is 0 for the routing as ordered and counts the rework loops after it.
    Minutes are for the whole lot.
    `machine` and `during` are the plan and written by the planner only; `worked_on` is where it really runs.
    `baseline` is where it stood in the first plan that had a place for it, and never changes.
    """

    class Status(models.TextChoices):
        """The life of an operation."""

        PENDING = "pending", "Pending"
        BLOCKED = "blocked", "Blocked"
        READY = "ready", "Ready"
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        COMPLETE = "complete", "Complete"
        CANCELLED = "cancelled", "Cancelled"

    OPEN = (Status.PENDING, Status.BLOCKED, Status.READY, Status.RUNNING, Status.PAUSED)
    STARTED = (Status.RUNNING, Status.PAUSED)

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="operations")
    loop = models.PositiveIntegerField(default=0)
    sequence = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="operations")
    setup_minutes = models.PositiveIntegerField(default=0)
    run_minutes = models.PositiveIntegerField(default=0)
    setup_family = models.CharField(max_length=80, blank=True)
    unattended = models.BooleanField(default=False)
    instructions = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    # What is done piles up on every machine, and nobody looks for it there: only open operations are indexed.
    machine = models.ForeignKey(
        Machine, null=True, on_delete=models.PROTECT, related_name="operations", db_index=False
    )
    during = DateTimeRangeField(null=True)  # type: ignore[misc]
    baseline = DateTimeRangeField(null=True)  # type: ignore[misc]
    unplanned_reason = models.CharField(max_length=200, blank=True)
    worked_on = models.ForeignKey(
        Machine, null=True, on_delete=models.PROTECT, related_name="worked", db_index=False
    )
    started_at = models.DateTimeField(null=True)
    running_since = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    good = models.PositiveIntegerField(default=0)
    scrapped = models.PositiveIntegerField(default=0)
    worked_minutes = models.PositiveIntegerField(default=0)

    objects = OperationQuerySet.as_manager()

    class Meta:
        ordering = ("line", "loop", "sequence")
        constraints = (
            models.UniqueConstraint(name="one_operation_per_step", fields=("line", "loop", "sequence")),
            ExclusionConstraint(
                name="one_operation_at_a_time_per_machine",
                expressions=[("machine", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(status__in=["pending", "blocked", "ready", "running", "paused"]),
                deferrable=Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                name="one_running_operation_per_machine", fields=("worked_on",), condition=Q(status="running")
            ),
            models.CheckConstraint(
                name="running_means_a_machine", condition=~Q(status="running") | Q(worked_on__isnull=False)
            ),
            models.CheckConstraint(
                name="planned_means_machine_and_time",
                condition=Q(machine__isnull=True, during__isnull=True)
                | Q(machine__isnull=False, during__isnull=False, during__isempty=False),
            ),
            models.CheckConstraint(
                name="complete_has_its_time", condition=~Q(status="complete") | Q(finished_at__isnull=False)
            ),
        )
        indexes = (
            models.Index(
                name="operations_open",
                fields=("line", "loop", "sequence"),
                condition=Q(status__in=["pending", "blocked", "ready", "running", "paused"]),
            ),
            models.Index(
                name="operations_open_by_machine",
                fields=("machine",),
                # A queue is counted and sorted without a look at the wide rows themselves.
                include=("id", "worked_on", "status", "during", "line", "loop", "sequence"),
                condition=Q(status__in=["pending", "blocked", "ready", "running", "paused"]),
            ),
            models.Index(
                name="operations_open_worked",
                fields=("worked_on",),
                condition=Q(
                    status__in=["pending", "blocked", "ready", "running", "paused"], worked_on__isnull=False
                ),
            ),
            GistIndex(name="operations_by_time", fields=("during",)),
        )

    def __str__(self) -> str:
        return f"Op {self.sequence} {self.name}"

    @property
    def planned_start(self) -> datetime | None:
        """When it is planned to start."""
        return self.during.lower if self.during else None

    @property
    def planned_end(self) -> datetime | None:
        """When it is planned to be finished."""
        return self.during.upper if self.during else None


class RequirementQuerySet(models.QuerySet["Requirement"]):
    """Filters over material requirements."""

    def short(self) -> Self:
        """Not yet fully here."""
        return self.filter(available__lt=F("quantity"))


class Requirement(models.Model):
    """Material one operation of one job needs; procurement reports here what is expected, available, issued.

    `available` is what lies here for this requirement (issued included), in the item's unit.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="requirements")
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="requirements")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="requirements")
    find_number = models.PositiveIntegerField()
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit = models.CharField(max_length=10)
    need_by = models.DateTimeField(null=True)
    expected_at = models.DateTimeField(null=True)
    available = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    issued = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    cancelled_at = models.DateTimeField(null=True)

    objects = RequirementQuerySet.as_manager()

    class Meta:
        ordering = ("line", "find_number")
        constraints = (
            models.UniqueConstraint(
                name="one_requirement_per_find_number", fields=("operation", "find_number")
            ),
            models.CheckConstraint(name="requirement_quantity_positive", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="issued_within_available_within_quantity",
                condition=Q(issued__gte=0, issued__lte=F("available"), available__lte=F("quantity")),
            ),
        )
        indexes = (
            models.Index(
                name="requirements_short",
                fields=("need_by",),
                condition=Q(available__lt=F("quantity"), cancelled_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} {self.unit} of {self.item_id}"


class Downtime(models.Model):
    """A stretch in which a machine cannot be used: it is broken, being maintained, or nobody is there."""

    class Kind(models.TextChoices):
        """Why it stands."""

        BREAKDOWN = "breakdown", "Breakdown"
        MAINTENANCE = "maintenance", "Maintenance"
        ABSENCE = "absence", "Absence of its operator"

    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="downtimes")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BREAKDOWN)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("starts", "id")
        constraints = (
            models.CheckConstraint(name="downtime_ends_after_start", condition=Q(ends__gt=F("starts"))),
        )
        indexes = (models.Index(name="downtimes_by_end", fields=("ends",)),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.machine}"


class PlanVersion(models.Model):
    """One plan that was stored: why, for whom, how long it took, what it moved and what it left late."""

    class Kind(models.TextChoices):
        """How it came about."""

        INSERTED = "inserted", "New jobs"
        REPAIRED = "repaired", "Repair"
        REPLANNED = "replanned", "Replan"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField(default=0)
    operations = models.PositiveIntegerField()
    moved = models.PositiveIntegerField()
    unplaced = models.PositiveIntegerField(default=0)
    late_jobs = models.PositiveIntegerField(default=0)
    tardiness_minutes = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(name="versions_by_time", fields=("at",)),)

    def __str__(self) -> str:
        return f"plan {self.pk}"

    @property
    def moved_percent(self) -> float:
        """The share of operations that were moved: how nervous the plan was."""
        return round(100 * self.moved / self.operations, 1) if self.operations else 0.0


class PlanState(models.Model):
    """The one row that says which plan is in force, how it was made and what it left open."""

    version = models.PositiveIntegerField(default=0)
    computed_at = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(default=0)
    operations = models.PositiveIntegerField(default=0)
    late_jobs = models.PositiveIntegerField(default=0)
    tardiness_minutes = models.BigIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    repair_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"plan {self.version}"


class PlanRequest(models.Model):
    """Something changed that the plan in force does not know yet; the next replan takes all of them away.

    Once `repaired` the plan in force is possible again, and what remains to be done is to make it better.
    """

    reason = models.CharField(max_length=200)
    line = models.ForeignKey(OrderLine, null=True, on_delete=models.CASCADE, related_name="plan_requests")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    repaired = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.reason


class HoldQuerySet(models.QuerySet["Hold"]):
    """Filters over holds."""

    def active(self) -> Self:
        """Neither released nor turned into a plan."""
        return self.filter(released_at=None)


class Hold(models.Model):
    """A promise that is kept for a quoted line: its time on the machines is taken until it is released.

    `fingerprint` says what was promised for: another quantity or other choices are another job. `displaced`
    are the jobs that were to give way: reference and days.
    """

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="holds")
    way = models.CharField(max_length=10)
    finish = models.DateTimeField()
    promised_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)
    displaced = models.JSONField(default=list)
    by = models.CharField(max_length=150, blank=True)
    held_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=80, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                name="one_hold_per_line", fields=("line",), condition=Q(released_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"hold {self.pk} of line {self.line_id}"


class HeldSlot(models.Model):
    """Time of a machine that a hold takes; deleted when the hold is released."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="slots")
    sequence = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="held")
    during = DateTimeRangeField()

    class Meta:
        ordering = ("hold", "sequence")
        constraints = (
            ExclusionConstraint(
                name="one_hold_at_a_time_per_machine",
                expressions=[("machine", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        )

    def __str__(self) -> str:
        return f"{self.machine_id} {self.during}"

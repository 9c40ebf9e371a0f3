"""Operations and their material."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Q

from orders.models import Item, OrderLine, Process
from planning.models.resources import Machine


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

    `after` are the sequences of its loop that must be complete before it; null: the one before it.
    `queue_minutes` pass before it and `wait_minutes` after it, day and night. `skills` and `tools` are ids:
    one person who has all the skills, one of each tool. A rack does `batch_size` of its `quantity` pieces at
    a time (0: as many as it has places); pieces go on in lots of `transfer` (0: all together).
    `shared` operations are done where several are at once; `pinned` ones stay where they are planned;
    `released` ones may be started ahead of the rule of Dispatching.
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

    # Every index is written with every slot that moves: what reads by job has the unique one, what by time
    # that of the exclusion.
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="operations", db_index=False)
    loop = models.PositiveIntegerField(default=0)
    sequence = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="operations", db_index=False)
    setup_minutes = models.PositiveIntegerField(default=0)
    run_minutes = models.PositiveIntegerField(default=0)
    setup_family = models.CharField(max_length=80, blank=True)
    unattended = models.BooleanField(default=False)
    instructions = models.TextField(blank=True)
    after = ArrayField(models.PositiveIntegerField(), null=True, blank=True)
    queue_minutes = models.PositiveIntegerField(default=0, db_default=0)
    wait_minutes = models.PositiveIntegerField(default=0, db_default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    skills = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    tools = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    quantity = models.PositiveIntegerField(default=1, db_default=1)
    batch_size = models.PositiveIntegerField(default=0, db_default=0)
    transfer = models.PositiveIntegerField(default=0, db_default=0)
    pauses = models.BooleanField(
        default=True, db_default=True, help_text="May stop over a break and go on after it."
    )
    outside_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    shared = models.BooleanField(default=False, db_default=False)
    pinned = models.BooleanField(default=False, db_default=False)
    released = models.BooleanField(default=False, db_default=False)
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
                condition=Q(status__in=["pending", "blocked", "ready", "running", "paused"], shared=False),
                deferrable=Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                name="one_running_operation_per_machine",
                fields=("worked_on",),
                condition=Q(status="running", shared=False),
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

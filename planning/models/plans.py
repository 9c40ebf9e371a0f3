"""The state of the plan, its versions, and what is asked of it and promised by it."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from orders.models import OrderLine
from planning.models.resources import Machine


class PlanVersion(models.Model):
    """One plan that was stored: why, for whom, how long it took, what it moved and what it left late.

    `moves` are the operations that were moved, see `selectors.moves`.
    """

    class Kind(models.TextChoices):
        """How it came about."""

        INSERTED = "inserted", "New jobs"
        REPAIRED = "repaired", "Repair"
        REPLANNED = "replanned", "Replan"
        EDITED = "edited", "Change by a planner"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField(default=0)
    operations = models.PositiveIntegerField()
    moved = models.PositiveIntegerField()
    moves = models.BinaryField(default=b"")
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


class Look(models.Model):
    """The version of the plan that a planner has looked at and said so."""

    by = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="plan_look")
    version = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.by} saw plan {self.version}"


class PlanState(models.Model):
    """The one row that says which plan is in force, how it was made and what it left open.

    Until it is `settled` another round of improvement may find a better plan. Remedies for jobs in danger
    were looked for at `decided_at`, for the edition `decided_version`, `decided_change`; of so many jobs they
    are `undecided` still.
    """

    version = models.PositiveIntegerField(default=0)
    computed_at = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(default=0)
    operations = models.PositiveIntegerField(default=0)
    late_jobs = models.PositiveIntegerField(default=0)
    tardiness_minutes = models.BigIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    repair_at = models.DateTimeField(null=True)
    settled = models.BooleanField(default=True, db_default=True)
    reason = models.CharField(max_length=200, blank=True)
    decided_version = models.PositiveIntegerField(default=0, db_default=0)
    decided_change = models.BigIntegerField(default=0, db_default=0)
    decided_at = models.DateTimeField(null=True)
    decide_at = models.DateTimeField(null=True)
    undecided = models.PositiveIntegerField(default=0, db_default=0)

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
    shared = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ("hold", "sequence")
        constraints = (
            ExclusionConstraint(
                name="one_hold_at_a_time_per_machine",
                expressions=[("machine", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(shared=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.machine_id} {self.during}"

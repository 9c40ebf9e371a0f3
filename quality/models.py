"""Inspections from the job's own characteristics, results and nonconformances."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.bases import Versioned
from orders.models import OrderLine
from quality.engine.judging import Asked, Found, finding, limits


class Inspection(Versioned):
    """One inspection of one job; every rework loop gets a new one."""

    class Status(models.TextChoices):
        """The life of an inspection."""

        PLANNED = "planned", "Planned"
        OPEN = "open", "In progress"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        CANCELLED = "cancelled", "Cancelled"

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="inspections")
    number = models.CharField(max_length=20, unique=True)
    loop = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    opened_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(name="one_inspection_per_loop", fields=("line", "loop")),
            models.CheckConstraint(
                name="decision_has_its_time",
                condition=~Q(status__in=["accepted", "rejected"]) | Q(decided_at__isnull=False),
            ),
        )
        indexes = (models.Index(name="inspections_by_status", fields=("status", "-id")),)

    def __str__(self) -> str:
        return self.number

    @property
    def decided(self) -> bool:
        """True once it was accepted, rejected or cancelled."""
        return self.status not in (self.Status.PLANNED, self.Status.OPEN)


class Result(models.Model):
    """One characteristic of one inspection: what is asked and what was found; `passed` is computed."""

    class Kind(models.TextChoices):
        """How it is judged."""

        MEASURED = "measured", "Measured"
        ATTRIBUTE = "attribute", "Attribute"

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="results")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=160)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    nominal = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    lower = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    upper = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    expected = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=10, blank=True)
    method = models.CharField(max_length=120, blank=True)
    key = models.BooleanField(default=False)
    measured = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    conforms = models.BooleanField(null=True)
    passed = models.BooleanField(null=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("inspection", "number")
        constraints = (
            models.UniqueConstraint(name="one_result_per_characteristic", fields=("inspection", "number")),
            models.CheckConstraint(
                name="judged_means_recorded",
                condition=Q(passed__isnull=True) | Q(measured__isnull=False) | Q(conforms__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

    @property
    def asked(self) -> Asked:
        """What the characteristic asks, for the engine."""
        measured = self.kind == self.Kind.MEASURED
        return Asked(self.number, self.label, measured, self.lower, self.upper, self.expected, unit=self.unit)

    @property
    def found(self) -> Found:
        """What was recorded, for the engine."""
        return Found(self.measured, self.conforms)

    @property
    def allowed(self) -> str:
        """The limits in words."""
        return limits(self.asked)

    @property
    def finding(self) -> str:
        """What was recorded, in words."""
        return finding(self.asked, self.found)

    @property
    def recorded(self) -> bool:
        """True once something was recorded."""
        return self.measured is not None or self.conforms is not None


class Nonconformance(Versioned):
    """An NCR: what did not meet the specification and what is done about it."""

    class Disposition(models.TextChoices):
        """The decision."""

        REWORK = "rework", "Rework"
        USE_AS_IS = "use_as_is", "Use as is"

    class Status(models.TextChoices):
        """The life of an NCR."""

        OPEN = "open", "Open"
        IN_REWORK = "in_rework", "In rework"
        CLOSED = "closed", "Closed"

    number = models.CharField(max_length=20, unique=True)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="nonconformances")
    inspection = models.OneToOneField(Inspection, on_delete=models.PROTECT, related_name="nonconformance")
    description = models.CharField(max_length=500)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it may be used as it is.")
    disposition = models.CharField(max_length=10, choices=Disposition.choices, default=Disposition.REWORK)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.number

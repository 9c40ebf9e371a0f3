"""Calendars, work centres and machines, people and tools, and when they are away."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from orders.models import Process
from planning.models.spans import Span


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
    unlimited = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Takes any number of jobs at once: a vendor, a drying room.",
    )

    class Meta:
        ordering = ("position", "code")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Machine(models.Model):
    """One machine, bench or slot: it does one operation at a time.

    With places it is a rack, oven or plate: so many pieces of one set-up family lie in it together.
    """

    work_centre = models.ForeignKey(WorkCentre, on_delete=models.PROTECT, related_name="machines")
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    active = models.BooleanField(default=True)
    speed = models.PositiveSmallIntegerField(
        "speed in percent", default=100, db_default=100, help_text="200: needs half the run time."
    )
    places = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Pieces that lie in it at once; 0: one operation at a time."
    )

    class Meta:
        ordering = ("work_centre__position", "code")
        constraints = (models.CheckConstraint(name="machine_has_some_speed", condition=Q(speed__gt=0)),)

    def __str__(self) -> str:
        return self.code

    @property
    def takes_several(self) -> bool:
        """Whether several operations may be on it at once."""
        return bool(self.places) or self.work_centre.unlimited


class Downtime(Span):
    """A stretch in which a machine cannot be used: it is broken, being maintained, or nobody is there."""

    class Kind(models.TextChoices):
        """Why it stands."""

        BREAKDOWN = "breakdown", "Breakdown"
        MAINTENANCE = "maintenance", "Maintenance"
        CLOSURE = "closure", "Closed"
        ABSENCE = "absence", "Absence of its operator"

    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="downtimes")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BREAKDOWN)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.machine}"


class Overtime(Span):
    """Extra hours of one machine, beside its calendar."""

    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="overtime")

    class Meta(Span.Meta):
        verbose_name_plural = "overtime"

    def __str__(self) -> str:
        return f"Overtime of {self.machine}"

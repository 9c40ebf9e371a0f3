"""What a planner may decide about jobs in danger: their causes, remedies, and what became of those taken."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from orders.models import OrderLine
from planning.models.edits import PlanEdit
from planning.models.resources import WorkCentre


class Decision(models.Model):
    """A job that is late or at risk, why, and how urgent it is; written by the search for remedies only.

    `slack_minutes` is working time between forecast and promise, negative and by the clock where it is late.
    `chain` are the stretches that count most: kind, words, length, url. `seen` changes with the job's facts;
    until `looked_at` is set its remedies are still to be looked for.
    """

    line = models.OneToOneField(OrderLine, on_delete=models.CASCADE, related_name="decision")
    urgency = models.PositiveIntegerField()
    late = models.BooleanField()
    slack_minutes = models.IntegerField()
    cause = models.CharField(max_length=12, blank=True)
    words = models.CharField(max_length=300, blank=True)
    chain = models.JSONField(default=list)
    centre = models.ForeignKey(WorkCentre, null=True, on_delete=models.SET_NULL, related_name="+")
    seen = models.CharField(max_length=64, blank=True)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("urgency", "id")
        indexes = (models.Index(name="decisions_by_urgency", fields=("urgency", "id")),)

    def __str__(self) -> str:
        return f"decision about line {self.line_id}"


class RemedyQuerySet(models.QuerySet["Remedy"]):
    """Filters over remedies."""

    def offered(self) -> Self:
        """To be taken or left."""
        return self.filter(taken_at=None)

    def taken(self) -> Self:
        """Decided, made and not undone."""
        return self.filter(taken_at__isnull=False, edit__isnull=False, undone_at=None)


class Remedy(models.Model):
    """Something that helps a job: changes with their effect, foretold when it was found, measured when over.

    `before` and `after` are the job's forecasts without and with it, `promised_at` its promise at that time.
    `saved_minutes` is what it saves of weighted lateness in the whole shop, `cost` money, `worth` what it is
    ranked by. Offered ones come and go with the plan; one that was taken stays. `actual_at` is when the job
    was or will be delivered since its operations are complete; once `settled` nothing changes any more.
    """

    class Kind(models.TextChoices):
        """What is done."""

        OVERTIME = "overtime", "Overtime"
        MACHINE = "machine", "Another machine"
        MATERIAL = "material", "Earlier material"
        LOTS = "lots", "Transfer lots"
        SWAP = "swap", "Swap with a job that has time"
        PRIORITY = "priority", "Higher priority"
        PROMISE = "promise", "New promise"

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="remedies")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    place = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300)
    changes = models.JSONField()
    effect: "models.JSONField[Any, Any]" = models.JSONField()
    promised_at = models.DateTimeField(null=True)
    before = models.DateTimeField()
    after = models.DateTimeField()
    saved_minutes = models.BigIntegerField()
    cost = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    currency = models.CharField(max_length=3)
    worth = models.DecimalField(max_digits=14, decimal_places=2)
    found_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    edit = models.OneToOneField(PlanEdit, null=True, on_delete=models.SET_NULL, related_name="remedy")
    undone_at = models.DateTimeField(null=True)
    actual_at = models.DateTimeField(null=True)
    actual_cost = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    kept = models.BooleanField(null=True)
    settled = models.BooleanField(default=False, db_default=False)

    objects = RemedyQuerySet.as_manager()

    class Meta:
        ordering = ("line", "place", "id")
        constraints = (
            models.UniqueConstraint(
                name="one_remedy_per_place", fields=("line", "place"), condition=Q(taken_at__isnull=True)
            ),
        )
        indexes = (
            models.Index(
                name="remedies_to_measure",
                fields=("taken_at",),
                condition=Q(taken_at__isnull=False, settled=False),
            ),
            models.Index(name="remedies_taken", fields=("-taken_at",), condition=Q(taken_at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.words

    @property
    def on_time(self) -> bool:
        """Whether the job keeps its promise with it."""
        return self.kind == self.Kind.PROMISE or (
            self.promised_at is not None and self.after <= self.promised_at
        )

    @property
    def is_told(self) -> bool:
        """Whether the customer is told of it: an undo does not recall that."""
        return self.kind == self.Kind.PROMISE

    @property
    def days_saved(self) -> float:
        """Days by which the job is earlier."""
        return round((self.before - self.after).total_seconds() / 86400, 1)

    @property
    def days_off(self) -> float | None:
        """Days the delivery came later than said (earlier where negative), once that is known."""
        if self.actual_at is None:
            return None
        return round((self.actual_at - self.after).total_seconds() / 86400, 1)

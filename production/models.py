"""Work orders, time entries and scrap."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from kernel.bases import Stamped
from orders.models import OrderLine
from planning.models import Machine, Operation


class WorkOrder(Stamped):
    """The order to the shop floor to build one job."""

    class Status(models.TextChoices):
        """The life of a work order."""

        RELEASED = "released", "Released"
        IN_PROGRESS = "in_progress", "In progress"
        COMPLETED = "completed", "Completed"
        CANCELLED = "cancelled", "Cancelled"

    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="work_order")
    number = models.CharField(max_length=24, unique=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.RELEASED)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(name="work_orders_by_status", fields=("status", "-id")),
            GinIndex(OpClass(Upper("number"), name="gin_trgm_ops"), name="work_order_by_number_part"),
        )

    def __str__(self) -> str:
        return self.number


class ScrapReason(models.Model):
    """Why parts were scrapped."""

    code = models.CharField(max_length=20, unique=True)
    label = models.CharField(max_length=120)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.label


class TimeEntry(models.Model):
    """Time one person worked on one operation; open while it has no end."""

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="time_entries")
    machine = models.ForeignKey(Machine, null=True, on_delete=models.PROTECT, related_name="time_entries")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="time_entries"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    good = models.PositiveIntegerField(default=0)
    scrapped = models.PositiveIntegerField(default=0)
    scrap_reason = models.ForeignKey(
        ScrapReason, null=True, on_delete=models.PROTECT, related_name="time_entries"
    )
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                name="one_open_time_entry_per_operation",
                fields=("operation",),
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="ends_after_start", condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at"))
            ),
            models.CheckConstraint(
                name="scrap_has_a_reason", condition=Q(scrapped=0) | Q(scrap_reason__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} on operation {self.operation_id}"

"""What happened and what is still owed: moves, handovers and heartbeats."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kernel.machine import State
from orders.lifecycle import LIFECYCLE
from orders.models.orders import OrderLine


class Move(models.Model):
    """One step in a job's life: history and idempotency key in one append-only row."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="moves")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=80)
    event = models.CharField(max_length=20)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    worker = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="one_move_per_key", fields=("line", "key")),
            models.UniqueConstraint(name="moves_numbered_without_gap", fields=("line", "number")),
        )

    def __str__(self) -> str:
        return f"{self.source} → {self.target} ({self.event})"

    @property
    def target_info(self) -> State:
        """The words and marks of the state it led to."""
        return LIFECYCLE.states[self.target]


class Handover(models.Model):
    """One task a move hands over to: the outbox row, done in the same transaction as the task's effects."""

    move = models.ForeignKey(Move, on_delete=models.PROTECT, related_name="handovers")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="handovers")
    task = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    woken_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="one_handover_per_task", fields=("move", "task")),
            models.CheckConstraint(
                name="started_before_done",
                condition=Q(done_at__isnull=True)
                | Q(started_at__isnull=True)
                | Q(started_at__lte=F("done_at")),
            ),
        )
        indexes = (
            models.Index(
                name="handovers_owed",
                fields=("due_at",),
                condition=Q(done_at__isnull=True, parked_at__isnull=True),
            ),
            models.Index(
                name="handovers_parked", fields=("parked_at",), condition=Q(parked_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.task} for move {self.move_id}"


class Heartbeat(models.Model):
    """When a process of ours last showed progress; `/healthz` reads it."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"

"""What-ifs: light branches of the plan."""

from typing import Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q


class BranchQuerySet(models.QuerySet["Branch"]):
    """Filters over branches."""

    def open(self) -> Self:
        """Neither adopted nor dropped."""
        return self.exclude(state__in=Branch.CLOSED)

    def light(self) -> Self:
        """Without what only planning and adopting read."""
        return self.defer("slots", "effect")


class Branch(models.Model):
    """A what-if: changes to the plan in force, and what the plan would be with them.

    None copies the order book: `changes` are those of planning.selectors.changes, and `slots` hold only the
    operations that stand elsewhere than in the plan in force (planning.selectors.what_if.packing).
    `revision` counts the acts on it: what was planned for another one is not stored. `edition` is the last
    change of the plan (PlanVersion) it was planned on. `before` and `after` are the figures of the plan in
    force and of the branch, `effect` the jobs that differ. `send_at` is when a plan that was sent for and not
    heard of is sent for again.
    """

    class State(models.TextChoices):
        """How far it is."""

        EMPTY = "empty", "No change yet"
        PLANNING = "planning", "Being planned"
        PLANNED = "planned", "Planned"
        FAILED = "failed", "Cannot be planned"
        ADOPTED = "adopted", "Adopted"
        DROPPED = "dropped", "Dropped"

    CLOSED = (State.ADOPTED, State.DROPPED)

    name = models.CharField(max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.EMPTY)
    reason = models.CharField(max_length=400, blank=True)
    changes = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=0)
    edition = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    send_at = models.DateTimeField(null=True)
    planned_at = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(default=0)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    effect = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    slots = models.BinaryField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = BranchQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = "what-if"
        constraints = (
            models.CheckConstraint(name="branch_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="planned_branch_has_its_slots", condition=~Q(state="planned") | Q(slots__isnull=False)
            ),
            models.CheckConstraint(
                name="closed_branch_has_its_time",
                condition=~Q(state__in=["adopted", "dropped"]) | Q(closed_at__isnull=False),
            ),
        )
        indexes = (models.Index(name="branches_to_plan", fields=("send_at",), condition=Q(state="planning")),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return f"/planning/what-if/{self.pk}/"

    @property
    def is_open(self) -> bool:
        """Whether it can be changed, adopted and dropped."""
        return self.state not in self.CLOSED

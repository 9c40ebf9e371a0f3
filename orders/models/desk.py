"""What waits for a person, and what the customer may know."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from orders.models.orders import Order, OrderLine
from orders.models.people import Role


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    """Filters over what waits."""

    def waiting(self) -> Self:
        """Not yet done."""
        return self.filter(done_at__isnull=True)


class WorkItem(models.Model):
    """Something that waits for a role: reason first, with the page where it is done.

    A stage opens and closes it in the transaction of the fact behind it; `key` makes repeats harmless.
    """

    key = models.CharField(max_length=80, unique=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    reason = models.CharField(max_length=200)
    url = models.CharField(max_length=200)
    place = models.CharField(max_length=20, blank=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="work_items")
    line = models.ForeignKey(OrderLine, null=True, on_delete=models.PROTECT, related_name="work_items")
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        ordering = ("due_at", "id")
        indexes = (
            models.Index(
                name="work_items_waiting", fields=("role", "due_at", "id"), condition=Q(done_at__isnull=True)
            ),
            models.Index(name="work_items_of_a_line", fields=("line",), condition=Q(done_at__isnull=True)),
        )

    def __str__(self) -> str:
        return self.reason


class Milestone(models.Model):
    """A line in the customer's own history of the order, in plain words. Append-only; the id is the cursor.

    Writers hold the order's row lock, so ids of one order are committed in order.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="milestones")
    line = models.ForeignKey(OrderLine, null=True, on_delete=models.PROTECT, related_name="milestones")
    code = models.CharField(max_length=40)
    text = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text


class Document(models.Model):
    """A paper that belongs to an order; `url` renders or serves it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="documents")
    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    url = models.CharField(max_length=200)
    customer_may_see = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.title


class SubmissionOnce(models.Model):
    """A form or request that was carried out: its repeat gets the same answer.

    The scope is the person or the API key.
    """

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(name="one_submission", fields=("scope", "key")),)

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class ApiKey(models.Model):
    """A customer's key: prefix shown, secret stored as a hash only, with scopes and an expiry."""

    customer = models.ForeignKey("orders.Customer", on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

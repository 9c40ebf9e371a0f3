"""What customers were sent: revisions of quotations kept for ever, their terms, papers and questions."""

import uuid
from typing import Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from kernel.bases import Stamped
from kernel.marks import Mark
from orders.models.customers import Customer
from orders.models.orders import Order


class PaymentEvent(models.TextChoices):
    """What makes a payment due."""

    CONFIRMED = "confirmed", "Order confirmation"
    MATERIAL = "material", "Material in house"
    READY = "ready", "Ready to ship"
    SHIPPED = "shipped", "Shipment"
    DELIVERED = "delivered", "Delivery"


class LostReason(models.TextChoices):
    """Why a quotation was not accepted."""

    PRICE = "price", "Price"
    DATE = "date", "Delivery date"
    COMPETITOR = "competitor", "Another supplier"
    SPECIFICATION = "specification", "Specification does not fit"
    PROJECT = "project", "Project was stopped"
    SILENCE = "silence", "No answer"
    OTHER = "other", "Another reason"


class TermsTemplate(models.Model):
    """Terms that a quotation has unless it says others: a customer's own, or everybody's by language."""

    customer = models.OneToOneField(
        Customer,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="terms",
        help_text="Empty: the terms of everybody who has no own.",
    )
    language = models.CharField(
        max_length=2,
        blank=True,
        choices=[("en", "English"), ("de", "German")],
        help_text="Of everybody's terms: for customers who read it. Empty: for all others.",
    )
    payment_terms = models.CharField(max_length=200, blank=True)
    delivery_time = models.CharField(max_length=120, blank=True)
    valid_days = models.PositiveSmallIntegerField("days valid", default=30)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                name="one_default_terms",
                fields=("language",),
                condition=Q(customer=None),
            ),
            models.CheckConstraint(
                name="own_terms_in_one_language", condition=Q(customer=None) | Q(language="")
            ),
            models.CheckConstraint(name="terms_valid_for_a_day", condition=Q(valid_days__gte=1)),
        )

    def __str__(self) -> str:
        if self.customer is not None:
            return f"Terms of {self.customer}"
        readers = f" who reads {self.get_language_display()}" if self.language else ""
        return f"Terms of everybody{readers}"


class PaymentTerm(models.Model):
    """One part of the price and when it is due: a percentage, or an amount that is taken off first."""

    order = models.ForeignKey(
        Order, null=True, blank=True, on_delete=models.CASCADE, related_name="payment_plan"
    )
    template = models.ForeignKey(
        TermsTemplate, null=True, blank=True, on_delete=models.CASCADE, related_name="payment_plan"
    )
    position = models.PositiveSmallIntegerField()
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    event = models.CharField(max_length=10, choices=PaymentEvent.choices)
    days_net = models.PositiveSmallIntegerField("days net", default=0)

    class Meta:
        ordering = ("order_id", "template_id", "position")
        constraints = (
            models.CheckConstraint(
                name="payment_of_an_order_or_a_template",
                condition=Q(order=None, template__isnull=False) | Q(order__isnull=False, template=None),
            ),
            models.CheckConstraint(
                name="payment_by_percent_or_amount",
                condition=Q(amount=None, percent__isnull=False, percent__gt=0, percent__lte=100)
                | Q(percent=None, amount__isnull=False, amount__gt=0),
            ),
            models.UniqueConstraint(
                name="one_payment_position", fields=("order", "template", "position"), nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        share = f"{self.percent} %" if self.percent is not None else f"{self.amount}"
        return f"{share} at {self.get_event_display()}"


class RevisionQuerySet(models.QuerySet["QuotationRevision"]):
    """The doors to revisions."""

    def open(self) -> Self:
        """Those a customer may still answer."""
        return self.filter(status=QuotationRevision.Status.SENT)

    def light(self) -> Self:
        """Without what only a restoration needs."""
        return self.defer("frozen")


class QuotationRevision(Stamped):
    """One quotation as it was sent: it never changes, and it is answered once.

    `content` is what the customer reads, `sha256` its fingerprint; `frozen` brings the lines back. The
    address of a link holds a secret of which only `token_sha256` is stored. The database refuses every
    change but the first opening and the one answer.
    """

    class Status(models.TextChoices):
        """The life of what was sent."""

        SENT = "sent", "Sent"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Rejected"
        EXPIRED = "expired", "Expired"
        SUPERSEDED = "superseded", "Superseded"
        CANCELLED = "cancelled", "Cancelled"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="revisions")
    letter = models.CharField(max_length=3)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content = models.JSONField()
    frozen = models.JSONField(encoder=DjangoJSONEncoder)
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=5)
    token_sha256 = models.CharField(max_length=64, unique=True)
    beside = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    valid_until = models.DateField()
    opened_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SENT)
    answered_at = models.DateTimeField(null=True)
    answered_name = models.CharField(max_length=120, blank=True)
    answered_title = models.CharField(max_length=120, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_ip = models.GenericIPAddressField(null=True)
    accepted_sha256 = models.CharField(max_length=64, blank=True)
    chosen = models.JSONField(default=dict)
    lost_reason = models.CharField(max_length=20, choices=LostReason.choices, blank=True)
    lost_text = models.CharField(max_length=300, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ("order_id", "id")
        constraints = (
            models.UniqueConstraint(name="one_revision_letter", fields=("order", "letter")),
            models.UniqueConstraint(
                name="one_accepted_revision", fields=("order",), condition=Q(status="accepted")
            ),
            models.CheckConstraint(
                name="answered_has_its_time", condition=Q(status="sent") | Q(answered_at__isnull=False)
            ),
            models.CheckConstraint(
                name="accepted_names_its_document", condition=~Q(status="accepted") | ~Q(accepted_sha256="")
            ),
        )
        indexes = (
            models.Index(name="revisions_by_validity", fields=("valid_until",), condition=Q(status="sent")),
            models.Index(name="revisions_lost", fields=("sent_at",), condition=~Q(lost_reason="")),
        )

    def __str__(self) -> str:
        return f"{self.order.quotation_number} rev {self.letter}"

    @property
    def open(self) -> bool:
        """Whether the customer may still answer it."""
        return self.status == self.Status.SENT

    @property
    def mark(self) -> Mark:
        """Word, icon and tint of its state."""
        icon, tint = REVISION_MARKS[self.status]
        return Mark(self.get_status_display(), icon, tint)


REVISION_MARKS = {
    "sent": ("send", "info"),
    "accepted": ("circle-check", "good"),
    "declined": ("circle-x", "bad"),
    "expired": ("hourglass", "neutral"),
    "superseded": ("history", "neutral"),
    "cancelled": ("ban", "neutral"),
}


class QuotationPaper(models.Model):
    """The PDF of a revision, drawn once and kept. Append-only."""

    revision = models.OneToOneField(
        QuotationRevision, primary_key=True, on_delete=models.PROTECT, related_name="paper"
    )
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"paper of revision {self.revision_id}"


class QuotationMessage(models.Model):
    """One question of the customer or one answer of ours, in the thread of a quotation. Append-only."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="messages")
    revision = models.ForeignKey(QuotationRevision, on_delete=models.PROTECT, related_name="messages")
    ours = models.BooleanField(default=False)
    author = models.CharField(max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=2000)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:40]}"

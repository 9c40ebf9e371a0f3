"""Packages, shipments and proofs of delivery."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.bases import Stamped, Versioned
from orders.models import Order, OrderLine


class Carrier(models.Model):
    """Who carries the goods."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Shipment(Versioned):
    """One consignment of one order; `papers` is the delivery note's content, frozen when it left."""

    class Status(models.TextChoices):
        """The life of a shipment."""

        PLANNED = "planned", "Planned"
        PACKED = "packed", "Packed"
        SHIPPED = "shipped", "Shipped"
        DELIVERED = "delivered", "Delivered"
        CANCELLED = "cancelled", "Cancelled"

    number = models.CharField(max_length=20, unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    carrier = models.ForeignKey(Carrier, null=True, on_delete=models.PROTECT, related_name="shipments")
    tracking_number = models.CharField(max_length=60, blank=True)
    shipped_at = models.DateTimeField(null=True)
    shipped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    delivered_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=120, blank=True)
    papers = models.JSONField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(name="shipments_by_status", fields=("status", "-id")),)
        constraints = (
            models.CheckConstraint(
                name="shipped_has_carrier_and_time",
                condition=~Q(status__in=["shipped", "delivered"])
                | Q(shipped_at__isnull=False, carrier__isnull=False, papers__isnull=False),
            ),
            models.CheckConstraint(
                name="delivered_has_proof",
                condition=~Q(status="delivered") | (Q(delivered_at__isnull=False) & ~Q(received_by="")),
            ),
        )

    def __str__(self) -> str:
        return self.number


class Package(Stamped):
    """A carton or crate of a shipment."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="packages")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=40, default="Carton")
    gross_kg = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        ordering = ("shipment", "number")
        constraints = (
            models.UniqueConstraint(name="one_package_number", fields=("shipment", "number")),
            models.CheckConstraint(name="package_weight_positive", condition=Q(gross_kg__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class PackedLine(models.Model):
    """How many pieces of a job lie in a package."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="contents")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="packed")
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="line_once_per_package", fields=("package", "line")),
            models.CheckConstraint(name="packed_quantity_positive", condition=Q(quantity__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.line_id}"

"""Suppliers, purchase orders pegged to jobs, and the stock ledger."""

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kernel.bases import Stamped, Versioned, search_index
from orders.models import Item
from planning.models import Requirement


class Supplier(Stamped):
    """Whom we buy from."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class SupplierItem(models.Model):
    """What a supplier asks for an item: price, lead time in calendar days, pack size."""

    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="supplier_items")
    supplier_number = models.CharField(max_length=60, blank=True)
    price = models.DecimalField(max_digits=14, decimal_places=4)
    currency = models.CharField(max_length=3, default="EUR")
    lead_time_days = models.PositiveIntegerField()
    pack_size = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(1))
    preferred = models.BooleanField(default=True)

    class Meta:
        ordering = ("item", "-preferred", "price")
        constraints = (
            models.UniqueConstraint(name="one_supplier_item", fields=("supplier", "item")),
            models.UniqueConstraint(
                name="one_preferred_supplier", fields=("item",), condition=Q(preferred=True)
            ),
            models.CheckConstraint(name="supplier_price_not_negative", condition=Q(price__gte=0)),
            models.CheckConstraint(name="pack_size_positive", condition=Q(pack_size__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.item_id} from {self.supplier_id}"


class PurchaseOrder(Versioned):
    """An order to one supplier."""

    class Status(models.TextChoices):
        """The life of a purchase order."""

        DRAFT = "draft", "Draft"
        SENT = "sent", "Sent"
        PARTIAL = "partial", "Partially received"
        RECEIVED = "received", "Received"
        CANCELLED = "cancelled", "Cancelled"

    number = models.CharField(max_length=20, unique=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="purchase_orders")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    currency = models.CharField(max_length=3)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(name="purchase_orders_by_status", fields=("status", "-id")),
            search_index("purchase_order_number_search", "number"),
        )
        constraints = (
            models.CheckConstraint(
                name="sent_has_its_time",
                condition=Q(status__in=["draft", "cancelled"]) | Q(sent_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_draft_per_supplier", fields=("supplier", "currency"), condition=Q(status="draft")
            ),
        )

    def __str__(self) -> str:
        return self.number


class PurchaseOrderLine(models.Model):
    """An item on a purchase order.

    Price, pack size and lead time are the supplier's terms when the line was made. `agreed_at` is the date
    expected when the order was sent; `expected_at` moves with what the supplier confirms.
    `pegged` is the sum of its pegs and `surplus` what was received for nobody, so `free` is what is still to
    come and promised to nobody. Like a lot it can never be promised twice.
    """

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="purchase_lines")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    pegged = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    received = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    surplus = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    unit = models.CharField(max_length=10)
    price = models.DecimalField(max_digits=14, decimal_places=4)
    pack_size = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(1))
    lead_time_days = models.PositiveIntegerField(default=0)
    order_by = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True)
    expected_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("order", "id")
        constraints = (
            models.UniqueConstraint(name="one_line_per_item", fields=("order", "item")),
            models.CheckConstraint(name="purchase_quantity_positive", condition=Q(quantity__gt=0)),
            models.CheckConstraint(name="received_not_negative", condition=Q(received__gte=0)),
            models.CheckConstraint(name="received_within_ordered", condition=Q(received__lte=F("quantity"))),
            models.CheckConstraint(
                name="pegged_within_ordered",
                condition=Q(pegged__gte=0, surplus__gte=0, quantity__gte=F("pegged") + F("surplus")),
            ),
        )
        indexes = (
            models.Index(
                name="purchase_lines_open", fields=("item",), condition=Q(received__lt=F("quantity"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} {self.unit} of {self.item_id}"

    @property
    def free(self) -> Decimal:
        """What is still to come and pegged to no job."""
        return self.quantity - self.pegged - self.surplus

    @property
    def outstanding(self) -> Decimal:
        """What is still to come."""
        return self.quantity - self.received

    @property
    def total(self) -> Decimal:
        """Price times quantity, in the order's currency, not rounded."""
        return self.price * self.quantity


class PegQuerySet(models.QuerySet["Peg"]):
    """Filters over pegs."""

    def open(self) -> Self:
        """Not fully received."""
        return self.filter(received__lt=F("quantity"))


class Peg(models.Model):
    """Which part of a purchase order line is bought for which requirement: a foreign key, never computed."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="pegs")
    purchase_line = models.ForeignKey(PurchaseOrderLine, on_delete=models.PROTECT, related_name="pegs")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    received = models.DecimalField(max_digits=14, decimal_places=4, default=0)

    objects = PegQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="one_peg", fields=("requirement", "purchase_line")),
            models.CheckConstraint(
                name="peg_received_within_quantity", condition=Q(received__gte=0, received__lte=F("quantity"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} for requirement {self.requirement_id}"

    @property
    def to_come(self) -> Decimal:
        """What was not received yet."""
        return self.quantity - self.received


class Lot(models.Model):
    """A quantity of one item that came in together. Never negative, never reserved beyond what is there."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lots")
    number = models.CharField(max_length=60)
    supplier = models.ForeignKey(Supplier, null=True, on_delete=models.PROTECT, related_name="lots")
    purchase_line = models.ForeignKey(
        PurchaseOrderLine, null=True, on_delete=models.PROTECT, related_name="lots"
    )
    unit_cost = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    received_at = models.DateTimeField()
    on_hand = models.DecimalField(max_digits=14, decimal_places=4)
    reserved = models.DecimalField(max_digits=14, decimal_places=4, default=0)

    class Meta:
        ordering = ("item", "received_at", "id")
        constraints = (
            models.UniqueConstraint(name="one_lot_number_per_item", fields=("item", "number")),
            models.CheckConstraint(
                name="reserved_within_on_hand",
                condition=Q(on_hand__gte=0, reserved__gte=0, reserved__lte=F("on_hand")),
            ),
        )
        indexes = (
            models.Index(
                name="lots_with_free_stock",
                fields=("item", "received_at"),
                condition=Q(on_hand__gt=F("reserved")),
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def free(self) -> Decimal:
        """What is here and reserved for no job."""
        return self.on_hand - self.reserved


class Reservation(models.Model):
    """A part of a lot that is kept for one requirement, and how much of it was issued."""

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="reservations")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    issued = models.DecimalField(max_digits=14, decimal_places=4, default=0)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(name="one_reservation", fields=("requirement", "lot")),
            models.CheckConstraint(
                name="issued_within_reservation", condition=Q(issued__gte=0, issued__lte=F("quantity"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} of lot {self.lot_id}"

    @property
    def to_issue(self) -> Decimal:
        """What was not issued yet."""
        return self.quantity - self.issued


class StockMove(models.Model):
    """One row of the stock ledger: the sum over a lot is its quantity on hand. Append-only."""

    class Kind(models.TextChoices):
        """Why stock changed."""

        OPENING = "opening", "Opening stock"
        RECEIPT = "receipt", "Receipt"
        ISSUE = "issue", "Issue"
        RETURN = "return", "Return to stock"
        ADJUSTMENT = "adjustment", "Adjustment"

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    requirement = models.ForeignKey(
        Requirement, null=True, on_delete=models.PROTECT, related_name="stock_moves"
    )
    purchase_line = models.ForeignKey(
        PurchaseOrderLine, null=True, on_delete=models.PROTECT, related_name="stock_moves"
    )
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(name="stock_move_not_zero", condition=~Q(quantity=0)),)

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"

"""Quotations and orders; an order line is one job, the thing the lifecycle moves."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from kernel.bases import Stamped, Versioned, search_index
from kernel.machine import State
from kernel.marks import Step, progress
from orders.lifecycle import LIFECYCLE, OPEN, RAIL, STATES
from orders.models.customers import Address, Contact, Customer
from orders.models.products import Product, ProductRevision

STATE_CODES = [state.code for state in STATES]
STATE_CHOICES = [(state.code, state.label) for state in STATES]


def rail_of(state: State, *, blocked: bool = False) -> tuple[Step, ...]:
    """The six stages for something in `state`."""
    stages = [LIFECYCLE.states[code] for code in RAIL]
    return progress(stages, state, blocked=blocked, stopped=("declined", "expired", "cancelled"))


class ShipPolicy(models.TextChoices):
    """Whether finished lines wait for the others."""

    COMPLETE = "complete", "Ship complete"
    AS_READY = "as_ready", "Ship as ready"


class Priority(models.IntegerChoices):
    """What a day of lateness weighs when not all jobs can be on time."""

    NORMAL = 1, "Normal"
    KEY = 3, "Key customer"
    RUSH = 9, "Rush"


class Incoterm(models.TextChoices):
    """Incoterms 2020."""

    EXW = "EXW", "EXW Ex works"
    FCA = "FCA", "FCA Free carrier"
    CPT = "CPT", "CPT Carriage paid to"
    CIP = "CIP", "CIP Carriage and insurance paid to"
    DAP = "DAP", "DAP Delivered at place"
    DPU = "DPU", "DPU Delivered at place unloaded"
    DDP = "DDP", "DDP Delivered duty paid"
    FAS = "FAS", "FAS Free alongside ship"
    FOB = "FOB", "FOB Free on board"
    CFR = "CFR", "CFR Cost and freight"
    CIF = "CIF", "CIF Cost, insurance and freight"


class OrderQuerySet(models.QuerySet["Order"]):
    """The only doors to orders."""

    def visible_to_customer(self, customer_id: int) -> Self:
        """What one customer may see: their own, but no quotation that sales is still writing."""
        return self.filter(customer_id=customer_id).exclude(state="draft", source=Order.Source.SALES)

    def by_reference(self, reference: str) -> Self:
        """Found by order number or, before confirmation, by quotation number."""
        return self.filter(Q(number=reference) | Q(quotation_number=reference))


class Order(Versioned):
    """A quotation that becomes an order: its state is the roll-up of its lines."""

    class Source(models.TextChoices):
        """Who entered it."""

        SALES = "sales", "Sales"
        API = "api", "Customer API"
        PORTAL = "portal", "Customer portal"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    quotation_number = models.CharField(max_length=20, unique=True)
    number = models.CharField(max_length=20, unique=True, null=True, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    ship_to = models.ForeignKey(Address, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    customer_po = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    requested_date = models.DateField(null=True, blank=True)
    ship_policy = models.CharField(max_length=10, choices=ShipPolicy.choices, default=ShipPolicy.COMPLETE)
    incoterm = models.CharField(max_length=3, choices=Incoterm.choices, default=Incoterm.DAP)
    incoterm_place = models.CharField(max_length=80, blank=True)
    payment_terms = models.CharField(max_length=200, blank=True)
    delivery_time = models.CharField(max_length=120, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.SALES)
    state = models.CharField(max_length=20, choices=STATE_CHOICES, default="draft")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="owned_orders",
    )
    valid_until = models.DateField(null=True, blank=True)
    quoted_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="order_state_known", condition=Q(state__in=STATE_CODES)),
            models.CheckConstraint(
                name="confirmed_order_has_number",
                condition=Q(number__isnull=False, confirmed_at__isnull=False)
                | Q(number__isnull=True, confirmed_at__isnull=True),
            ),
        )
        indexes = (
            models.Index(name="order_by_state", fields=("state", "-id")),
            models.Index(name="order_by_customer", fields=("customer", "-id")),
            models.Index(name="quotations_by_validity", fields=("valid_until",), condition=Q(state="quoted")),
            models.Index(name="orders_quoted", fields=("quoted_at",), condition=Q(quoted_at__isnull=False)),
            models.Index(
                F("requested_date").asc(nulls_last=True), F("id").desc(), name="orders_first_wanted"
            ),
            models.Index(
                F("requested_date").desc(nulls_last=True), F("id").desc(), name="orders_last_wanted"
            ),
            search_index("order_by_number_part", "number"),
            search_index("order_by_quotation_part", "quotation_number"),
            search_index("order_by_po_part", "customer_po"),
        )

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """The order's page; the quotation number leads there too, also after confirmation."""
        return f"/orders/{self.reference}/"

    @property
    def reference(self) -> str:
        """The order number, or the quotation number before confirmation."""
        return self.number or self.quotation_number

    @property
    def state_info(self) -> State:
        """The words and marks of the state."""
        return LIFECYCLE.states[self.state]

    @property
    def rail(self) -> tuple[Step, ...]:
        """The six stages as the least advanced open job stands."""
        return rail_of(self.state_info)


class OrderLineQuerySet(models.QuerySet["OrderLine"]):
    """Filters over jobs."""

    def open(self) -> Self:
        """Jobs that are not finished, cancelled or lost."""
        return self.filter(state__in=OPEN)

    def late(self) -> Self:
        """Open jobs whose forecast lies behind the promise."""
        return self.open().filter(promised_at__isnull=False, forecast_at__gt=F("promised_at"))


class OrderLine(Stamped):
    """One job: one configured product, one quantity, one specification.

    Four dates, never mixed: `requested_date` (customer's wish), `promised_at` (ours, with history in
    DateChange), `forecast_at` (moves with every plan), `delivered_at` (actual).

    `serial` is the serial or line number of the first piece, where BOM lines are effective by it.

    `approval_reason` says why the price needs a second person, `approved_at` that one agreed to it: no line
    is sent without. `price_fingerprint` changes with everything the approval was for.

    `extras` are rows of its specification beyond the product's choices: values in free words, drawings.

    A quoted line may be `optional` (the customer takes it or not), and `alternatives` are further quantities
    to choose from: rows of quantity, unit_price, unit_cost, price_trace.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="order_lines")
    revision = models.ForeignKey(
        ProductRevision, null=True, blank=True, on_delete=models.PROTECT, related_name="order_lines"
    )
    quantity = models.PositiveIntegerField()
    choices = models.JSONField(default=dict)
    decided = models.JSONField(default=list)
    note = models.CharField(max_length=500, blank=True)
    extras = models.JSONField(default=list, blank=True)
    unit_price = models.DecimalField(max_digits=14, decimal_places=2)
    unit_cost = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    price_trace = models.JSONField(default=dict)
    cost_trace = models.JSONField(default=dict)
    discount_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    tax_wording = models.CharField(max_length=200, blank=True)
    priced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    price_fingerprint = models.CharField(max_length=64, blank=True)
    approval_reason = models.CharField(max_length=200, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    optional = models.BooleanField(default=False)
    alternatives = models.JSONField(default=list, blank=True)
    requested_date = models.DateField(null=True, blank=True)
    serial = models.PositiveIntegerField(null=True, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    forecast_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=STATE_CHOICES, default="draft")
    entered_at = models.DateTimeField()
    moves_made = models.PositiveIntegerField(default=0)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    hold_reason = models.CharField(max_length=200, blank=True)
    priority = models.PositiveSmallIntegerField(
        choices=Priority.choices, default=Priority.NORMAL, db_default=Priority.NORMAL
    )

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        ordering = ("order_id", "position")
        constraints = (
            models.UniqueConstraint(name="one_line_position", fields=("order", "position")),
            models.CheckConstraint(name="line_quantity_positive", condition=Q(quantity__gt=0)),
            models.CheckConstraint(name="line_price_not_negative", condition=Q(unit_price__gte=0)),
            models.CheckConstraint(
                name="line_discount_is_a_part",
                condition=Q(discount_percent__gte=0, discount_percent__lte=100),
            ),
            models.CheckConstraint(
                name="sent_price_is_approved",
                condition=Q(state__in=["draft", "cancelled"])
                | Q(approval_reason="")
                | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(name="price_of_four_eyes", condition=~Q(approved_by=F("priced_by"))),
            models.CheckConstraint(name="line_state_known", condition=Q(state__in=STATE_CODES)),
            models.CheckConstraint(
                name="hold_has_a_reason",
                condition=Q(held_at__isnull=True, hold_reason="")
                | (Q(held_at__isnull=False) & ~Q(hold_reason="")),
            ),
            models.CheckConstraint(
                name="delivered_has_its_time",
                condition=~Q(state__in=["delivered", "closed"]) | Q(delivered_at__isnull=False),
            ),
        )
        indexes = (
            models.Index(name="line_by_state", fields=("state", "id")),
            models.Index(name="line_open_by_promise", fields=("promised_at",), condition=Q(state__in=OPEN)),
            models.Index(
                name="line_late",
                fields=("order",),
                condition=Q(state__in=OPEN, forecast_at__gt=F("promised_at")),
            ),
            models.Index(
                name="line_delivered", fields=("delivered_at",), condition=Q(delivered_at__isnull=False)
            ),
            models.Index(name="line_held", fields=("order",), condition=Q(held_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"line {self.position}"

    @property
    def state_info(self) -> State:
        """The words and marks of the state."""
        return LIFECYCLE.states[self.state]

    @property
    def rail(self) -> tuple[Step, ...]:
        """The six stages, each done, current, upcoming, blocked by a hold, or dropped."""
        return rail_of(self.state_info, blocked=self.held)

    @property
    def held(self) -> bool:
        """True while a hold blocks this job."""
        return self.held_at is not None

    @property
    def decisions(self) -> dict[str, object]:
        """What somebody decided, without what was assumed."""
        return {code: self.choices.get(code) for code in self.decided}

    @property
    def total(self) -> Decimal:
        """Unit price times quantity, in the order's currency."""
        return self.unit_price * self.quantity

    @property
    def slip(self) -> datetime | None:
        """The forecast where it lies behind the promise."""
        late = self.forecast_at and self.promised_at and self.forecast_at > self.promised_at
        return self.forecast_at if late and self.delivered_at is None else None


class Snapshot(Stamped):
    """What was released, frozen: master data never touches it. Rows are those of orders.engine.explosion."""

    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="snapshot")
    product_revision = models.PositiveIntegerField()
    specification = models.JSONField()
    bom = models.JSONField()
    routing = models.JSONField()
    characteristics = models.JSONField()
    documents = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"snapshot of line {self.line_id}"


class DateChange(models.Model):
    """One change of a promise or of a forecast: from, to, why, who, when. Append-only."""

    class Kind(models.TextChoices):
        """Which of the dates changed."""

        REQUESTED = "requested", "Requested"
        PROMISED = "promised", "Promised"
        FORECAST = "forecast", "Forecast"

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="date_changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    previous = models.DateTimeField(null=True)
    value = models.DateTimeField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.value:%Y-%m-%d}: {self.reason}"

"""What can be ordered: items, processes and configurable products with their rules and formulas."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.bases import Stamped, Versioned, search_index

FORMULA = 2000


class Item(Stamped):
    """A part or material that is bought and stocked."""

    number = models.CharField(max_length=40, unique=True)
    description = models.CharField(max_length=200)
    unit = models.CharField(max_length=10, default="pcs")
    revision = models.CharField(max_length=10, blank=True)
    standard_cost = models.DecimalField(max_digits=14, decimal_places=4, default=Decimal(0))
    mass_kg = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(0))

    class Meta:
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(name="item_cost_not_negative", condition=Q(standard_cost__gte=0)),
        )
        indexes = (
            search_index("item_by_number_part", "number"),
            search_index("item_by_description_part", "description"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.description}"


class Process(models.Model):
    """A way of working that work centres offer and operations need."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ("code",)
        verbose_name_plural = "processes"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ProductTax(models.TextChoices):
    """What a product is to the tax office."""

    STANDARD = "standard", "Standard rate"
    REDUCED = "reduced", "Reduced rate"
    SERVICE = "service", "Service"


class Product(Stamped):
    """A configurable product; only a published one can be ordered.

    `revision` (its number), `base_price`, `currency` and `published_at` are those of the revision in force.
    """

    class Status(models.TextChoices):
        """Whether it can be ordered."""

        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        OBSOLETE = "obsolete", "Obsolete"

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(max_length=2000, blank=True)
    revision = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    base_price = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    published_at = models.DateTimeField(null=True, blank=True)
    tax_category = models.CharField(max_length=10, choices=ProductTax.choices, default=ProductTax.STANDARD)
    image = models.CharField(max_length=200, blank=True)
    non_catalogue = models.BooleanField(
        default=False, help_text="Engineered for one quotation; offered to nobody else."
    )
    in_force = models.ForeignKey(
        "ProductRevision", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(name="base_price_not_negative", condition=Q(base_price__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ProductRevision(Versioned):
    """One state of a product model: a draft that engineers change, then published and never changed again.

    `model` is the document of `orders.engine.document` without its BOM, whose lines are rows of their own.
    `solver` holds the compiled constraints, `proof` what was proved before publication.
    """

    class Status(models.TextChoices):
        """Where the revision stands."""

        DRAFT = "draft", "Draft"
        PROVING = "proving", "Being proved"
        REFUSED = "refused", "Refused"
        PUBLISHED = "published", "Published"
        SUPERSEDED = "superseded", "Superseded"

    OPEN = (Status.DRAFT, Status.PROVING, Status.REFUSED)

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    model = models.JSONField()
    note = models.CharField(max_length=500, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    solver = models.BinaryField(null=True, blank=True)
    proof = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("product_id", "-number")
        constraints = (
            models.UniqueConstraint(name="one_revision_number", fields=("product", "number")),
            models.UniqueConstraint(
                name="one_open_revision",
                fields=("product",),
                condition=Q(status__in=["draft", "proving", "refused"]),
            ),
            models.UniqueConstraint(
                name="one_revision_in_force", fields=("product",), condition=Q(status="published")
            ),
        )

    def __str__(self) -> str:
        return f"{self.product.code} revision {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed."""
        return self.status in self.OPEN


class BomLine(models.Model):
    """A line of a revision's 150 % bill of materials: what, for which assembly, when and how much.

    The fields are those of `orders.engine.BomRow`; an empty assembly is the product itself.
    """

    revision = models.ForeignKey(ProductRevision, on_delete=models.CASCADE, related_name="bom_lines")
    find_number = models.PositiveIntegerField()
    assembly = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.PROTECT, related_name="assembly_lines"
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="where_used")
    condition = models.CharField(max_length=FORMULA, blank=True)
    quantity = models.CharField(max_length=FORMULA, default="1")
    operation = models.PositiveIntegerField(default=0)
    place = models.CharField(max_length=40, blank=True)
    scrap_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    phantom = models.BooleanField(default=False)
    alternates = models.JSONField(default=list, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    serial_from = models.PositiveIntegerField(null=True, blank=True)
    serial_to = models.PositiveIntegerField(null=True, blank=True)
    customer_supplied = models.BooleanField(default=False)

    class Meta:
        ordering = ("find_number",)
        constraints = (models.UniqueConstraint(name="one_find_number", fields=("revision", "find_number")),)

    def __str__(self) -> str:
        return f"{self.find_number} {self.item_id}"

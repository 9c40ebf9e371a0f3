"""What can be ordered: items, processes and configurable products with their rules and formulas."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from kernel.bases import Stamped, search_index

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
    """A configurable product; only a published one can be ordered."""

    class Status(models.TextChoices):
        """Where the product model stands."""

        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        OBSOLETE = "obsolete", "Obsolete"

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(max_length=2000, blank=True)
    revision = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    base_price = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    published_at = models.DateTimeField(null=True, blank=True)
    tax_category = models.CharField(max_length=10, choices=ProductTax.choices, default=ProductTax.STANDARD)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(name="base_price_not_negative", condition=Q(base_price__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class OptionGroup(models.Model):
    """One choice to make: exactly one of its options, or none where it is not required."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="groups")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    help = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    required = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(name="one_group_code", fields=("product", "code")),)

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Option(models.Model):
    """One possible choice, its price adder and the attributes formulas may read (`CPU.watt`)."""

    group = models.ForeignKey(OptionGroup, on_delete=models.CASCADE, related_name="options")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    position = models.PositiveIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    price_adder = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))
    price_percent = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0))
    attributes = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(name="one_option_code", fields=("group", "code")),
            models.UniqueConstraint(
                name="one_default_option", fields=("group",), condition=Q(is_default=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Parameter(models.Model):
    """A number, text or yes/no the customer gives; numbers have a unit, a range and a step."""

    class Kind(models.TextChoices):
        """What may be typed."""

        NUMBER = "number", "Number"
        TEXT = "text", "Text"
        FLAG = "flag", "Yes / no"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="parameters")
    code = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    help = models.CharField(max_length=200, blank=True)
    position = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NUMBER)
    unit = models.CharField(max_length=10, blank=True)
    minimum = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    maximum = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    step = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    pattern = models.CharField(max_length=100, blank=True)
    max_length = models.PositiveIntegerField(default=100)
    default = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(name="one_parameter_code", fields=("product", "code")),
            models.CheckConstraint(
                name="parameter_range_in_order",
                condition=Q(minimum__isnull=True) | Q(maximum__isnull=True) | Q(minimum__lte=F("maximum")),
            ),
            models.CheckConstraint(
                name="parameter_step_positive", condition=Q(step__isnull=True) | Q(step__gt=0)
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Rule(models.Model):
    """Where `when` holds, `then` must hold (requires) or must not (excludes); the user reads `reason`."""

    class Kind(models.TextChoices):
        """How the two expressions belong together."""

        REQUIRES = "requires", "Requires"
        EXCLUDES = "excludes", "Excludes"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.REQUIRES)
    when = models.CharField(max_length=FORMULA, blank=True, help_text="Empty: always.")
    then = models.CharField(max_length=FORMULA)
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.reason


class PriceRule(models.Model):
    """A price adder by formula, for example per piece of a counted option."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="price_rules")
    label = models.CharField(max_length=120)
    condition = models.CharField(max_length=FORMULA, blank=True)
    amount = models.CharField(max_length=FORMULA)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.label


class BomLine(models.Model):
    """An item this product may need: when, how much per unit of product, and at which operation."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="bom_lines")
    find_number = models.PositiveIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="where_used")
    condition = models.CharField(max_length=FORMULA, blank=True)
    quantity = models.CharField(max_length=FORMULA, default="1")
    operation_sequence = models.PositiveIntegerField()

    class Meta:
        ordering = ("find_number",)
        constraints = (models.UniqueConstraint(name="one_find_number", fields=("product", "find_number")),)

    def __str__(self) -> str:
        return f"{self.find_number} {self.item_id}"


class RoutingStep(models.Model):
    """An operation this product may need, in tens, with its time formulas in minutes."""

    class Per(models.TextChoices):
        """What the run time is per."""

        PIECE = "piece", "per piece"
        LOT = "lot", "per lot"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="routing_steps")
    sequence = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="routing_steps")
    condition = models.CharField(max_length=FORMULA, blank=True)
    setup_minutes = models.CharField(max_length=FORMULA, default="0")
    run_minutes = models.CharField(max_length=FORMULA)
    per = models.CharField(max_length=10, choices=Per.choices, default=Per.PIECE)
    setup_family = models.CharField(max_length=FORMULA, blank=True)
    unattended = models.BooleanField(default=False)
    instructions = models.TextField(max_length=4000, blank=True)

    class Meta:
        ordering = ("sequence",)
        constraints = (models.UniqueConstraint(name="one_routing_sequence", fields=("product", "sequence")),)

    def __str__(self) -> str:
        return f"Op {self.sequence} {self.name}"


class Characteristic(models.Model):
    """What final inspection checks: measured against limits, or an attribute that must be as expected."""

    class Kind(models.TextChoices):
        """How it is judged."""

        MEASURED = "measured", "Measured"
        ATTRIBUTE = "attribute", "Attribute"

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="characteristics")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=160)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ATTRIBUTE)
    condition = models.CharField(max_length=FORMULA, blank=True)
    nominal = models.CharField(max_length=FORMULA, blank=True)
    lower = models.CharField(max_length=FORMULA, blank=True)
    upper = models.CharField(max_length=FORMULA, blank=True)
    expected = models.CharField(max_length=FORMULA, blank=True)
    unit = models.CharField(max_length=10, blank=True)
    method = models.CharField(max_length=120, blank=True)
    key = models.BooleanField(default=False)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(name="one_characteristic_number", fields=("product", "number")),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

"""What prices and costs are made of: price lists, rates, taxes, limits and approvals, each with its days."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from kernel.money import UnknownCurrency, exponent
from orders.models.customers import PriceGroup, TaxCategory
from orders.models.orders import Order
from orders.models.people import Role
from orders.models.products import Process, Product, ProductTax

GROUP_OR_ALL = Coalesce("group", Value(0), output_field=models.BigIntegerField())
ZERO, HUNDRED = Decimal(0), Decimal(100)
IN_ORDER = Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from"))
DAYS = Func(
    F("valid_from"), F("valid_until"), Value("[]"), function="daterange", output_field=DateRangeField()
)


def known_currency(code: str) -> None:
    """A validator: the currency is in the ISO 4217 table."""
    try:
        exponent(code)
    except UnknownCurrency as error:
        raise ValidationError(str(error)) from error


def no_overlap(name: str, *same: Any) -> ExclusionConstraint:
    """No two rows that are the same in these columns may be valid on one day."""
    return ExclusionConstraint(
        name=name,
        expressions=[*((part, RangeOperators.EQUAL) for part in same), (DAYS, RangeOperators.OVERLAPS)],
        violation_error_message="Another row is valid on some of these days. End that one first.",
    )


def percent(text: str, **options: Any) -> models.DecimalField[Any, Any]:
    """A column from 0 to 100 percent."""
    bounds = [MinValueValidator(ZERO), MaxValueValidator(HUNDRED)]
    return models.DecimalField(text, max_digits=5, decimal_places=2, validators=bounds, **options)


def rate(text: str) -> models.DecimalField[Any, Any]:
    """A column of money per hour, in the shop's own currency."""
    return models.DecimalField(
        text, max_digits=12, decimal_places=4, default=ZERO, validators=[MinValueValidator(ZERO)]
    )


def within(name: str, *fields: str) -> list[models.CheckConstraint]:
    """These columns lie between 0 and 100."""
    return [
        models.CheckConstraint(
            name=f"{name}_{field}", condition=Q(**{f"{field}__gte": 0, f"{field}__lte": 100})
        )
        for field in fields
    ]


class DatedQuerySet(models.QuerySet[Any]):
    """Rows with a first and a last day."""

    def on(self, day: date) -> Self:
        """Those valid on the day."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)


class Dated(models.Model):
    """Valid from a day to a day, both included; without an end until another row follows."""

    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True


class PriceList(Dated):
    """Prices in one currency, for the customers of a price group, or for all."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    group = models.ForeignKey(
        PriceGroup,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="price_lists",
        help_text="Empty: for all customers.",
    )
    currency = models.CharField(max_length=3, default="EUR", validators=[known_currency])

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(name="price_list_days_in_order", condition=IN_ORDER),
            no_overlap("one_price_list_a_day", GROUP_OR_ALL, "currency"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ListPrice(models.Model):
    """What a price list says of one product; an empty base price keeps the product's own."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="prices")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="list_prices")
    base_price = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    discount_percent = percent("discount %", default=ZERO)

    class Meta:
        ordering = ("price_list", "product")
        constraints = (
            models.UniqueConstraint(name="one_price_a_list", fields=("price_list", "product")),
            models.CheckConstraint(name="list_price_not_negative", condition=Q(base_price__gte=0)),
            *within("list", "discount_percent"),
        )

    def __str__(self) -> str:
        return f"{self.price_list.code}: {self.product.code}"


class OptionPrice(models.Model):
    """What an option adds by this list, instead of the adder of the product model."""

    list_price = models.ForeignKey(ListPrice, on_delete=models.CASCADE, related_name="options")
    choice = models.CharField(max_length=40, help_text="Code of the choice, such as CPU.")
    option = models.CharField(
        max_length=40, blank=True, help_text="Code of the option, such as C32; none for a feature by itself."
    )
    adder = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        ordering = ("choice", "option")
        constraints = (
            models.UniqueConstraint(name="one_option_price", fields=("list_price", "choice", "option")),
        )

    def __str__(self) -> str:
        return f"{self.choice} = {self.option}"


class QuantityBreak(models.Model):
    """From this quantity on: another base price, or a percentage off."""

    list_price = models.ForeignKey(ListPrice, on_delete=models.CASCADE, related_name="breaks")
    from_quantity = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    base_price = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    discount_percent = percent("discount %", null=True, blank=True)

    class Meta:
        ordering = ("from_quantity",)
        constraints = (
            models.UniqueConstraint(name="one_quantity_break", fields=("list_price", "from_quantity")),
            models.CheckConstraint(name="break_from_one", condition=Q(from_quantity__gte=1)),
            models.CheckConstraint(
                name="break_is_price_or_percent",
                condition=Q(base_price__isnull=True, discount_percent__isnull=False)
                | Q(base_price__gte=0, base_price__isnull=False, discount_percent__isnull=True),
                violation_error_message="Give either a base price or a discount.",
            ),
            *within("break", "discount_percent"),
        )

    def __str__(self) -> str:
        return f"from {self.from_quantity}"


class CurrencyRate(models.Model):
    """One unit of the first currency is `rate` of the second, from a day until the next rate."""

    from_currency = models.CharField(max_length=3, validators=[known_currency])
    to_currency = models.CharField(max_length=3, validators=[known_currency])
    valid_from = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)

    class Meta:
        ordering = ("from_currency", "to_currency", "-valid_from")
        constraints = (
            models.UniqueConstraint(
                name="one_currency_rate_a_day", fields=("from_currency", "to_currency", "valid_from")
            ),
            models.CheckConstraint(name="currency_rate_positive", condition=Q(rate__gt=0)),
            models.CheckConstraint(
                name="currency_rate_between_two", condition=~Q(from_currency=F("to_currency"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.from_currency} to {self.to_currency} from {self.valid_from}"


class TaxRule(Dated):
    """The tax for a country, a kind of customer and a kind of product; empty stands for any."""

    country = models.CharField(max_length=2, blank=True)
    customer_category = models.CharField(max_length=10, choices=TaxCategory.choices, blank=True)
    product_category = models.CharField(max_length=10, choices=ProductTax.choices, blank=True)
    percent = percent("tax %")
    wording = models.CharField(
        max_length=200, help_text="As it stands on documents: “VAT 19 %”, “Reverse charge”."
    )

    class Meta:
        ordering = ("country", "customer_category", "product_category", "-valid_from")
        constraints = (
            models.CheckConstraint(name="tax_rule_days_in_order", condition=IN_ORDER),
            *within("tax", "percent"),
            no_overlap("one_tax_rule_a_day", "country", "customer_category", "product_category"),
        )

    def __str__(self) -> str:
        return f"{self.country or 'any country'}: {self.wording}"


class CostRate(Dated):
    """What an hour of a process costs, in the shop's own currency."""

    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="cost_rates")
    setup_per_hour = rate("set-up per hour")
    machine_per_hour = rate("machine per hour")
    labour_per_hour = rate("labour per hour")
    overhead_percent = models.DecimalField(
        "overhead %", max_digits=6, decimal_places=2, default=ZERO, validators=[MinValueValidator(ZERO)]
    )

    class Meta:
        ordering = ("process", "-valid_from")
        constraints = (
            models.CheckConstraint(name="cost_rate_days_in_order", condition=IN_ORDER),
            models.CheckConstraint(
                name="cost_rate_not_negative",
                condition=Q(
                    setup_per_hour__gte=0,
                    machine_per_hour__gte=0,
                    labour_per_hour__gte=0,
                    overhead_percent__gte=0,
                ),
            ),
            no_overlap("one_cost_rate_a_day", "process"),
        )

    def __str__(self) -> str:
        return f"{self.process.code} from {self.valid_from}"


class OverheadRate(Dated):
    """What is added to material, and to all of a job's cost."""

    material_percent = models.DecimalField(
        "material overhead %", max_digits=6, decimal_places=2, default=ZERO
    )
    admin_percent = models.DecimalField(
        "administration and sales %", max_digits=6, decimal_places=2, default=ZERO
    )

    class Meta:
        ordering = ("-valid_from",)
        constraints = (
            models.CheckConstraint(name="overhead_days_in_order", condition=IN_ORDER),
            models.CheckConstraint(
                name="overhead_not_negative", condition=Q(material_percent__gte=0, admin_percent__gte=0)
            ),
            no_overlap("one_overhead_a_day"),
        )

    def __str__(self) -> str:
        return f"from {self.valid_from}"


class PricingPolicy(models.Model):
    """How far somebody with a role may go alone; beyond it a second person approves."""

    role = models.CharField(max_length=20, choices=Role.choices, unique=True)
    most_discount_percent = percent("discount up to %", default=ZERO)
    least_margin_percent = models.DecimalField(
        "margin of at least %", max_digits=6, decimal_places=2, null=True, blank=True
    )

    class Meta:
        ordering = ("role",)
        verbose_name_plural = "pricing policies"
        constraints = tuple(within("policy", "most_discount_percent"))

    def __str__(self) -> str:
        return self.get_role_display()


class PriceApproval(models.Model):
    """A second person agreed to a price beyond the limits of the first, or turned it down. Append-only."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="price_approvals")
    position = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    unit_price = models.DecimalField(max_digits=14, decimal_places=2)
    discount_percent = percent("discount %")
    reason = models.CharField(max_length=200)
    note = models.CharField(max_length=200, blank=True)
    agreed = models.BooleanField(default=True)
    priced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="approval_by_somebody_else", condition=~Q(approved_by=F("priced_by"))
            ),
        )

    def __str__(self) -> str:
        return f"line {self.position}: {self.reason}"

"""Our own company, customers, their people and their addresses."""

from django.db import models

from kernel.bases import Stamped, search_index


class Company(models.Model):
    """The shop itself, as it stands on documents; one row."""

    name = models.CharField(max_length=120)
    address = models.TextField(max_length=400)
    currency = models.CharField(max_length=3, default="EUR")
    email = models.EmailField(blank=True)

    class Meta:
        verbose_name_plural = "company"

    def __str__(self) -> str:
        return self.name


class TaxCategory(models.TextChoices):
    """What a customer is to the tax office."""

    BUSINESS = "business", "Business"
    CONSUMER = "consumer", "Consumer"
    EXEMPT = "exempt", "Exempt"


class PriceGroup(models.Model):
    """Customers who share price lists; a group of one has prices of its own."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Customer(Stamped):
    """A customer: whom we quote, deliver and invoice."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=5, default="en")
    active = models.BooleanField(default=True)
    price_group = models.ForeignKey(
        PriceGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="customers"
    )
    tax_category = models.CharField(max_length=10, choices=TaxCategory.choices, default=TaxCategory.BUSINESS)
    po_required = models.BooleanField(
        "purchase order number required", default=False, help_text="No order is confirmed without one."
    )

    class Meta:
        ordering = ("name",)
        indexes = (search_index("customer_by_name_part", "name"),)

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person at the customer."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """Where a customer receives goods or invoices."""

    class Kind(models.TextChoices):
        """What the address is for."""

        DELIVERY = "delivery", "Delivery"
        BILLING = "billing", "Billing"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.DELIVERY)
    name = models.CharField(max_length=120)
    street = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=20)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2, default="DE")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{self.name}, {self.street}, {self.postal_code} {self.city}, {self.country}"

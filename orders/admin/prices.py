"""Price lists, exchange, tax, cost and overhead rates, and how far each role may go alone."""

from django.contrib import admin

from orders.admin.readonly import ReadOnlyAdmin
from orders.models import (
    CostRate,
    CurrencyRate,
    ListPrice,
    OptionPrice,
    OverheadRate,
    PriceApproval,
    PriceGroup,
    PriceList,
    PricingPolicy,
    QuantityBreak,
    TaxRule,
)


class ListPriceInline(admin.TabularInline[ListPrice, PriceList]):
    """The products of a list; options and quantity breaks stand on a page of their own."""

    model = ListPrice
    extra = 0
    show_change_link = True
    autocomplete_fields = ("product",)


class OptionPriceInline(admin.TabularInline[OptionPrice, ListPrice]):
    """What options add by this list."""

    model = OptionPrice
    extra = 0


class QuantityBreakInline(admin.TabularInline[QuantityBreak, ListPrice]):
    """Prices from a quantity on."""

    model = QuantityBreak
    extra = 0


@admin.register(PriceGroup)
class PriceGroupAdmin(admin.ModelAdmin[PriceGroup]):
    """Customers who share prices."""

    list_display = ("code", "name")
    search_fields = ("code", "name")


@admin.register(PriceList)
class PriceListAdmin(admin.ModelAdmin[PriceList]):
    """Price lists with their products."""

    list_display = ("code", "name", "group", "currency", "valid_from", "valid_until")
    list_filter = ("currency", "group")
    list_select_related = ("group",)
    search_fields = ("code", "name")
    inlines = (ListPriceInline,)


@admin.register(ListPrice)
class ListPriceAdmin(admin.ModelAdmin[ListPrice]):
    """One product on one list."""

    list_display = ("price_list", "product", "base_price", "discount_percent")
    list_filter = ("price_list",)
    list_select_related = ("price_list", "product")
    search_fields = ("product__code", "price_list__code")
    autocomplete_fields = ("product", "price_list")
    inlines = (OptionPriceInline, QuantityBreakInline)


@admin.register(CurrencyRate)
class CurrencyRateAdmin(admin.ModelAdmin[CurrencyRate]):
    """Exchange rates by day."""

    list_display = ("from_currency", "to_currency", "valid_from", "rate")
    list_filter = ("from_currency", "to_currency")


@admin.register(TaxRule)
class TaxRuleAdmin(admin.ModelAdmin[TaxRule]):
    """Taxes by country, customer and product."""

    list_display = (
        "country",
        "customer_category",
        "product_category",
        "percent",
        "wording",
        "valid_from",
        "valid_until",
    )
    list_filter = ("country",)


@admin.register(CostRate)
class CostRateAdmin(admin.ModelAdmin[CostRate]):
    """Hourly rates of processes."""

    list_display = (
        "process",
        "setup_per_hour",
        "machine_per_hour",
        "labour_per_hour",
        "overhead_percent",
        "valid_from",
        "valid_until",
    )
    list_filter = ("process",)
    list_select_related = ("process",)


@admin.register(OverheadRate)
class OverheadRateAdmin(admin.ModelAdmin[OverheadRate]):
    """Overheads by day."""

    list_display = ("valid_from", "valid_until", "material_percent", "admin_percent")


@admin.register(PricingPolicy)
class PricingPolicyAdmin(admin.ModelAdmin[PricingPolicy]):
    """How far a role may go alone."""

    list_display = ("role", "most_discount_percent", "least_margin_percent")


@admin.register(PriceApproval)
class PriceApprovalAdmin(ReadOnlyAdmin):
    """Who agreed to which price; PostgreSQL refuses to change it."""

    list_display = ("at", "order", "position", "unit_price", "discount_percent", "reason", "approved_by")
    list_select_related = ("order", "approved_by")
    search_fields = ("order__quotation_number", "order__number")

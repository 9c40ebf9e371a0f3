"""Items, processes and products."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from kernel.errors import Refused
from orders import services
from orders.engine import ModelRefused
from orders.models import Item, Process, Product


@admin.register(Item)
class ItemAdmin(admin.ModelAdmin[Item]):
    """Parts and materials."""

    list_display = ("number", "description", "unit", "revision", "standard_cost")
    search_fields = ("number", "description")


@admin.register(Process)
class ProcessAdmin(admin.ModelAdmin[Process]):
    """Ways of working."""

    list_display = ("code", "name")
    search_fields = ("code", "name")


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin[Product]):
    """Products; their models are changed and published on the product's own page."""

    list_display = ("code", "name", "revision", "status", "base_price", "currency", "published_at")
    list_filter = ("status",)
    search_fields = ("code", "name")
    readonly_fields = ("revision", "status", "base_price", "currency", "published_at", "in_force")
    actions = ("try_out", "retire")

    @admin.action(description="Check selected products")
    def try_out(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """List what is wrong, and change nothing."""
        for product in queryset:
            try:
                services.check_product(product)
            except Refused as error:
                self._tell(request, product, error)
            else:
                messages.success(request, f"{product.code} has no problems.")

    @admin.action(description="Retire selected products")
    def retire(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        """Retired products cannot be ordered any more."""
        for product in queryset:
            services.retire_product(product=product)

    def _tell(self, request: HttpRequest, product: Product, error: Refused) -> None:
        faults = error.faults if isinstance(error, ModelRefused) else [error]
        for fault in faults:
            messages.error(request, f"{product.code}: {fault}")

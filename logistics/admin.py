"""Master data of logistics; shipments are history and cannot be edited."""

from django.contrib import admin
from django.http import HttpRequest

from logistics.models import Carrier, Shipment


@admin.register(Carrier)
class CarrierAdmin(admin.ModelAdmin[Carrier]):
    """Whom we hand goods to."""

    list_display = ("code", "name")
    search_fields = ("code", "name")


@admin.register(Shipment)
class ShipmentAdmin(admin.ModelAdmin[Shipment]):
    """To look at only."""

    list_display = ("number", "order", "status", "carrier", "shipped_at", "delivered_at")
    list_filter = ("status",)
    search_fields = ("number", "tracking_number")
    list_select_related = ("order", "carrier")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Shipments come from packing."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Shipment | None = None) -> bool:
        """History is not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Shipment | None = None) -> bool:
        """History is not deleted."""
        return False

"""Master data of procurement, and stock to look at."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from procurement.models import Lot, PurchaseOrder, StockMove, Supplier, SupplierItem


class ReadOnly(admin.ModelAdmin[Any]):
    """Rows that only the services write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds them here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody changes them here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody deletes them here."""
        return False


class SupplierItemInline(admin.TabularInline[SupplierItem, Supplier]):
    """What a supplier offers."""

    model = SupplierItem
    extra = 0
    raw_id_fields = ("item",)


@admin.register(Supplier)
class SupplierAdmin(admin.ModelAdmin[Supplier]):
    """Suppliers with their items."""

    list_display = ("code", "name", "currency", "active")
    search_fields = ("code", "name")
    inlines = (SupplierItemInline,)


@admin.register(SupplierItem)
class SupplierItemAdmin(admin.ModelAdmin[SupplierItem]):
    """Prices, lead times and pack sizes."""

    list_display = ("item", "supplier", "price", "currency", "lead_time_days", "pack_size", "preferred")
    list_select_related = ("item", "supplier")
    list_filter = ("preferred",)
    search_fields = ("item__number", "supplier__name", "supplier_number")
    raw_id_fields = ("item",)


@admin.register(PurchaseOrder)
class PurchaseOrderAdmin(ReadOnly):
    """Purchase orders."""

    list_display = ("number", "supplier", "status", "currency", "sent_at")
    list_select_related = ("supplier",)
    search_fields = ("number", "supplier__name")


@admin.register(Lot)
class LotAdmin(ReadOnly):
    """Lots and what is on hand."""

    list_display = ("number", "item", "on_hand", "reserved", "received_at", "supplier")
    list_select_related = ("item", "supplier")
    search_fields = ("number", "item__number")


@admin.register(StockMove)
class StockMoveAdmin(ReadOnly):
    """The ledger."""

    list_display = ("at", "kind", "lot", "quantity", "reason", "by")
    list_select_related = ("lot", "by")
    list_filter = ("kind",)
    search_fields = ("lot__number", "lot__item__number", "reason")

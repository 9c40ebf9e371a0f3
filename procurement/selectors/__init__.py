"""Reads of the procurement stage."""

from procurement.selectors.buying import drafts_to_send, late_lines, without_supplier
from procurement.selectors.materials import operation_materials, order_materials
from procurement.selectors.outlook import supply_outlook
from procurement.selectors.purchasing import (
    awaited_from,
    bought,
    pegs,
    purchase_order,
    purchase_orders,
    receipts_so_far,
    search_purchase_orders,
    supplier_by_code,
)
from procurement.selectors.stock import item_stock, ledger, lot, stock
from procurement.selectors.supply import needs, supply

__all__ = [
    "awaited_from",
    "bought",
    "drafts_to_send",
    "item_stock",
    "late_lines",
    "ledger",
    "lot",
    "needs",
    "operation_materials",
    "order_materials",
    "pegs",
    "purchase_order",
    "purchase_orders",
    "receipts_so_far",
    "search_purchase_orders",
    "stock",
    "supplier_by_code",
    "supply",
    "supply_outlook",
    "without_supplier",
]

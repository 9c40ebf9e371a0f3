"""Reads of the procurement stage."""

from procurement.selectors.buying import drafts_to_send, late_lines, without_supplier
from procurement.selectors.materials import operation_materials, order_materials
from procurement.selectors.outlook import supply_outlook
from procurement.selectors.purchasing import (
    bought,
    pegs,
    purchase_order,
    purchase_orders,
    receipts_so_far,
    search_purchase_orders,
)
from procurement.selectors.stock import item_stock, ledger, lot, stock
from procurement.selectors.supply import needs, supply

__all__ = [
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
    "supply",
    "supply_outlook",
    "without_supplier",
]

"""Pages of procurement."""

from procurement.views.buying import (
    accept_surplus,
    confirm_dates,
    home,
    purchase_order,
    purchase_orders,
    receive,
    send,
)
from procurement.views.failing import what_if
from procurement.views.materials import issue, operation_materials, order_panel
from procurement.views.stock import add_lot, adjust_lot, item, stock

__all__ = [
    "accept_surplus",
    "add_lot",
    "adjust_lot",
    "confirm_dates",
    "home",
    "issue",
    "item",
    "operation_materials",
    "order_panel",
    "purchase_order",
    "purchase_orders",
    "receive",
    "send",
    "stock",
    "what_if",
]

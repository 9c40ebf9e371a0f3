"""Writes of the procurement stage: keyword-only verbs, each one transaction."""

from procurement.services.failing import try_without
from procurement.services.issuing import issue_material, issue_materials
from procurement.services.purchasing import confirm_dates, confirm_order_dates, send_purchase_order
from procurement.services.receiving import Receipt, receive
from procurement.services.sourcing import cover_jobs, source_jobs
from procurement.services.stock import Opening, adjust_stock, open_stock
from procurement.services.sweeping import sweep_materials
from procurement.services.withdrawal import accept_surplus, withdraw_jobs

__all__ = [
    "Opening",
    "Receipt",
    "accept_surplus",
    "adjust_stock",
    "confirm_dates",
    "confirm_order_dates",
    "cover_jobs",
    "issue_material",
    "issue_materials",
    "open_stock",
    "receive",
    "send_purchase_order",
    "source_jobs",
    "sweep_materials",
    "try_without",
    "withdraw_jobs",
]

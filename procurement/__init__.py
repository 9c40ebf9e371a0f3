"""Suppliers, purchase orders, receipts, the stock ledger."""

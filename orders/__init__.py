"""Customers, product models, quotations, orders and their lifecycle."""

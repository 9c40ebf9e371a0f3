"""Master data, and the history to look at: it cannot be edited."""

from orders.admin import history, parties, prices, products, terms

__all__ = ["history", "parties", "prices", "products", "terms"]

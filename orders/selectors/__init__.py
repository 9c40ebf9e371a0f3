"""Reads of the orders stage."""

from orders.selectors.products import (
    compiled_product,
    product_by_code,
    product_list,
    product_model,
    products_by_code,
)

__all__ = [
    "compiled_product",
    "product_by_code",
    "product_list",
    "product_model",
    "products_by_code",
]

"""Reads of the orders stage."""

from orders.selectors.configuring import LinePreview, preview_line
from orders.selectors.deciders import decider, decider_by_id
from orders.selectors.desk import needs_attention, roles_of, work_counts, work_list
from orders.selectors.detail import (
    OrderPage,
    StageWork,
    TimelineEntry,
    order_for_act,
    order_page,
    possible_actions,
    timeline,
)
from orders.selectors.exporting import exported
from orders.selectors.health import sweeper_health
from orders.selectors.listing import OrderFilter, OrderRow, list_orders, order_rows, state_counts
from orders.selectors.migration import LineMigration, migration_report
from orders.selectors.paging import CappedPaginator, any_of, page_of
from orders.selectors.products import (
    compiled_by_id,
    compiled_by_ids,
    compiled_line,
    compiled_product,
    latest_revision,
    open_revision,
    product_by_code,
    product_list,
    product_model,
    product_models,
    products_by_code,
    with_master_data,
)
from orders.selectors.search import Hit, search, search_customers, search_items, search_orders
from orders.selectors.usage import Use, code_uses, item_uses, process_uses

__all__ = [
    "CappedPaginator",
    "Hit",
    "LineMigration",
    "LinePreview",
    "OrderFilter",
    "OrderPage",
    "OrderRow",
    "StageWork",
    "TimelineEntry",
    "Use",
    "any_of",
    "code_uses",
    "compiled_by_id",
    "compiled_by_ids",
    "compiled_line",
    "compiled_product",
    "decider",
    "decider_by_id",
    "exported",
    "item_uses",
    "latest_revision",
    "list_orders",
    "migration_report",
    "needs_attention",
    "open_revision",
    "order_for_act",
    "order_page",
    "order_rows",
    "page_of",
    "possible_actions",
    "preview_line",
    "process_uses",
    "product_by_code",
    "product_list",
    "product_model",
    "product_models",
    "products_by_code",
    "roles_of",
    "search",
    "search_customers",
    "search_items",
    "search_orders",
    "state_counts",
    "sweeper_health",
    "timeline",
    "with_master_data",
    "work_counts",
    "work_list",
]

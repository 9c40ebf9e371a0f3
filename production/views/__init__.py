"""Pages of the production stage."""

from production.views.acts import finish, pause, start
from production.views.terminal import choose, operation, terminal
from production.views.work_orders import (
    order_panel,
    settle_scrap,
    traveller,
    work_order,
    work_order_list,
)

__all__ = [
    "choose",
    "finish",
    "operation",
    "order_panel",
    "pause",
    "settle_scrap",
    "start",
    "terminal",
    "traveller",
    "work_order",
    "work_order_list",
]

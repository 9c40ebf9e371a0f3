"""Django's entry for the app."""

from django.apps import AppConfig
from django.core.checks import register

from orders.checks import CHECKS


class OrdersConfig(AppConfig):
    """Customers, product models, quotations, orders and their lifecycle."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "orders"


for _check in CHECKS:
    register(_check)

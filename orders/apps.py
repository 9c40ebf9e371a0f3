"""Django's entry for the app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Customers, product models, quotations, orders and their lifecycle."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "orders"

"""Django's entry for the app."""

from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    """Suppliers, purchase orders, receipts, the stock ledger."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "procurement"

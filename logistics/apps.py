"""Django's entry for the app."""

from django.apps import AppConfig


class LogisticsConfig(AppConfig):
    """Packing, shipments, delivery."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "logistics"

"""Django's entry for the app."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Mechanisms without a business word: state machine, money, quantities, expressions."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "kernel"

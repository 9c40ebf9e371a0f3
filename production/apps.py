"""Django's entry for the app."""

from django.apps import AppConfig


class ProductionConfig(AppConfig):
    """Work orders on the floor, time, material issue."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "production"

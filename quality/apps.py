"""Django's entry for the app."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Inspections, recorded values, nonconformances."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "quality"

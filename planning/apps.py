"""Django's entry for the app."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    """Work centres, calendars, the finite-capacity schedule, requirements."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "planning"

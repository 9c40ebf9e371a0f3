"""Django's entry for the app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo shop and the people who play it: above every stage."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "demo"

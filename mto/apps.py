"""Django's entry for the app."""

from django.apps import AppConfig


class MtoConfig(AppConfig):
    """The root: settings, urls, celery app, services and commands. It names the apps only as strings."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "mto"

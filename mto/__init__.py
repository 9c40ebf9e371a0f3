"""The root: settings, urls, celery app, services and commands. It names the apps only as strings."""

from mto.celery import app as celery_app

__all__ = ["celery_app"]

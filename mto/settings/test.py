"""Tests: on the services that tests/conftest.py starts and names in the environment."""

from mto.settings.base import *  # noqa: F403
from mto.settings.base import POSTGRES, STORAGES, postgres
from mto.settings.env import NOWHERE, env_str, env_url

SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": postgres(env_url("DATABASE_URL", POSTGRES, NOWHERE["DATABASE_URL"]))}
CELERY_BROKER_URL = env_str("REDIS_URL", NOWHERE["REDIS_URL"])
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_RATE_LIMITS = False
MTO_PLANNING_SECONDS = 0.05

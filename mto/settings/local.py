"""One machine: what `manage.py up` runs with, on its own services or the ones the environment names."""

import hashlib

from mto.settings.base import *  # noqa: F403
from mto.settings.base import DATA_DIR, POSTGRES, postgres
from mto.settings.env import env_bool, env_list, env_secret, env_url, kept_secret, service_address

DEBUG = env_bool("MTO_DEBUG", False)
SECRET_KEY = env_secret("MTO_SECRET_KEY", kept_secret(DATA_DIR / "secret-key"))
ALLOWED_HOSTS = env_list("MTO_HOSTS", "localhost,127.0.0.1,[::1]")
DATABASES = {"default": postgres(env_url("DATABASE_URL", POSTGRES, service_address("DATABASE_URL")))}
CELERY_BROKER_URL = service_address("REDIS_URL")
# Cookies know no ports: two installations side by side on one machine must not sign each other out.
_MARK = hashlib.sha256(str(DATA_DIR).encode()).hexdigest()[:8]
SESSION_COOKIE_NAME = f"session-{_MARK}"
CSRF_COOKIE_NAME = f"csrf-{_MARK}"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"

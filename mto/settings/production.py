"""A real installation: everything by environment, and no start with a default secret or password."""

from mto.settings.base import *  # noqa: F403
from mto.settings.base import POSTGRES, postgres
from mto.settings.env import env_bool, env_int, env_list, env_secret, env_str, env_url

SECRET_KEY = env_secret("MTO_SECRET_KEY")
SECRET_KEY_FALLBACKS = env_list("MTO_SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env_list(
    "MTO_HOSTS", remedy="Set MTO_HOSTS to the host names the site answers to, comma separated."
)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"]
DATABASES = {"default": postgres(env_url("DATABASE_URL", POSTGRES))}
CELERY_BROKER_URL = env_secret("REDIS_URL")
SECURE_SSL_REDIRECT = env_bool("MTO_HTTPS", True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
SECURE_HSTS_SECONDS = env_int("MTO_HSTS_SECONDS", 31_536_000, least=0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
EMAIL_HOST = env_str("MTO_SMTP_HOST", "localhost")

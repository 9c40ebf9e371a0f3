"""A real installation: everything by environment, and no start with a default secret or password."""

from mto.settings.base import *  # noqa: F403
from mto.settings.base import POSTGRES, postgres
from mto.settings.env import env_bool, env_int, env_list, env_secret, env_str, env_url, parse_url, refuse_weak

SECRET_KEY = refuse_weak("MTO_SECRET_KEY", env_secret("MTO_SECRET_KEY"), least=50)
SECRET_KEY_FALLBACKS = env_list("MTO_SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = env_list(
    "MTO_HOSTS", remedy="Set MTO_HOSTS to the host names the site answers to, comma separated."
)

_DATABASE = env_url("DATABASE_URL", POSTGRES)
refuse_weak("DATABASE_URL", _DATABASE.password, least=12)
DATABASES = {"default": postgres(_DATABASE)}
CELERY_BROKER_URL = env_secret("REDIS_URL")
refuse_weak("REDIS_URL", parse_url(CELERY_BROKER_URL).password, least=12)

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env_bool("MTO_HTTPS", True)
SECURE_HSTS_SECONDS = env_int("MTO_HSTS_SECONDS", 31_536_000 if SECURE_SSL_REDIRECT else 0, least=0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS if host != "*"]
SESSION_COOKIE_NAME = "__Host-session" if SECURE_SSL_REDIRECT else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_SSL_REDIRECT else "csrftoken"

EMAIL_HOST = env_str("MTO_SMTP_HOST", "localhost")
EMAIL_PORT = env_int("MTO_SMTP_PORT", 25)
EMAIL_HOST_USER = env_str("MTO_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env_secret("MTO_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env_bool("MTO_SMTP_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_str("MTO_MAIL_FROM", f"orders@{ALLOWED_HOSTS[0].lstrip('.*')}")
MTO_DEMO_ALLOWED = False

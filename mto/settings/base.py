"""What every installation shares; the flavours beside it differ only where they must."""

from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF

from mto.settings.api import REST_FRAMEWORK as REST_FRAMEWORK
from mto.settings.api import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from mto.settings.env import (
    REPOSITORY,
    ServiceUrl,
    data_dir,
    env_str,
    keep_compiled_kernels,
    limit_native_threads,
)

limit_native_threads()
keep_compiled_kernels()
# Lets annotations such as ModelAdmin[Carrier] stand at run time.
django_stubs_ext.monkeypatch()

BASE_DIR = REPOSITORY
DATA_DIR = data_dir()
DEBUG = False

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "mto",
    "kernel",
    "orders",
    "planning",
    "procurement",
    "production",
    "quality",
    "logistics",
    "demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kernel.access.PolicyMiddleware",
]
ROOT_URLCONF = "mto.urls"
WSGI_APPLICATION = "mto.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_LOADERS = [
    (
        "template_partials.loader.Loader",
        [
            (
                "django.template.loaders.cached.Loader",
                [
                    "django.template.loaders.filesystem.Loader",
                    "django.template.loaders.app_directories.Loader",
                ],
            )
        ],
    )
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": _LOADERS,
            "builtins": ["template_partials.templatetags.partials", "kernel.templatetags.speech"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "orders.selectors.frame.frame",
            ],
        },
    }
]

# People
AUTH_USER_MODEL = "orders.User"
AUTHENTICATION_BACKENDS = [
    "mto.accounts.People",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "mto.accounts.ClosedSignup"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False

# Routes of packages that cannot declare a policy themselves
ACCESS_THIRD_PARTY: dict[str, str | list[str]] = {
    "allauth": "public",
    "django.contrib.admin": ["administrator"],
    "django.contrib.auth.admin": ["administrator"],
    "django.contrib.staticfiles": "public",
    "django.views.static": "public",
}

# Words, numbers, time
LANGUAGE_CODE = "en-gb"
# One language: looking for another one in every address and figure would cost a third of a list page.
USE_I18N = False
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

# Files of the page
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "mto.static.Storage"},
}
MEDIA_ROOT = DATA_DIR / "media"

# What a browser may do with our pages
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_ENGINE = "mto.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# Wake-ups: losing every one of them may change latency only
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "health_check_interval": 25,
    # One try to connect: a request waits a second for a broker that is away, the sweeper does the rest.
    "max_retries": 0,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
# Tasks keep the connection as requests do: CONN_MAX_AGE and the health check decide, not the task's end.
CELERY_DB_REUSE_MAX = 1_000_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "mto"

# The demo's passwords are known to everybody
MTO_DEMO_ALLOWED = True

# What belongs to the apps and is named here only as a string
MTO_SWEEPS = [
    "orders.services.sweep_handovers",
    "orders.services.expire_quotations",
    "orders.services.sweep_proofs",
    "planning.services.sweep_plan",
    "planning.services.sweep_decisions",
    "planning.services.measure_remedies",
    "planning.services.sweep_holds",
    "planning.services.purge_versions",
    "planning.services.sweep_branches",
    "procurement.services.sweep_materials",
]
MTO_HEARTBEAT = "orders.services.beat"
MTO_SEARCH = [
    "orders.selectors.search_orders",
    "orders.selectors.search_customers",
    "orders.selectors.search_items",
    "procurement.selectors.search_purchase_orders",
    "production.selectors.search.search_work_orders",
]
# Each answers parts by name, every part a dict with `ok`.
MTO_HEALTH = ["orders.selectors.health.sweeper_health"]

# How a database may be addressed
POSTGRES = ("postgresql", "postgres")

# Planning: working days of the default calendar (its code; the first calendar where there is none)
MTO_DEFAULT_CALENDAR = "DAY"
MTO_DELIVERY_DAYS = 1
MTO_SAFETY_DAYS = 1
# The replan: CPU seconds for a round of improvement, the exact solver for small shops, working days in which
# work is drawn forward to idle machines
MTO_PLANNING_SECONDS = 2.0
# And that many the improvement of a what-if.
MTO_BRANCH_SECONDS = 1.0
MTO_PROVER = "planning.engine.exact.prove"
MTO_NEAR_DAYS = 2
# What begins within so many hours no improvement moves; the frozen zone is the planner's, see Dispatching
MTO_SLUSHY_HOURS = 4
# Decisions: a job with less working time than that between forecast and promise is at risk; what a day of
# lateness is reckoned with beside the cost of a remedy, in the company's currency; CPU seconds for a look
MTO_RISK_MINUTES = 240
MTO_LATE_DAY_COST = 200
MTO_DECIDING_SECONDS = 5.0
# Ways to get material, asked upward by planning; what a confirmation keeps of the dates that are held
MTO_SUPPLY = "procurement.selectors.supply_outlook"
MTO_CONFIRMING = ["planning.services.keep_promises"]
# Who must know at once that jobs were put on hold or resumed
MTO_HOLDING = ["planning.services.replan_held"]
# A promise may rest on a book of orders that is so many seconds old; a hold is always checked anew
MTO_PROMISE_SECONDS = 20


def postgres(url: ServiceUrl) -> dict[str, Any]:
    """Django's settings for the database at `url`: connections are kept, no statement waits for ever."""
    limits = "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.name,
        "USER": url.user,
        "PASSWORD": url.password,
        "HOST": url.options.get("host", url.host),
        "PORT": str(url.port or 5432),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "options": env_str("MTO_DATABASE_LIMITS", limits),
            "connect_timeout": 5,
            "keepalives": 1,
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 60_000,
            **{key: value for key, value in url.options.items() if key.startswith("ssl")},
        },
    }


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "mto.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}

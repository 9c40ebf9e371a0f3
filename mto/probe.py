"""`python -m mto.probe [sweeper]`: a container's health check; exit code 0 is healthy."""

import sys
import urllib.request

import django
from django.conf import settings
from django.utils.module_loading import import_string

from mto.settings.env import choose_settings


def web_is_healthy(port: int = 8000) -> bool:
    """Ask the health page of this container under a host name the site answers to."""
    host = next((name for name in settings.ALLOWED_HOSTS if name != "*"), "localhost")
    request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": host.lstrip(".")})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def sweeper_is_healthy() -> bool:
    """Read the heartbeat: it belongs to whichever sweeper is active."""
    return all(import_string(name)()["sweeper"]["ok"] for name in settings.MTO_HEALTH)


if __name__ == "__main__":
    choose_settings("mto.settings.local")
    django.setup()
    sys.exit(0 if (sweeper_is_healthy() if "sweeper" in sys.argv else web_is_healthy()) else 1)

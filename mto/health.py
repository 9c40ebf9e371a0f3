"""`/healthz`: whether the installation makes progress, for people, probes and load balancers."""

import time
from typing import Any

import redis
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kernel.access import public


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while orders move on; 503 without database or sweeper, or when a handover waits too long."""
    report: dict[str, Any] = {"broker": _broker()}
    try:
        report["database"] = _database()
        for name in settings.MTO_HEALTH:
            report |= import_string(name)()
    except Error:
        report["database"] = {"ok": False}
    parts = {name: part["ok"] for name, part in report.items()}
    healthy = all(ok for name, ok in parts.items() if name != "broker")
    # Without the broker the sweeper carries the work: slower, not stopped.
    status = "down" if not healthy else "ok" if parts["broker"] else "degraded"
    return JsonResponse({"status": status, **report}, status=200 if healthy else 503)


def _database() -> dict[str, Any]:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ok": True, "ms": round(1000 * (time.perf_counter() - began), 1)}


def _broker() -> dict[str, Any]:
    began = time.perf_counter()
    client = redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=1, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        return {"ok": False}
    finally:
        client.close()
    return {"ok": True, "ms": round(1000 * (time.perf_counter() - began), 1)}

"""What a visitor gets when a view fails: a lost database is an answer (503, try again), not a fault."""

import sys
from typing import Final

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

RETRY_SECONDS: Final = "10"


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler for every exception nobody caught; the exception is still the current one."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if away else 500
    if away:
        connection.close()
    if request.path.startswith("/api/"):
        title = "The database is away for a moment." if away else "Something went wrong on our side."
        problem = {"type": "about:blank", "title": title, "status": status}
        answer: HttpResponse = JsonResponse(problem, status=status, content_type="application/problem+json")
    else:
        answer = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if away:
        answer["Retry-After"] = RETRY_SECONDS
    return answer

"""How often a key may call, and how the answers say it."""

from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from kernel.counting import counter
from orders.models import ApiKey

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Usage:
    """One caller's place in the window at hand: calls allowed, calls made, seconds until it starts anew."""

    kind: str
    limit: int
    window: int
    calls: int
    resets_in: int

    @property
    def allowed(self) -> bool:
        """Whether this call was still within the limit."""
        return self.calls <= self.limit

    @property
    def headers(self) -> dict[str, str]:
        """As the RateLimit fields of HTTP say it."""
        left = max(0, self.limit - self.calls)
        return {
            "RateLimit-Policy": f'"{self.kind}";q={self.limit};w={self.window}',
            "RateLimit": f'"{self.kind}";r={left};t={self.resets_in}',
        }


def rate_of(kind: str) -> tuple[int, int]:
    """Calls and seconds from a setting such as `600/min`."""
    calls, _, period = str(api_settings.DEFAULT_THROTTLE_RATES[kind]).partition("/")
    return int(calls), SECONDS[period[0]]


class KeyThrottle(BaseThrottle):
    """Reads and writes of one key, each with its own limit; leaves the usage on the view."""

    usage: Usage | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the call; False where it is one too many."""
        if not isinstance(request.auth, ApiKey):
            return True
        kind = "write" if str(request.method) in view.writes else "read"
        limit, window = rate_of(kind)
        calls, resets_in = counter.count(f"{request.auth.pk}:{kind}", window)
        self.usage = view.usage = Usage(kind, limit, window, calls, resets_in)
        return self.usage.allowed

    def wait(self) -> float | None:
        """Seconds until the next window."""
        return float(self.usage.resets_in) if self.usage else None

"""How often somebody calls: counted atomically on the broker's server, in the process while it is away."""

import logging
import time
from collections.abc import Callable
from functools import cache
from threading import Lock

import redis
from django.conf import settings

SOCKET_SECONDS = 0.25
AWAY_SECONDS = 5.0
MOST_LOCAL = 10_000
logger = logging.getLogger(__name__)


class Counter:
    """Counts calls by name and window; shared by all processes while the server answers."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = Lock()
        self._local: dict[str, int] = {}
        self._away_until = 0.0

    def count(self, name: str, window: int) -> tuple[int, int]:
        """One call more: how many that makes in this window, and the seconds until it ends."""
        now = self._clock()
        number = int(now // window)
        key = f"mto:rate:{name}:{window}:{number}"
        calls = self._shared(key, window) if now >= self._away_until else None
        if calls is None:
            calls = self._alone(key)
        return calls, max(1, int((number + 1) * window - now + 0.999))

    def _shared(self, key: str, window: int) -> int | None:
        """INCR and EXPIRE in one transaction; None where the server does not answer in time."""
        try:
            with _client(settings.CELERY_BROKER_URL).pipeline(transaction=True) as pipe:
                pipe.incr(key)
                pipe.expire(key, 2 * window)
                return int(pipe.execute()[0])
        except redis.RedisError as error:
            # Reads and orders go on: a limit that counts per process is better than no service.
            logger.warning("call limits are counted per process for a while: %s", error)
            self._away_until = self._clock() + AWAY_SECONDS
            return None

    def _alone(self, key: str) -> int:
        with self._lock:
            if len(self._local) > MOST_LOCAL:
                self._local.clear()
            self._local[key] = self._local.get(key, 0) + 1
            return self._local[key]


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=SOCKET_SECONDS, socket_connect_timeout=SOCKET_SECONDS)


counter = Counter()

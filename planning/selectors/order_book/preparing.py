"""Kernels compiled before the first seller or planner asks, beside the requests of a web process."""

from collections.abc import Callable
from typing import Final

from planning import engine
from planning.engine.promise import warm_up_promises

WORKERS_FIRST: Final = 20.0
"""Seconds in which the workers compile what both need: it is read from their cache then."""


def keep_prepared(wait: Callable[[float], bool]) -> None:
    """Compile them, or read them from the cache, unless `wait` (seconds) says that the process stops."""
    if not wait(0):
        warm_up_promises()
    if not wait(WORKERS_FIRST):
        engine.warm_up()

"""The kernels of promises compiled before the first seller asks, beside the requests of a web process."""

from collections.abc import Callable

from planning.engine.promise import warm_up_promises


def keep_prepared(wait: Callable[[float], bool]) -> None:
    """Compile them, or read them from the cache, unless `wait` (seconds) says that the process stops."""
    if not wait(0):
        warm_up_promises()

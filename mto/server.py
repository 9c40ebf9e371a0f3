"""What the web server does of itself; its configuration: `gunicorn --config python:mto.server`."""

from threading import Event, Thread
from typing import Any, Final

from django.utils.module_loading import import_string

PREPARES: Final = (
    "orders.selectors.preparing.keep_prepared",
    "planning.selectors.order_book.preparing.keep_prepared",
)
"""What each web process does beside its requests until it stops, by name."""
stopping = Event()


def post_worker_init(worker: Any) -> None:
    """A web process begins: it answers at once, and makes ready in the background what takes seconds."""
    for name in PREPARES:
        Thread(target=import_string(name), args=(stopping.wait,), name=name, daemon=True).start()


def worker_exit(server: Any, worker: Any) -> None:
    """A web process ends: nothing more is begun."""
    stopping.set()

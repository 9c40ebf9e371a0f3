"""What gunicorn does in each web process it starts."""

from threading import Thread

from orders.engine.structure import warm_up


def post_fork(*_: object) -> None:
    """Have the kernels of BOMs ready before somebody needs them, beside the first requests."""
    Thread(target=warm_up, name="warm-up", daemon=True).start()

"""Volume, sessions and addresses for benchmarks.web; prints them as one JSON line."""

import argparse
import json

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

import benchmarks.ready  # noqa: F401 - Django first
from benchmarks.volume import clone_orders, make_trouble
from kernel import clock
from orders.models import Order, User
from orders.services import create_api_key
from planning.models import WorkCentre


def main() -> None:
    """Clone, sign in, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, required=True)
    options = parser.parse_args()
    total = clone_orders(max(1, options.orders // Order.objects.count() - 1))
    make_trouble(clock.now())
    order = Order.objects.filter(state="production").order_by("-id").select_related("customer")[0]
    _, secret = create_api_key(customer=order.customer, name="benchmark")
    print(json.dumps({"orders": total, "pages": _pages(order, secret)}))


def _pages(order: Order, secret: str) -> list[dict[str, object]]:
    key = {"Authorization": f"Bearer {secret}"}
    centre = WorkCentre.objects.order_by("position", "code")[0]
    return [
        _page("orders list", reverse("orders:list"), cookie_of("sales")),
        _page("order page", reverse("orders:order", args=[order.reference]), cookie_of("sales")),
        _page("planner's page", reverse("planning:home"), cookie_of("planner")),
        _page("buyer's page", reverse("procurement:home"), cookie_of("buyer")),
        _page("operator's page", reverse("production:terminal", args=[centre.code]), cookie_of("operator")),
        _page("API detail", f"/api/v1/orders/{order.reference}", key),
        _page("API list", "/api/v1/orders", key),
    ]


def _page(name: str, path: str, headers: dict[str, str]) -> dict[str, object]:
    return {"page": name, "path": path, "headers": headers}


def cookie_of(role: str) -> dict[str, str]:
    """A signed-in person of this role, as a header."""
    user = User.objects.filter(roles__contains=[role])[0]
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"}


if __name__ == "__main__":
    main()

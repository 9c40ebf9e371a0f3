"""Volume, sessions and addresses for benchmarks.web; prints them as one JSON line."""

import argparse
import json
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

import benchmarks.ready  # noqa: F401 - Django first
from benchmarks.volume import clone_orders, make_trouble
from kernel import clock
from orders.models import Customer, Order, User
from orders.services import create_api_key
from planning.models import WorkCentre

ORDERS = 400
"""So many different orders are opened, so that no answer is the one given before."""


def main() -> None:
    """Clone, sign in, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, required=True)
    options = parser.parse_args()
    total = clone_orders(max(1, options.orders // Order.objects.count() - 1))
    make_trouble(clock.now())
    customer = Order.objects.filter(state="production").order_by("-id").select_related("customer")[0].customer
    _, secret = create_api_key(customer=customer, name="benchmark")
    print(json.dumps({"orders": total, "pages": pages(customer, secret)}))


def pages(customer: Customer, secret: str) -> list[dict[str, object]]:
    """Each page with the addresses its people open in turn, and the header of who asks."""
    key = {"Authorization": f"Bearer {secret}"}
    own = _spread(Order.objects.filter(customer=customer))
    return [
        _page("orders list", _lists(), cookie_of("sales")),
        _page(
            "order page",
            [reverse("orders:order", args=[number]) for number in _spread(Order.objects.all())],
            cookie_of("sales"),
        ),
        _page("planner's page", _windows(), cookie_of("planner")),
        _page(
            "buyer's page", _with(reverse("procurement:home"), ["", "page=2", "page=3"]), cookie_of("buyer")
        ),
        _page("operator's page", _terminals(), cookie_of("operator")),
        _page("API detail", [f"/api/v1/orders/{number}" for number in own], key),
        _page("API list", _with("/api/v1/orders", _queries(customer)), key),
    ]


def _page(name: str, paths: Sequence[str], headers: dict[str, str]) -> dict[str, object]:
    return {"page": name, "paths": list(paths), "headers": headers}


def _with(path: str, queries: Sequence[str]) -> list[str]:
    return [f"{path}?{query}" if query else path for query in queries]


def _spread(orders: QuerySet[Order]) -> list[str]:
    """Numbers of many orders, half of them under way, the others delivered."""
    halves = (orders.filter(state="production"), orders.exclude(state="production"))
    found = [list(half.order_by("-id").values_list("number", flat=True)) for half in halves]
    chosen = [half[:: max(1, 2 * len(half) // ORDERS)][: ORDERS // 2] for half in found]
    return [str(number) for numbers in zip(*chosen, strict=False) for number in numbers]


def _lists() -> list[str]:
    """The list as it opens, further pages of it, filters, sorting, and one customer's orders."""
    queries = [
        "",
        *(f"page={number}" for number in range(2, 12)),
        "show=open",
        "show=late",
        "state=production",
    ]
    queries += ["show=open&page=2", "sort=-requested&show=open", "sort=promised", "sort=number&page=3"]
    queries += [f"customer={code}" for code in Customer.objects.values_list("code", flat=True)[:10]]
    found = Order.objects.order_by("id").values_list("number", flat=True)
    queries += [f"q={number}" for number in found[:: max(1, len(found) // 10)][:10]]
    return _with(reverse("orders:list"), queries)


def _windows() -> list[str]:
    """The data of the board as it opens, and of other days and widths."""
    today = timezone.localdate()
    moved = [f"from={today + timedelta(days=days)}&days=3" for days in (1, 2, 3, 7, 14)]
    return _with(reverse("planning:board-data"), ["", "days=1", "days=7", "days=14", *moved])


def _terminals() -> list[str]:
    """Every work centre."""
    codes = WorkCentre.objects.order_by("position", "code").values_list("code", flat=True)
    return [reverse("production:terminal", args=[code]) for code in codes]


def _queries(customer: Customer) -> list[str]:
    """The list as it opens, further pages of it, and one state of it."""
    ids = list(Order.objects.filter(customer=customer).order_by("-id").values_list("id", flat=True))
    further = [f"cursor={ids[at]}" for at in range(49, min(len(ids), 2000), 50)]
    return ["", *further, "state=production", "limit=100", "limit=20"]


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

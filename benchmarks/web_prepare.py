"""Volume, sessions and addresses for benchmarks.web; prints them as one JSON line."""

import argparse
import json
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

import benchmarks.ready  # noqa: F401 - Django first
from benchmarks.planners import make_plan, make_planners_past
from benchmarks.volume import clone_orders, make_trouble, newest
from benchmarks.web_pages import pages
from kernel import clock
from orders.models import Customer, Order, User
from orders.services import create_api_key


def main() -> None:
    """Clone what is delivered, and print the newest ids; or clone what came since, plan, sign in, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--history", type=int, default=0, help="so many delivered orders")
    parser.add_argument("--open", type=int, default=0, help="so many open orders")
    parser.add_argument("--since", type=json.loads, default={})
    options = parser.parse_args()
    if options.history:
        with transaction.atomic():
            clone_orders(max(1, options.history // Order.objects.count() - 1), over=True)
            make_planners_past(clock.now())
        print(json.dumps(newest()))
        return
    few = Order.objects.filter(id__gt=options.since["orders_order"]).count()
    total = clone_orders(max(1, options.open // few - 1), over=False, since=options.since)
    make_trouble(clock.now())
    make_plan()
    customer = Order.objects.filter(state="production").order_by("-id").select_related("customer")[0].customer
    _, secret = create_api_key(customer=customer, name="benchmark")
    print(json.dumps({"orders": total, "pages": asked(customer, secret)}))


def asked(customer: Customer, secret: str) -> list[dict[str, Any]]:
    """Each page with its addresses and the header of who asks; pages of which there are none are left out."""
    headers = {"key": {"Authorization": f"Bearer {secret}"}, "": {}}
    found = [page for page in pages(customer) if page[2]]
    headers |= {role: cookie_of(role) for _, role, _ in found if role not in headers}
    return [{"page": name, "paths": list(paths), "headers": headers[role]} for name, role, paths in found]


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

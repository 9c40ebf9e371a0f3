"""What the frame of every page shows a person: the pages of their roles, and how much waits for them."""

from collections.abc import Iterable
from functools import lru_cache
from time import monotonic
from typing import Any, Final, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from kernel.bases import fetch
from orders.models import STAFF_ROLES, Company, Role, User
from orders.selectors.desk import roles_of

KEPT_SECONDS = 60.0


class Place(NamedTuple):
    """A page of the side rail: word, icon, the name of its route, and whose it is."""

    label: str
    icon: str
    route: str
    roles: tuple[str, ...]


OFFICE = (Role.SALES, Role.PLANNER, Role.MANAGER)
PLACES = (
    Place("Work list", "inbox", "orders:home", STAFF_ROLES),
    Place("My orders", "home", "orders:home", (Role.CUSTOMER,)),
    Place("Products", "components", "orders:catalogue", (Role.CUSTOMER,)),
    Place("Orders", "file-text", "orders:list", (*OFFICE, Role.BUYER, Role.SHIPPER, Role.INSPECTOR)),
    Place("Plan", "calendar-stats", "planning:home", (Role.PLANNER, Role.MANAGER, Role.SALES)),
    Place("Purchasing", "shopping-cart", "procurement:home", (Role.BUYER, Role.MANAGER, Role.PLANNER)),
    Place("Stock", "packages", "procurement:stock", (Role.BUYER, Role.MANAGER)),
    Place("Shop floor", "tool", "production:choose", (Role.OPERATOR, Role.MANAGER, Role.PLANNER)),
    Place("Quality", "clipboard-check", "quality:home", (Role.INSPECTOR, Role.MANAGER)),
    Place("Delivery", "truck", "logistics:home", (Role.SHIPPER, Role.MANAGER)),
    Place("Needs attention", "alert-triangle", "orders:attention", (Role.PLANNER, Role.MANAGER)),
    Place("Customers", "building", "orders:customers", (Role.SALES, Role.MANAGER)),
    Place("Prices and terms", "cash", "orders:price-lists", (Role.SALES, Role.MANAGER)),
    Place("Won and lost", "chart-bar", "orders:winning", (Role.SALES, Role.MANAGER)),
    Place("Products", "components", "orders:products", (*OFFICE, Role.ENGINEER)),
    Place("API keys", "key", "orders:api-keys", (Role.MANAGER,)),
    Place("Master data", "settings", "admin:index", (Role.ADMINISTRATOR,)),
)

_shop: tuple[float, str] = (-KEPT_SECONDS, "")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `rail`, `inbox_url`, `inbox_count` and `shop_name`, read only where shown."""
    user = request.user if isinstance(request.user, User) else None
    if user is None:
        return {"shop_name": SimpleLazyObject(shop_name)}
    counts = SimpleLazyObject(lambda: _counts(user))
    return {
        "rail": SimpleLazyObject(lambda: rail_pages(user, request.path, counts)),
        "inbox_url": "" if user.customer_id else reverse("orders:home"),
        "inbox_count": SimpleLazyObject(lambda: int(counts["orders:home"])),
        "shop_name": SimpleLazyObject(shop_name),
    }


def shop_name() -> str:
    """The shop's name from the company row, read once a minute."""
    global _shop  # noqa: PLW0603 - a cache that belongs to the process
    if monotonic() - _shop[0] > KEPT_SECONDS:
        _shop = (monotonic(), Company.objects.values_list("name", flat=True).first() or "Make to order")
    return _shop[1]


class RailPage(NamedTuple):
    """A page of the side rail as it is shown to one person."""

    label: str
    icon: str
    url: str
    active: bool
    waiting: int


def rail_pages(user: User, path: str, counts: Any) -> tuple[RailPage, ...]:
    """The pages of a person's roles that exist; the one with the longest matching address is active."""
    shown = [(place, url) for place in PLACES if _may(user, place) and (url := route(place.route))]
    here = max((url for _, url in shown if _below(path, url)), key=len, default="")
    return tuple(
        RailPage(
            place.label, place.icon, url, url == here, counts[place.route] if place.route in COUNTED else 0
        )
        for place, url in shown
    )


COUNTED = ("orders:home", "orders:attention")


@lru_cache(maxsize=512)
def route(name: str, *arguments: str) -> str:
    """The address of a named page, empty where that stage offers none."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


WAITING: Final = """
    SELECT
        (SELECT count(*) FROM orders_workitem WHERE done_at IS NULL AND role = ANY(%s)),
        CASE WHEN %s THEN
            (SELECT count(*) FROM orders_handover WHERE done_at IS NULL AND parked_at IS NOT NULL)
        ELSE 0 END
"""


def _counts(user: User) -> dict[str, int]:
    """What waits for the person, and what needs attention; one statement, which every page runs."""
    sees_parked = user.has_role(Role.PLANNER, Role.MANAGER)
    waiting, parked = fetch(WAITING, [[*map(str, roles_of(user))], sees_parked])[0]
    return {"orders:home": waiting, "orders:attention": parked}


def _may(user: User, place: Place) -> bool:
    own: Iterable[str] = user.roles
    if place.roles == (Role.CUSTOMER,):
        return Role.CUSTOMER in own
    return user.has_role(*place.roles)


def _below(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)

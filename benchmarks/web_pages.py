"""Every page that somebody in the shop opens daily, each with many addresses; for benchmarks.web."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone

import benchmarks.ready  # noqa: F401 - Django first
from logistics.models import Shipment
from orders.models import Customer, Item, Order, User
from planning.models import Branch, Calendar, Remedy, Upload, WorkCentre
from planning.selectors import calendar_token
from procurement.models import PurchaseOrder
from production.models import WorkOrder
from quality.models import Inspection

ORDERS = 400
"""So many different orders are opened, so that no answer is the one given before."""
SOME = 60
HOMES = ("sales", "planner", "buyer", "operator", "inspector", "shipper", "manager")
Page = tuple[str, str, Sequence[str]]
"""Its name, who opens it (a role, or "key" for the API), and the addresses."""


def pages(customer: Customer) -> Sequence[Page]:
    """Each page with the addresses its people open in turn."""
    return [
        *_of_sales(),
        *_of_planners(),
        *_of_planners_data(),
        *_of_buyers(),
        *_of_floor(),
        *_of_api(customer),
    ]


def _of_sales() -> Sequence[Page]:
    opened = [reverse("orders:order", args=[number]) for number in _spread(Order.objects.all())]
    codes = Customer.objects.order_by("id").values_list("code", flat=True)[:SOME]
    homes = [(f"home of {role}", role, _with(reverse("orders:home"), ["", "page=2"])) for role in HOMES]
    return [
        *homes,
        ("orders list", "sales", _lists()),
        ("orders found by text", "sales", _texts(reverse("orders:list"))),
        ("search", "sales", _texts(reverse("orders:search"))),
        ("order page", "sales", opened),
        ("order panels", "planner", _panels()),
        ("why", "planner", [reverse("planning:why", args=[ref]) for ref in _spread(Order.objects.all())]),
        ("customers", "sales", _with(reverse("orders:customers"), ["", "page=2", "page=5", "q=Customer 3"])),
        ("customer", "sales", [reverse("orders:customer", args=[code]) for code in codes]),
        ("won and lost", "sales", _with(reverse("orders:winning"), ["", "days=30", "days=365"])),
    ]


OVERVIEWS = ("home", "board", "decisions", "dispatch", "wall", "on-time")


def _of_planners() -> Sequence[Page]:
    centres = WorkCentre.objects.values_list("id", "code")
    by_centre = [f"centre={code}" for _, code in centres]
    token = calendar_token(User.objects.filter(roles__contains=["planner"])[0], "", "")
    here = {name: reverse(f"planning:{name}") for name in OVERVIEWS}
    return [
        ("planner's home", "planner", [here["home"]]),
        ("board", "planner", _with(here["board"], ["", "days=7"])),
        ("board as table", "planner", _with(here["board"], ["as=table", "as=table&page=3"])),
        ("board data", "planner", _windows()),
        ("decisions", "planner", _with(here["decisions"], ["", "page=2", "state=late", *by_centre])),
        ("remedy", "planner", _each("planning:remedy", Remedy.objects.filter(taken_at=None))),
        ("measured", "planner", [reverse("planning:measured")]),
        (
            "on time",
            "planner",
            _with(reverse("planning:on-time"), ["", "by=first", "by=current&days=365", "page=3"]),
        ),
        ("dispatch", "planner", _with(here["dispatch"], ["", *by_centre])),
        ("wall", "planner", _with(here["wall"], ["", *by_centre])),
        ("calendar file", "", [reverse("planning:calendar-file", args=[token])]),
        ("moved", "planner", [reverse("planning:moved")]),
        ("changes", "planner", _with(reverse("planning:changes"), ["", "page=2", "page=40"])),
    ]


def _of_planners_data() -> Sequence[Page]:
    centres = WorkCentre.objects.all()
    return [
        ("calendars", "planner", [reverse("planning:calendars")]),
        ("calendar", "planner", _each("planning:calendar", Calendar.objects.all())),
        ("resources", "planner", [reverse("planning:resources")]),
        ("work centre", "planner", _each("planning:centre", centres)),
        ("people", "planner", [reverse("planning:people")]),
        ("tools", "planner", [reverse("planning:tools")]),
        ("downtimes", "planner", [reverse("planning:downtimes")]),
        ("sheets", "planner", [reverse("planning:sheets")]),
        ("upload", "planner", _each("planning:upload", Upload.objects.all())),
        ("what-ifs", "planner", [reverse("planning:what-if")]),
        ("what-if", "planner", _each("planning:branch", Branch.objects.open())),
    ]


def _of_buyers() -> Sequence[Page]:
    bought, stock = reverse("procurement:orders"), reverse("procurement:stock")
    numbers = _numbers(PurchaseOrder)
    return [
        ("buyer's page", "buyer", _with(reverse("procurement:home"), ["", "page=2", "page=3"])),
        ("purchase orders", "buyer", _with(bought, ["", "page=2", "page=40", *_states("sent", "received")])),
        ("purchase orders found", "buyer", _with(bought, [f"q={number[:9]}" for number in numbers[:10]])),
        ("purchase order", "buyer", [reverse("procurement:order", args=[number]) for number in numbers]),
        ("stock", "buyer", _with(stock, ["", "page=2", "page=10", "q=I1", "only=short"])),
        ("item", "buyer", [reverse("procurement:item", args=[number]) for number in _numbers(Item)]),
        ("supplier's failing", "planner", [reverse("procurement:supplier-what-if", args=["S1"])]),
    ]


def _of_floor() -> Sequence[Page]:
    codes = WorkCentre.objects.order_by("position", "code").values_list("code", flat=True)
    works, numbers = reverse("production:work-orders"), _numbers(WorkOrder)
    home = reverse("logistics:home")
    return [
        ("choice of terminal", "operator", [reverse("production:choose")]),
        ("terminal", "operator", [reverse("production:terminal", args=[code]) for code in codes]),
        ("work orders", "operator", _with(works, ["", "page=2", "page=100", "status=released", "q=00"])),
        ("work order", "operator", [reverse("production:work-order", args=[number]) for number in numbers]),
        ("traveller", "operator", [reverse("production:traveller", args=[number]) for number in numbers]),
        *_of_inspectors(),
        ("deliveries", "shipper", _with(home, ["", "page=2", "page=100", *_states("packed", "delivered")])),
        ("shipment", "shipper", [reverse("logistics:shipment", args=[n]) for n in _numbers(Shipment)]),
    ]


def _of_inspectors() -> Sequence[Page]:
    listed, faults = reverse("quality:inspections"), reverse("quality:nonconformances")
    opened = [reverse("quality:inspection", args=[number]) for number in _numbers(Inspection)]
    return [
        ("quality", "inspector", _with(reverse("quality:home"), ["", "page=2"])),
        ("inspections", "inspector", _with(listed, ["", "page=2", "page=100", *_states("open", "accepted")])),
        ("inspection", "inspector", opened),
        ("nonconformances", "inspector", _with(faults, ["", "status=open"])),
    ]


def _of_api(customer: Customer) -> Sequence[Page]:
    own = _spread(Order.objects.filter(customer=customer))
    return [
        ("API detail", "key", [f"/api/v1/orders/{number}" for number in own]),
        ("API events", "key", [f"/api/v1/orders/{number}/events" for number in own]),
        ("API list", "key", _with("/api/v1/orders", _queries(customer))),
    ]


def _with(path: str, queries: Sequence[str]) -> list[str]:
    return [f"{path}?{quote(query, safe='=&')}" if query else path for query in queries]


def _states(*states: str) -> list[str]:
    return [f"status={state}" for state in states]


def _each(name: str, rows: "QuerySet[Any]") -> list[str]:
    """Pages of some rows, evenly spread."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    return [reverse(name, args=[pk]) for pk in ids[:: max(1, len(ids) // SOME)]]


def _numbers(model: type[Model]) -> list[str]:
    """Some numbers of the model, evenly spread."""
    found = list(model._default_manager.order_by("-pk").values_list("number", flat=True))
    return found[:: max(1, len(found) // SOME)]


def _spread(orders: "QuerySet[Order]") -> list[str]:
    """Numbers of many orders, half of them under way, the others delivered."""
    halves = (orders.filter(state="production"), orders.exclude(state="production"))
    found = [list(half.order_by("-id").values_list("number", flat=True)) for half in halves]
    chosen = [half[:: max(1, 2 * len(half) // ORDERS)][: ORDERS // 2] for half in found]
    return [str(number) for numbers in zip(*chosen, strict=False) for number in numbers]


PANELS = ("planning", "procurement", "production", "quality", "logistics")


def _panels() -> list[str]:
    """The panels of the stages that an order's page loads."""
    references = _spread(Order.objects.all())[: 2 * SOME]
    return [reverse(f"{app}:order-panel", args=[reference]) for reference in references for app in PANELS]


def _texts(path: str) -> list[str]:
    """What people type: whole numbers, parts of numbers, customers, PO numbers, and what does not exist."""
    found = Order.objects.order_by("id").values_list("number", flat=True)
    whole = [str(number) for number in found[:: max(1, len(found) // 10)][:10]]
    names = list(Customer.objects.order_by("id").values_list("name", flat=True)[:3])
    return _with(path, [f"q={word}" for word in (*whole, whole[-1][-6:], "SO-", "PO", "zzz", "I1", *names)])


def _lists() -> list[str]:
    """The list as it opens, further pages of it, filters, sorting, and one customer's orders."""
    queries = ["", *(f"page={number}" for number in range(2, 12)), "page=150"]
    queries += ["show=open", "show=late", "state=production", "show=open&page=2"]
    queries += [
        "sort=-requested&show=open",
        "sort=promised",
        "sort=number&page=3",
        "sort=customer",
        "sort=-requested",
    ]
    queries += [f"customer={code}" for code in Customer.objects.values_list("code", flat=True)[:10]]
    return _with(reverse("orders:list"), queries)


def _windows() -> list[str]:
    """The data of the board as it opens, and of other days and widths."""
    today = timezone.localdate()
    moved = [f"from={today + timedelta(days=days)}&days=3" for days in (1, 2, 3, 7, 14)]
    return _with(reverse("planning:board-data"), ["", "days=1", "days=7", "days=14", *moved])


def _queries(customer: Customer) -> list[str]:
    """The list as it opens, further pages of it, and one state of it."""
    ids = list(Order.objects.filter(customer=customer).order_by("-id").values_list("id", flat=True))
    further = [f"cursor={ids[at]}" for at in range(49, min(len(ids), 2000), 50)]
    return ["", *further, "state=production", "limit=100", "limit=20"]

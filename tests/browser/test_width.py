"""No page is wider than its window: on a desk and on a phone, for everybody, with long words in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from demo.services.history import drain
from demo.services.masterdata import make_shop
from demo.services.players import Cast, buyers, people
from demo.services.wishes import Wish, place_order
from orders.models import Customer, Order, PriceList, Product, User
from orders.services import record_forecasts, token_of
from planning.engine.promise import warm_up_promises
from planning.models import Calendar, Machine, Operation
from planning.services import report_downtime
from procurement.models import PurchaseOrder

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], Page]
WIDTHS = (1440, 390)
SHORT = {"GPU_MODEL": "G3", "GPU_QTY": "1", "PSU_W": "1000"}
"""A card that is never in stock: it is bought, and its order is late."""


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """As a web process compiles them when it starts."""
    warm_up_promises()


@dataclass
class Scene:
    """A shop with a late order, a quotation that was sent, one that was not, and a machine that stands."""

    people: dict[str, User]
    order: Order
    quoted: Order
    draft: Order

    def paths(self, role: str) -> list[str]:
        """The main pages of a role."""
        order, draft = f"/orders/{self.order.number}/", f"/orders/{self.draft.reference}/"
        purchase = PurchaseOrder.objects.exclude(status="draft").latest("id")
        centre = Operation.objects.filter(line__order=self.order).order_by("sequence")[0].process
        pages = {
            "sales": [
                *("/", "/orders/", order, draft, f"{draft}edit/", f"{draft}terms/", "/orders/new/"),
                *("/price-lists/", f"/price-lists/{PriceList.objects.all()[0].code}/", "/terms/"),
                *("/customers/", "/won-and-lost/", f"/orders/{self.quoted.reference}/quotation/A/"),
            ],
            "planner": [
                *("/planning/board/", "/planning/board/?as=table"),
                *("/planning/", "/planning/decisions/", "/planning/decisions/measured/"),
                *("/planning/on-time/", "/planning/downtimes/", "/planning/hurts/?item=GPU-3"),
                *("/planning/resources/", "/planning/resources/people/", "/planning/resources/tools/"),
                *("/planning/calendars/", "/planning/calendars/new/", "/planning/sheets/"),
                *("/planning/dispatch/", "/planning/dispatch/wall/", "/planning/what-if/"),
                *("/planning/changes/", "/planning/moved/"),
                f"/planning/calendars/{Calendar.objects.all()[0].id}/",
                order,
            ],
            "buyer": ["/procurement/", f"/procurement/orders/{purchase.number}/", "/procurement/stock/"],
            "operator": ["/production/", f"/production/work-centre/{centre.work_centres.all()[0].code}/"],
            "inspector": ["/quality/"],
            "shipper": ["/logistics/"],
            "manager": ["/products/new/", "/products/NB-W7/", "/products/NB-W7/model/", "/styleguide"],
            "customer": ["/", order, "/catalogue/"],
        }  # fmt: skip
        return pages[role]


@pytest.fixture
def scene() -> Scene:
    """Everything on the pages that is long: names of taxes and operations, reasons, histories of dates."""
    now = timezone.now()
    make_shop(now=now)
    cast = Cast(people=people(), rng=Random(1))
    Customer.objects.filter(code="DELMAR").update(language="de")
    delmar = Customer.objects.get(code="DELMAR")
    product, sales = Product.objects.get(code="NB-W7"), cast.people["sales"]
    order, quoted, draft = (
        place_order(
            wish=Wish(delmar, SHORT, 2, days, "PO-4711"), product=product, by=sales, now=now, upto=upto
        )
        for days, upto in ((20, "confirm"), (30, "quote"), (40, "draft"))
    )
    drain()
    buyers(cast, now)
    drain()
    for days in (50, 60):
        late = {order.lines.get().id: now + timedelta(days=days)}
        record_forecasts(forecasts=late, reason="The graphics card slips by ten days at its supplier")
    report_downtime(
        machine=Machine.objects.all()[0], starts=now, ends=now + timedelta(hours=4), note="Spindle bearing"
    )
    customer = User.objects.create_user("long@example.com", roles=["customer"], customer=delmar)
    return Scene({**cast.people, "customer": customer}, order, quoted, draft)


def overflow(page: Page, url: str) -> list[str]:
    """How many pixels the page is wider than its window, with all of it open; empty where it fits."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(url)
    page.evaluate("document.querySelectorAll('details.open-up').forEach(each => { each.open = true })")
    page.wait_for_load_state("networkidle")
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{url} at {width}: {beyond} px"] if beyond else []
    return found


def test_no_page_of_anybody_is_wider_than_its_window(
    scene: Scene, sign_in: SignIn, live_server: LiveServer
) -> None:
    found = []
    for role in ("sales", "planner", "buyer", "operator", "inspector", "shipper", "manager", "customer"):
        page = sign_in(scene.people[role])
        for path in scene.paths(role):
            found += overflow(page, f"{live_server.url}{path}")
    assert found == []


def test_a_german_link_tells_in_german_that_the_network_is_gone(
    scene: Scene, page: Page, live_server: LiveServer
) -> None:
    page.goto(f"{live_server.url}/q/{token_of(scene.quoted.revisions.get())}/")
    gone = "new CustomEvent('htmx:sendError', { bubbles: true, detail: { target: document.body } })"
    page.evaluate(f"document.body.dispatchEvent({gone})")
    expect(page.get_by_role("alert")).to_contain_text("Keine Verbindung zum Server")


def test_the_link_of_a_quotation_fits(scene: Scene, page: Page, live_server: LiveServer) -> None:
    revision = scene.quoted.revisions.get()
    assert overflow(page, f"{live_server.url}/q/{token_of(revision)}/") == []

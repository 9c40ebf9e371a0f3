"""What people do in a story: at their pages where the story is about them, through the services otherwise."""

import re
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from demo.services import players
from demo.services.wishes import Wish, place_order
from orders.models import Customer, Handover, Order, OrderLine, Product, User
from orders.services import confirm_order, create_api_key, send_quotation
from planning.models import Operation
from quality.models import Inspection

COBALT, BROOK = "COBALT", "BROOK"
PATIENCE = 60.0
WITH_G3 = {"GPU_MODEL": "G3", "GPU_QTY": "1", "PSU_W": "1000"}
"""A graphics card that is never in stock, needed by operation 30 only."""
Json = dict[str, Any]


class Story:
    """One shop, one browser; whoever acts signs in at it."""

    def __init__(self, url: str, browser: Browser, sign_in: Callable[[User], Page]) -> None:
        self.url = url
        self.browser = browser
        self.sign_in = sign_in
        self.cast = players.Cast(people=players.people(), rng=Random(1))
        self.screens: list[Page] = []

    # --- who acts where ---

    def at(self, role: str, path: str) -> Page:
        """The page as one person of this role sees it."""
        page = self.sign_in(self.cast.people[role])
        page.set_default_timeout(20_000)
        page.goto(f"{self.url}{path}")
        return page

    def watch(self, role: str, path: str) -> Page:
        """A second screen that stays open while others act."""
        here = self.at(role, path)
        context = self.browser.new_context(storage_state=here.context.storage_state())
        page = context.new_page()
        self.screens.append(page)
        page.set_default_timeout(20_000)
        page.goto(f"{self.url}{path}")
        return page

    def end(self) -> None:
        """Everybody leaves: open pages would go on asking how things stand."""
        for page in self.screens:
            page.context.close()

    def api(self, page: Page, customer: str) -> Callable[..., tuple[int, Json]]:
        """How this customer's program asks; with a body it posts."""
        _, text = create_api_key(customer=Customer.objects.get(code=customer), name="Program")
        headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": "story"}

        def ask(path: str, body: Json | None = None) -> tuple[int, Json]:
            method = "POST" if body else "GET"
            answer = page.request.fetch(f"{self.url}/api/v1{path}", method=method, headers=headers, data=body)
            return answer.status, answer.json()

        return ask

    # --- set-up through the services ---

    def order(
        self, choices: Mapping[str, str] | None = None, *, days: int = 40, customer: str = COBALT
    ) -> Order:
        """A confirmed order of one workstation."""
        wish = Wish(Customer.objects.get(code=customer), choices or {}, 1, days, "PO-4711")
        product = Product.objects.get(code="NB-W7")
        return place_order(wish=wish, product=product, by=self.cast.people["sales"], now=timezone.now())

    def confirm(self, order: Order) -> Order:
        """Sales answers a request with a quotation and confirms the order."""
        by = self.cast.people["sales"]
        return confirm_order(order=send_quotation(order=order, by=by), by=by)

    def play_until(self, order: Order, true: Callable[[], object], *roles: Callable[..., int]) -> None:
        """Let these players (all where none is named) act on the order until `true()`."""
        everybody = (
            players.buyers, players.suppliers, players.operators, players.inspectors, players.packers,
            players.shippers, players.carriers,
        )  # fmt: skip
        self.cast.order_ids = {order.id}

        def acted() -> bool:
            if true():
                return True
            for role in roles or everybody:
                role(self.cast, timezone.now())
                if true():
                    return True
            return False

        until(acted, f"{order} to get on from {line_of(order).state}")

    def bring_to(self, order: Order, state: str) -> None:
        """Everybody does their part until the order is in this state."""
        self.play_until(order, lambda: line_of(order).state == state)

    # --- what people do at their pages ---

    def build_all(self, order: Order) -> None:
        """An operator issues material for, starts and finishes every operation at its terminal."""
        while step := self._next_step(order):
            centre = step.process.work_centres.get().code
            page = self.at("operator", f"/production/work-centre/{centre}/?operation={step.id}")
            self._issue(page, step)
            page.get_by_role("button", name=f"Start operation {step.sequence}").click()
            page.get_by_role("link", name=f"Finish operation {step.sequence}").click()
            page.get_by_role("button", name=f"Finish operation {step.sequence}").click()
            page.wait_for_url("**/production/work-centre/**")

    def _next_step(self, order: Order) -> Operation | None:
        until(
            lambda: line_of(order).state != "production" or ready(order).exists(),
            f"a step of {order} to be ready",
        )
        return ready(order).select_related("process").first()

    def _issue(self, page: Page, step: Operation) -> None:
        if step.requirements.filter(cancelled_at=None).exists():
            page.get_by_role("button", name="Issue material").click()
            expect(page.get_by_text("All material is issued")).to_be_visible()

    def inspect(self, order: Order, *, wrong: str = "") -> Inspection:
        """An inspector records every characteristic and decides; the one named `wrong` is out of limits."""
        inspection = self._open_inspection(order)
        page = self.at("inspector", "/quality/")
        page.get_by_role("link", name=inspection.number).click()
        for result in inspection.results.all():
            row = page.get_by_role("row").filter(has_text=result.label)
            if result.kind == "attribute":
                row.get_by_label("Conforms", exact=True).check()
            else:
                value = Decimal(1000) if result.label == wrong else result.nominal
                row.get_by_role("textbox").fill(f"{value:.2f}")
                row.get_by_role("textbox").press("Tab")
            expect(row.get_by_role("status")).to_contain_text("Fail" if result.label == wrong else "Pass")
        page.get_by_role("button", name=re.compile("^Reject" if wrong else "^Accept")).click()
        expect(
            page.get_by_text("goes back for rework" if wrong else "is released for delivery")
        ).to_be_visible()
        return inspection

    def _open_inspection(self, order: Order) -> Inspection:
        waiting = Inspection.objects.filter(line__order=order, status__in=["planned", "open"]).exclude(
            opened_at=None
        )
        until(waiting.exists, f"{order} to come to inspection")
        return waiting.get()

    def pack_ship_and_deliver(self, order: Order) -> None:
        """A shipper packs it, hands it to a carrier and confirms the delivery."""
        until(
            lambda: line_of(order).state == "logistics" and order.shipments.exists(),
            f"{order} to be released",
        )
        page = self.at("shipper", f"/logistics/order/{order.number}/")
        page.get_by_label("Gross weight of each").fill("14.2")
        page.get_by_role("button", name="Pack shipment").click()
        page.get_by_label("Carrier", exact=True).select_option(label="Rapid Parcel")
        page.get_by_label("Tracking number").fill("RP 0815")
        page.get_by_role("button", name="Ship order").click()
        page.get_by_label("Received by").fill("Lena Brandt")
        page.get_by_role("button", name="Confirm delivery").click()
        expect(page.get_by_role("heading", name="Delivered")).to_be_visible()


def until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Return when `true()` is; fail with what was waited for."""
    gives_up = time.monotonic() + patience
    while not true():
        assert time.monotonic() < gives_up, f"waited {patience:g} s in vain for {what}{owed()}"
        time.sleep(0.1)


def owed() -> str:
    """What the stages still owe, for the message of a failure."""
    rows = Handover.objects.filter(done_at=None).values_list("task", "attempts", "last_error")
    return "".join(f"; {task} after {attempts} attempts: {error}" for task, attempts, error in rows)


def line_of(order: Order) -> OrderLine:
    """The order's one job as it stands now."""
    return OrderLine.objects.get(order=order)


def ready(order: Order) -> Any:
    """Operations an operator could start."""
    return Operation.objects.filter(line__order=order, status="ready").order_by("loop", "sequence")


def stage(page: Page) -> Locator:
    """The stage that the order page marks as the current one."""
    return page.get_by_role("list", name=re.compile("^Progress")).locator("[aria-current=step]").first

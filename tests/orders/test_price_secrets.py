"""Costs and margins, and to the shop floor every price, stay with sales and managers: on every address."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from orders.models import Order, OrderLine, Role
from tests.cast import People
from tests.orders import pages
from tests.orders.program import Program

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]

COSTS = ("66666", "133333", "CANARY")
PRICES = (*COSTS, "88888", "177777")
FIGURE = {"label": "CANARY", "amount": "66666.66", "currency": "EUR"}
OUTSIDERS = sorted({*Role.values} - {Role.SALES, Role.MANAGER, Role.ADMINISTRATOR})


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every address of ours as a template."""
    for pattern in patterns:
        path = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            if not path.startswith(("admin/", "accounts/")):
                yield from addresses(pattern.url_patterns, path)
        elif "(?P" not in path:
            yield path


def filled(path: str, order: Order) -> str:
    """The address for this order: its reference, its line, its product."""
    line = order.lines.get()
    values = {"reference": order.reference, "number": order.reference, "line_id": str(line.pk)}
    values |= {"code": line.product.code, "letter": "A"}
    parts = []
    for part in path.replace("$", "").split("/"):
        name = part.strip("<>").rpartition(":")[2]
        parts.append(values.get(name, "1") if part.startswith("<") else part)
    return "/" + "/".join(parts)


def everywhere(order: Order) -> list[str]:
    """All our addresses for this order, and some with questions."""
    found = [filled(path, order) for path in addresses(get_resolver().url_patterns)]
    page = order.get_absolute_url()
    asked = [f"/search/?q={order.reference}", f"{page}?history=all", f"{page}?do=send"]
    return [*found, *asked, f"{page}lines/{order.lines.get().pk}/price/"]


def poisoned(order: Order) -> Order:
    """With figures nobody could mistake wherever price and cost are kept."""
    OrderLine.objects.filter(order=order).update(
        unit_cost="66666.66",
        unit_price="88888.88",
        cost_trace=FIGURE,
        price_trace={"label": "Price", "amount": "88888.88", "currency": "EUR"},
        approval_reason="CANARY margin 12.5 %",
        tax_wording="VAT",
    )
    return order


def leaks(client: Client, order: Order, secrets: tuple[str, ...]) -> list[tuple[str, str]]:
    """Where a secret can be read, on any address."""
    found = []
    for address in everywhere(order):
        answer = client.get(address)
        streaming = getattr(answer, "streaming", False)
        text = "" if streaming else answer.content.decode(errors="replace")
        plain = text.replace("\u202f", "").replace("&nbsp;", "")
        found += [(address, word) for word in secrets if word in plain]
    return found


@pytest.mark.parametrize("stage", [pages.draft, pages.sent, pages.running])
def test_no_customer_reads_a_cost_anywhere(
    stage: Callable[..., Order], browser_of: Browser, cast_of_people: People
) -> None:
    order = stage(cast_of_people["customer"].customer)
    OrderLine.objects.filter(order=order).update(approved_at=order.created_at)
    assert leaks(browser_of("customer"), poisoned(order), COSTS) == []


@pytest.mark.parametrize("role", [role for role in OUTSIDERS if role != Role.CUSTOMER])
def test_the_shop_floor_and_its_planners_read_no_price_and_no_cost_anywhere(
    role: str, browser_of: Browser, cast_of_people: People
) -> None:
    order = pages.running(cast_of_people["customer"].customer)
    OrderLine.objects.filter(order=order).update(approved_at=order.created_at)
    assert leaks(browser_of(role), poisoned(order), PRICES) == []


def test_sales_read_both_so_the_search_would_find_them(browser_of: Browser, cast_of_people: People) -> None:
    order = pages.draft(cast_of_people["customer"].customer)
    found = {word for _, word in leaks(browser_of("sales"), poisoned(order), PRICES)}
    assert {"66666", "88888", "CANARY"} <= found


def test_no_program_reads_a_cost() -> None:
    program = Program()
    order = program.confirmed()
    OrderLine.objects.filter(order=order).update(approved_at=order.created_at)
    poisoned(order)
    for address in ("/orders", f"/orders/{order.number}", f"/orders/{order.number}/events"):
        text = program.get(address).content.decode()
        assert [word for word in COSTS if word in text] == []


@pytest.mark.parametrize("role", OUTSIDERS)
def test_the_figures_of_a_line_are_refused(role: str, browser_of: Browser, cast_of_people: People) -> None:
    order = pages.draft(cast_of_people["customer"].customer)
    url = f"/orders/{order.reference}/lines/{order.lines.get().pk}/price/"
    assert browser_of(role).get(url).status_code == 403


def test_the_papers_a_customer_gets_hold_no_cost(cast_of_people: People) -> None:
    order = pages.sent(cast_of_people["customer"].customer)
    revision = order.revisions.get()
    words = {"unit_cost", "cost_trace", "price_trace", "margin", "discount_percent", "approval_reason"}
    assert [word for word in words if f'"{word}"' in str(revision.content).replace("'", '"')] == []

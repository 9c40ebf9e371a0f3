"""The pages: who may see them, what they say, what they refuse, and how many queries they take."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.models import Item, OrderLine, Role, User
from procurement import services
from procurement.models import Lot, PurchaseOrder, PurchaseOrderLine, StockMove
from procurement.selectors import search_purchase_orders
from tests.procurement.conftest import NOW, Store, at_most, build_store
from tests.procurement.invariants import check_invariants

HTMX = {"HTTP_HX_REQUEST": "true"}


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_user(f"{role}@floor.example", "a long passphrase", roles=[role]))
    return client


@pytest.fixture
def buyer(store: Store) -> Client:
    client = Client()
    client.force_login(store.buyer)
    return client


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_buyer_sees_what_to_order_for_whom_and_sends_it(store: Store, buyer: Client) -> None:
    line = store.job("5", "2")
    store.source(line)
    order = PurchaseOrder.objects.get()
    page = text(buyer.get(reverse("procurement:home")))
    assert f"{line.order.reference} {line}" in page
    assert "Send purchase order" in page
    assert "EUR 17.50" in page
    answer = buyer.post(
        reverse("procurement:send", args=[order.number]), {"version": order.version}, follow=True
    )
    assert "is sent to Alpha Parts" in text(answer)
    order.refresh_from_db()
    assert order.status == "sent"


def test_the_buyer_sees_what_is_late_and_whom_it_hurts(store: Store, buyer: Client) -> None:
    hurt, slack = store.job("5"), store.job("3")
    line = store.sent(hurt, slack).lines.get()
    services.confirm_dates(line=line, expected_at=NOW + timedelta(days=16), now=NOW)
    OrderLine.objects.filter(id=hurt.id).update(promised_at=NOW, forecast_at=NOW + timedelta(days=4))
    OrderLine.objects.filter(id=slack.id).update(promised_at=NOW + timedelta(days=7), forecast_at=NOW)
    page = text(buyer.get(reverse("procurement:home")))
    assert "9 d late" in page
    assert "4 d late" in page
    assert "7 days of slack" in page
    assert "Acme" in page


def test_a_line_that_keeps_its_day_is_not_late(store: Store, buyer: Client) -> None:
    services.source_jobs(moves=store.moves(store.job("5", need_in_days=400)))
    services.send_purchase_order(purchase_order=PurchaseOrder.objects.get(), by=store.buyer)
    assert "Nothing comes late" in text(buyer.get(reverse("procurement:home")))


def test_a_need_missed_is_late_only_where_it_hurts(store: Store, buyer: Client) -> None:
    line = store.job("5", need_in_days=2)
    store.sent(line)
    assert "Nothing comes late" in text(buyer.get(reverse("procurement:home")))
    OrderLine.objects.filter(id=line.id).update(forecast_at=NOW + timedelta(days=17))
    page = text(buyer.get(reverse("procurement:home")))
    assert "5 d late" in page
    assert "3 d late" in page


def test_goods_are_received_by_form(store: Store, buyer: Client) -> None:
    line = store.sent(store.job("5")).lines.get()
    address = reverse("procurement:receive", args=[line.order.number])
    assert f'name="lot_number-{line.id}" value="{line.order.number}-1"' in text(buyer.get(address))
    buyer.post(address, {"version": 2, f"quantity-{line.id}": "5", f"lot_number-{line.id}": "A-1"})
    assert Lot.objects.get().number == "A-1"
    check_invariants()


@pytest.mark.parametrize(
    ("quantity", "lot", "message"),
    [
        ("0", "A", "Give more than 0"),
        ("6", "A", "still to come"),
        ("five", "A", "Enter a number"),
        ("5", "", "delivery note"),
        ("5", "x" * 61, "Use at most 60"),
        ("", "A", "Give a quantity on at least one line"),
    ],
)
def test_a_bad_receipt_keeps_the_input_and_says_why_at_the_field(
    store: Store, buyer: Client, quantity: str, lot: str, message: str
) -> None:
    line = store.sent(store.job("5")).lines.get()
    data = {"version": 2, f"quantity-{line.id}": quantity, f"lot_number-{line.id}": lot}
    answer = buyer.post(
        reverse("procurement:receive", args=[line.order.number]), data, HTTP_HX_TARGET="receive-form", **HTMX
    )
    assert answer.status_code == 422
    assert message in text(answer)
    assert f'value="{lot}"' in text(answer) or not lot
    assert "<html" not in text(answer)
    assert not Lot.objects.exists()


def test_a_stale_receipt_is_refused(store: Store, buyer: Client) -> None:
    line = store.sent(store.job("5")).lines.get()
    data = {"version": 1, f"quantity-{line.id}": "5", f"lot_number-{line.id}": "A"}
    answer = buyer.post(reverse("procurement:receive", args=[line.order.number]), data)
    assert answer.status_code == 422
    assert "changed since you opened it" in text(answer)


def test_dates_are_confirmed_by_form_and_a_past_one_is_refused(store: Store, buyer: Client) -> None:
    line = store.sent(store.job("5")).lines.get()
    address = reverse("procurement:confirm-dates", args=[line.order.number])
    day = timezone.localdate() + timedelta(days=20)
    buyer.post(address, {"version": 2, f"expected_at-{line.id}": day.isoformat()})
    line.refresh_from_db()
    assert timezone.localtime(line.expected_at).date() == day
    answer = buyer.post(
        address, {"version": 3, f"expected_at-{line.id}": "2020-01-01"}, HTTP_HX_TARGET="dates-form", **HTMX
    )
    assert answer.status_code == 422
    assert "The day is past. Give today or a later day." in text(answer)
    assert 'value="2020-01-01"' in text(answer)


def test_a_draft_on_hold_says_why_it_is_not_sent(store: Store, buyer: Client) -> None:
    line = store.job("5")
    store.source(line)
    OrderLine.objects.filter(id=line.id).update(held_at=NOW, hold_reason="Waits for the drawing")
    order = PurchaseOrder.objects.get()
    answer = buyer.post(reverse("procurement:send", args=[order.number]), {"version": order.version})
    assert answer.status_code == 409
    assert "Waits for the drawing" in text(answer)


def test_an_operator_issues_material_in_the_panel(store: Store) -> None:
    store.stock("10")
    line = store.job("4")
    store.source(line)
    operation, operator = line.operations.order_by("sequence")[0], signed_in(Role.OPERATOR)
    panel = operator.get(
        reverse("procurement:operation-materials", args=[operation.id]), HTTP_HX_TARGET="anything", **HTMX
    )
    assert "Issue material" in text(panel)
    assert "<html" not in text(panel)
    address = reverse("procurement:issue", args=[operation.id])
    answer = operator.post(address, HTTP_HX_TARGET="anything", **HTMX)
    assert answer["HX-Trigger"] == "material-issued"
    assert "All material is issued" in text(answer)
    again = operator.post(address, HTTP_HX_TARGET="anything", **HTMX)
    assert again.status_code == 409
    assert StockMove.objects.filter(kind="issue").count() == 1


def test_the_order_panel_shows_lots_and_purchase_orders(store: Store, buyer: Client) -> None:
    store.stock("2")
    line = store.job("5")
    order = store.sent(line)
    page = text(buyer.get(reverse("procurement:order-panel", args=[line.order.reference])))
    assert "lot L1" in page
    assert order.number in page


def test_lots_are_added_and_adjusted_by_form(store: Store, buyer: Client) -> None:
    item = store.items[0]
    add = reverse("procurement:add-lot", args=[item.number])
    buyer.post(add, {"number": "L9", "quantity": "7", "unit_cost": "1.5"})
    lot = Lot.objects.get()
    adjust = reverse("procurement:adjust-lot", args=[lot.id])
    buyer.post(adjust, {"seen": "7", "quantity": "-2", "reason": "Broken"})
    lot.refresh_from_db()
    assert lot.on_hand == 5
    stale = buyer.post(adjust, {"seen": "7", "quantity": "-2", "reason": "Broken"})
    assert stale.status_code == 422
    taken = buyer.post(add, {"number": "L9", "quantity": "7", "unit_cost": "1"})
    assert taken.status_code == 422
    assert "Give another number" in text(taken)


BUYING = ["home", "orders"]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.INSPECTOR, Role.SALES])
def test_purchasing_is_not_for_everyone(store: Store, role: str) -> None:
    client = signed_in(role)
    order = store.sent(store.job("5"))
    for name in BUYING:
        assert client.get(reverse(f"procurement:{name}")).status_code == 403
    assert client.get(reverse("procurement:order", args=[order.number])).status_code == 403
    assert client.post(reverse("procurement:send", args=[order.number])).status_code == 403


def test_the_floor_sees_stock_without_costs(store: Store, buyer: Client) -> None:
    store.stock("10")
    address = reverse("procurement:item", args=[store.items[0].number])
    assert "Cost per unit" not in text(signed_in(Role.OPERATOR).get(address))
    assert "Cost per unit" in text(buyer.get(address))


def test_what_is_not_there_is_not_found(store: Store, buyer: Client) -> None:
    for address in ("orders/PO-2026-99999/", "items/NO/", "lots/999999/adjust/", "order/SO-1/panel/"):
        assert buyer.get(f"/procurement/{address}").status_code == 404


def test_lists_are_found_filtered_and_paged(store: Store, buyer: Client) -> None:
    Item.objects.bulk_create(Item(number=f"Q-{number:03d}", description="Screw") for number in range(60))
    store.stock("10")
    page = text(buyer.get("/procurement/stock/?q=screw&page=3"))
    assert "Q-059" in page
    assert "Q-001" not in page
    assert "P-1" in text(buyer.get("/procurement/stock/?only=stocked"))
    store.sent(store.job("15"))
    assert "PO-" in text(buyer.get("/procurement/orders/?status=sent&q=alpha&page=x"))
    assert "No purchase orders here" in text(buyer.get("/procurement/orders/?q=nobody%00"))


def test_no_page_takes_more_than_twelve_queries(db: None) -> None:
    store = build_store(items=12)
    store.stock(*["5"] * 12)
    first = store.sent(*[store.job(*["3"] * 12) for _ in range(12)])
    services.confirm_order_dates(
        purchase_order=first, dates={line.id: NOW + timedelta(days=40) for line in first.lines.all()}, now=NOW
    )
    receipts = [services.Receipt(line, Decimal(1), f"X{line.id}") for line in first.lines.all()]
    services.receive(purchase_order=first, receipts=receipts, by=store.buyer, now=NOW)
    store.source(*[store.job(*["3"] * 12) for _ in range(12)])
    line = OrderLine.objects.first()
    client = Client()
    client.force_login(store.buyer)
    assert line is not None
    operation = line.operations.order_by("sequence")[0]
    for address in (
        reverse("procurement:home"),
        reverse("procurement:orders"),
        reverse("procurement:order", args=[first.number]),
        reverse("procurement:receive", args=[first.number]),
        reverse("procurement:stock"),
        reverse("procurement:item", args=[store.items[0].number]),
        reverse("procurement:operation-materials", args=[operation.id]),
        reverse("procurement:order-panel", args=[line.order.reference]),
    ):
        with at_most(12):
            assert client.get(address).status_code == 200
    assert PurchaseOrderLine.objects.count() == 24


def test_purchase_orders_are_found_by_number_and_supplier(store: Store) -> None:
    order = store.sent(store.job("5"))
    assert [hit.url for hit in search_purchase_orders(order.number, store.buyer)] == [
        f"/procurement/orders/{order.number}/"
    ]
    assert [hit.number for hit in search_purchase_orders("alpha", store.buyer)] == [order.number]
    operator = User.objects.create_user("op@floor.example", "a long passphrase", roles=[Role.OPERATOR])
    assert search_purchase_orders(order.number, operator) == []

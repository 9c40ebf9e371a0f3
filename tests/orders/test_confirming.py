"""A quotation becomes an order with a number, a promise and a private snapshot."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel.errors import Conflict, Refused
from orders import services
from orders.models import DateChange, Handover, Order, Product, Snapshot, WorkItem
from orders.services import Header, LineInput
from tests.orders import cast

pytestmark = pytest.mark.django_db


def refusal(order: Order, **more: object) -> Refused:
    """What is said to a confirmation that is not possible; nothing of it stays."""
    with pytest.raises(Refused) as caught:
        services.confirm_order(order=order, by=None, **{"now": cast.NOW, **more})
    order.refresh_from_db()
    assert (order.state, order.number) == ("quoted", None)
    assert not Snapshot.objects.exists()
    return caught.value


def test_confirmation_numbers_the_order_and_wakes_planning() -> None:
    order = cast.confirmed()
    assert order.number.startswith("SO-2026-")
    assert order.state == "planning"
    assert list(Handover.objects.values_list("task", flat=True)) == ["planning.plan_jobs"]
    assert not WorkItem.objects.waiting().exists()


def test_the_requested_date_is_promised_at_noon_and_the_promise_has_a_history() -> None:
    line = cast.confirmed().lines.get()
    change = DateChange.objects.get()
    assert line.promised_at == datetime(2026, 12, 10, 11, tzinfo=UTC)
    assert (change.kind, change.value, change.reason) == ("promised", line.promised_at, "As requested")


def test_another_promise_may_be_given() -> None:
    order = services.confirm_order(order=cast.quoted(), by=None, promised=date(2026, 12, 17), now=cast.NOW)
    assert order.lines.get().promised_at == datetime(2026, 12, 17, 11, tzinfo=UTC)


def test_each_line_is_promised_for_its_own_wish() -> None:
    product = cast.published_desk()
    early = LineInput(product, 1, requested_date=date(2026, 12, 1))
    lines = cast.confirmed(early, LineInput(product, 1)).lines.all()
    assert [line.promised_at.day for line in lines] == [1, 10]


def test_without_any_wish_nothing_is_promised() -> None:
    assert cast.confirmed(header=Header()).lines.get().promised_at is None


def test_the_snapshot_holds_the_whole_job_and_its_fingerprint() -> None:
    snapshot = cast.confirmed().lines.get().snapshot
    assert [(row["find_number"], row["quantity"]) for row in snapshot.bom] == [
        (10, "3.2"),
        (20, "8"),
        (30, "0.25"),
    ]
    assert [row["run_minutes"] for row in snapshot.routing] == [11, 60, 45]
    assert [row["lower"] for row in snapshot.characteristics] == ["1599", None]
    assert snapshot.specification[0]["text"] == "Oak"
    parts = ("specification", "bom", "routing", "characteristics", "documents")
    assert snapshot.sha256 == services.canonical_sha256({part: getattr(snapshot, part) for part in parts})


def test_master_data_edited_later_never_touches_an_order() -> None:
    order = cast.confirmed()
    product = order.lines.get().product
    before = Snapshot.objects.values().get()
    slow = tuple(replace(step, run_minutes="999") for step in cast.parts_of(product).routing)
    services.publish_product(product=cast.changed(product, bom=(), routing=slow))
    assert Snapshot.objects.values().get() == before


def test_a_snapshot_cannot_be_rewritten() -> None:
    cast.confirmed()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Snapshot.objects.update(product_revision=9)


def test_a_quotation_without_delivery_address_is_refused() -> None:
    order = cast.quoted()
    Order.objects.update(ship_to=None)
    assert refusal(order).field == "ship_to"


def test_a_past_wish_is_refused() -> None:
    order = cast.quoted()
    Order.objects.update(valid_until=None)
    assert refusal(order, now=cast.NOW + timedelta(days=20)).field == "requested_date"


def test_a_past_promise_is_refused() -> None:
    assert refusal(cast.quoted(), promised=date(2026, 11, 20)).field == "promised"


def test_an_expired_quotation_is_refused() -> None:
    assert "was valid until 23.12.2026" in refusal(cast.quoted(), now=cast.NOW + timedelta(days=31)).message


def test_another_currency_than_the_customers_is_refused() -> None:
    order = cast.quoted()
    order.customer.currency = "USD"
    order.customer.save()
    assert refusal(order).field == "currency"


def test_a_customer_who_orders_by_po_number_must_give_one() -> None:
    order = cast.quoted()
    order.customer.po_required = True
    order.customer.save()
    assert refusal(order).field == "customer_po"
    done = services.confirm_order(order=order, by=None, customer_po=" 4500-77 ", now=cast.NOW)
    assert done.customer_po == "4500-77"


def test_a_po_number_that_is_too_long_is_refused() -> None:
    assert refusal(cast.quoted(), customer_po="4" * 41).field == "customer_po"


def without_oak(product: Product) -> Product:
    """The product with a draft that offers ash where it offered oak."""
    model = cast.parts_of(product)
    oak, steel = model.features[0].children
    ash = replace(model.features[0], children=(replace(oak, code="ASH", label="Ash"), steel))
    return cast.changed(
        product, features=(ash, model.features[1]), bom=model.bom[:2], routing=model.routing[:2]
    )


def test_a_product_that_was_retired_is_refused_with_the_line() -> None:
    order = cast.quoted()
    services.retire_product(product=order.lines.get().product)
    assert refusal(order).field == "lines.10"


def test_a_draft_of_the_product_holds_up_no_quotation() -> None:
    order = cast.quoted()
    without_oak(order.lines.get().product)
    assert services.confirm_order(order=order, by=None, now=cast.NOW).state == "planning"


def test_a_quotation_keeps_the_revision_it_was_made_with() -> None:
    order = cast.quoted()
    services.publish_product(product=without_oak(order.lines.get().product))
    snapshot = services.confirm_order(order=order, by=None, now=cast.NOW).lines.get().snapshot
    assert (snapshot.product_revision, snapshot.specification[0]["text"]) == (1, "Oak")
    assert len(snapshot.bom) == 3


def test_choices_the_model_does_not_allow_are_refused_with_the_line() -> None:
    order = cast.quoted()
    order.lines.update(choices={"TOP": "ASH"})
    assert refusal(order).message == "Line 10: Top: “ASH” is not an option."


def test_a_draft_cannot_be_confirmed() -> None:
    with pytest.raises(Conflict, match="“confirm” is not possible in state “Draft”"):
        services.confirm_order(order=cast.quotation(), by=None, now=cast.NOW)


def test_a_stale_version_is_refused() -> None:
    assert refusal(cast.quoted(), version=1).field == "version"


def test_from_quotation_to_order_takes_few_statements() -> None:
    product, customer, seller = cast.published_desk(), cast.customer(), cast.seller()
    cast.confirmed(LineInput(product, 1))
    wished = Header(requested_date=cast.WISHED)
    with CaptureQueriesContext(connection) as statements:
        order = services.create_quotation(
            customer=customer, lines=[LineInput(product, 3)], by=seller, header=wished, now=cast.NOW
        )
        services.send_quotation(order=order, by=seller, now=cast.NOW)
        services.confirm_order(order=order, by=seller, now=cast.NOW)
    assert len(statements) <= 35


def test_outside_processing_is_in_the_cost_and_stands_on_the_snapshot_with_its_lead_time() -> None:
    product = cast.desk()
    saw, build, oil = cast.parts_of(product).routing
    coat = replace(oil, condition="", run_minutes="0", outside=True, outside_days="5", outside_price="12.5")
    plain = cast.published_desk()
    coated = services.publish_product(product=cast.changed(product, routing=(saw, build, coat)), now=cast.NOW)
    lines = cast.confirmed(LineInput(plain, 2), LineInput(coated, 2)).lines.order_by("position")
    row = lines[1].snapshot.routing[-1]
    assert (row["outside"], row["outside_days"], row["outside_price"], row["run_minutes"]) == (
        True,
        5,
        "12.5",
        0,
    )
    assert lines[1].unit_cost - lines[0].unit_cost == Decimal("12.5")

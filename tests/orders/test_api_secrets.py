"""What must never leave the shop: costs, margins, suppliers, names, reasons, other customers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from orders.engine import DocumentRow
from orders.models import Item, Order, OrderLine, Product, Snapshot, WorkItem
from orders.services import LineInput, hold_job, publish_product, resume_job
from tests.orders import cast
from tests.orders.program import Program, wish

pytestmark = pytest.mark.django_db

CANARY = "CANARY"

ORDER_KEYS = {
    "id number quotation_number customer_po state dates total line_count created_at updated_at links",
    "valid_until confirmed_at ship_policy incoterm incoterm_place progress lines milestones documents",
    "next_actions code text on_hold requested promised forecast actual amount currency self events",
    "stage standing position product name quantity unit specification label value price at line kind title",
    "url event",
}
PRODUCT_KEYS = {
    "code name description revision base_price amount currency links self configure groups parameters rules",
    "price_rules label help required default options price_adder price_percent kind unit minimum maximum",
    "step pattern max_length reason choices",
}


def words(rows: set[str]) -> set[str]:
    """The allowed names."""
    return {word for row in rows for word in row.split()}


def keys(value: Any) -> Iterator[str]:
    """Every name in an answer."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(inner)


def poisoned() -> Product:
    """A product with a canary wherever customers must not look, and a cost nobody could mistake."""
    product = cast.published_desk()
    for number, item in enumerate(Item.objects.all()):
        item.number, item.description, item.standard_cost = f"CANARY-{number}", CANARY, "77777.7777"
        item.save()
    model = cast.parts_of(product)
    top = tuple(
        replace(option, attributes={**option.attributes, "supplier": CANARY, "cost": 77777})
        for option in model.features[0].children
    )
    poison = cast.changed(
        product,
        features=(replace(model.features[0], children=top), *model.features[1:]),
        routing=tuple(replace(step, name=CANARY, instructions=CANARY) for step in model.routing),
        characteristics=tuple(replace(row, label=CANARY, method=CANARY) for row in model.characteristics),
        documents=(DocumentRow("drawing", CANARY, CANARY, CANARY, address=CANARY),),
    )
    return publish_product(product=poison)


def poisoned_order(program: Program) -> Order:
    """An order with canaries in everything of the shop's own, past several moves by named people."""
    seller = cast.person("sales", first_name=CANARY, last_name=CANARY)
    order = program.confirmed(LineInput(poisoned(), 2))
    line = order.lines.get()
    hold_job(line=line, reason=CANARY, by=seller, key="h1")
    resume_job(line=line, by=seller, key="r1")
    hold_job(line=line, reason=CANARY, by=seller, key="h2")
    Order.objects.filter(pk=order.pk).update(owner=seller, note=CANARY)
    OrderLine.objects.filter(order=order).update(unit_cost="77777.77", note=CANARY)
    WorkItem.objects.create(
        key="w", role="buyer", reason=CANARY, url="/CANARY", order=order, opened_at=timezone.now()
    )
    return order


def test_no_answer_holds_a_canary() -> None:
    program, other = Program(), Program(cast.customer(name=CANARY, code=CANARY))
    order, theirs = poisoned_order(program), other.confirmed()
    code = order.lines.get().product.code
    assert "77777" in str(Snapshot.objects.get(line__order=order).bom) + str(order.lines.get().unit_cost)
    answers = [
        program.get(address)
        for address in (
            "/orders",
            f"/orders/{order.number}",
            f"/orders/{order.number}/events",
            f"/orders/{theirs.number}",
            "/products",
            f"/products/{code}",
        )
    ]
    answers.append(program.post(f"/products/{code}/configure", {"choices": {"TOP": "OAK"}, "quantity": 3}))
    answers.append(program.request(wish(order.lines.get().product)))
    leaks = [
        (answer.request["PATH_INFO"], word)
        for answer in answers
        for word in (CANARY, "77777", theirs.number)
        if word in answer.content.decode() + str(dict(answer.headers))
    ]
    assert leaks == []


def test_an_order_has_the_allowed_names_only() -> None:
    program = Program()
    order = poisoned_order(program)
    for address in (f"/orders/{order.number}", f"/orders/{order.number}/events", "/orders"):
        body = program.get(address).json()
        found = body.get("items", body)
        assert set(keys(found)) - words(ORDER_KEYS) == set()


def test_a_new_request_has_the_allowed_names_only() -> None:
    body = Program().request(wish(poisoned())).json()
    assert set(keys(body)) - words(ORDER_KEYS) == set()


def test_a_product_has_the_allowed_names_only() -> None:
    body = Program().get(f"/products/{poisoned().code}").json()
    assert set(keys(body)) - words(PRODUCT_KEYS) == set()

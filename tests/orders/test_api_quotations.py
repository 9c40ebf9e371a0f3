"""Quotations by API: read, accepted and declined once, and nobody else's."""

from typing import Any
from uuid import uuid4

import pytest

from orders import services
from orders.models import Order, QuotationRevision
from orders.services import LineInput, canonical_sha256
from tests.orders import cast
from tests.orders.program import Program

pytestmark = pytest.mark.django_db


def answer(program: Program, order: Order, verb: str, key: str = "", **body: Any) -> Any:
    """POST an answer to revision A."""
    values = {"revision": "A", "name": "Lena Brandt", **body}
    address = f"/quotations/{order.quotation_number}/{verb}"
    return program.post(address, values, **{"Idempotency-Key": key or str(uuid4())})


def document(order: Order) -> str:
    """The fingerprint of revision A."""
    return order.revisions.get(letter="A").sha256


def test_every_revision_is_read_with_the_fingerprint_of_its_content() -> None:
    program = Program()
    order = program.quoted()
    (item,) = program.get(f"/quotations/{order.quotation_number}").json()["items"]
    assert (item["revision"], item["status"]) == ("A", "sent")
    assert item["document_sha256"] == canonical_sha256(item["content"])
    assert "cost" not in str(item)


def test_accepting_makes_the_order_and_a_repeat_gets_the_same_answer() -> None:
    program = Program()
    order = program.quoted()
    first, again = (answer(program, order, "accept", "k", document_sha256=document(order)) for _ in range(2))
    assert (first.status_code, first.json()["number"][:3]) == (200, "SO-")
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")


def test_choices_come_by_line() -> None:
    program, product = Program(), cast.published_desk()
    order = program.quoted(
        LineInput(product, 1), LineInput(product, 1, optional=True), LineInput(product, 1, alternatives=[5])
    )
    body = {"options": [20], "quantities": [{"line": 30, "quantity": 5}]}
    assert answer(program, order, "accept", document_sha256=document(order), **body).status_code == 200
    assert list(order.lines.values_list("quantity", "state")) == [
        (1, "planning"),
        (1, "planning"),
        (5, "planning"),
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"document_sha256": "0" * 64}, 400),
        ({"name": ""}, 400),
        ({"revision": "B"}, 404),
        ({"options": [10]}, 400),
        ({"quantities": [{"line": 10, "quantity": 9}]}, 400),
        ({"colour": "red"}, 400),
    ],
)
def test_a_wrong_acceptance_is_refused_and_nothing_is_ordered(body: dict[str, Any], status: int) -> None:
    program = Program()
    order = program.quoted()
    values = {"document_sha256": document(order), **body}
    assert answer(program, order, "accept", **values).status_code == status
    assert order.revisions.get().open


def test_what_is_over_is_a_conflict_with_a_remedy() -> None:
    program = Program()
    order = program.quoted()
    services.decline_quotation(order=order, reason="No answer", by=None)
    refused = answer(program, order, "accept", document_sha256=document(order))
    assert (refused.status_code, "Ask us for a new revision" in refused.json()["remedy"]) == (409, True)


def test_declining_keeps_the_reason() -> None:
    program = Program()
    order = program.quoted()
    assert answer(program, order, "decline", reason="date", text="Too late").status_code == 200
    assert QuotationRevision.objects.get().lost_reason == "date"


def test_another_customers_quotation_is_unknown() -> None:
    order, stranger = Program().quoted(), Program()
    assert stranger.get(f"/quotations/{order.quotation_number}").status_code == 404
    assert answer(stranger, order, "accept", document_sha256=document(order)).status_code == 404

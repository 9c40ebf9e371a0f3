"""Quotation requests that come by API: carried out once for each Idempotency-Key."""

import json
import re
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from kernel.wording import did_you_mean
from orders.api.authentication import key_of
from orders.api.input import Quotation, body_of
from orders.api.problems import FieldError, Invalid
from orders.api.representations import Json, order_detail
from orders.models import Customer, Order, Product
from orders.selectors import products_by_code
from orders.selectors.for_customers import customer_order, orderable_codes
from orders.services import Answer, Header, LineInput, create_quotation, fingerprint_of, once

KEY = re.compile(r"[!-~]{1,80}")
HEADER_FIELDS = (
    "customer_po",
    "requested_date",
    "currency",
    "ship_policy",
    "incoterm",
    "incoterm_place",
    "note",
)


def place_request(request: Request) -> tuple[Json, bool]:
    """Create the quotation, or give the answer of the first time again (then True).

    ParseError without a usable Idempotency-Key, Invalid or InvalidInput with every fault at its field,
    KeyReused for another body under the same key.
    """
    key = idempotency_key(request)
    scope = f"api:{key_of(request).pk}:POST orders"
    fingerprint = fingerprint_of(request.data)
    act = partial(_create, request, timezone.now())
    answer = once(scope=scope, key=key, fingerprint=fingerprint, act=act)
    return json.loads(answer.body), answer.replayed


def idempotency_key(request: Request) -> str:
    """The header; a ParseError says how it must look."""
    key = str(request.META.get("HTTP_IDEMPOTENCY_KEY", "")).strip()
    if not KEY.fullmatch(key):
        wrong = "is not usable" if key else "is missing"
        raise ParseError(
            f"The header Idempotency-Key {wrong}. Send 1 to 80 visible ASCII characters, such as a UUID, "
            "new for every request and the same for its repeats."
        )
    return key


def _create(request: Request, now: datetime) -> Answer:
    values = body_of(request, Quotation)
    customer = key_of(request).customer
    lines = _lines(values["lines"])
    header = Header(**{name: values[name] for name in HEADER_FIELDS})
    order = create_quotation(
        customer=customer, lines=lines, by=None, header=header, source=Order.Source.API, now=now
    )
    # As text: a database that sorts the names of an object would change the answer of a repeat.
    return Answer(201, json.dumps(order_detail(customer_order(_fresh(order, customer)))))


def _fresh(order: Order, customer: Customer) -> Order:
    """As it was stored, so that the answer is what a later reading gives."""
    order.refresh_from_db()
    order.customer = customer
    return order


def _lines(rows: list[dict[str, Any]]) -> list[LineInput]:
    """The wished lines; Invalid for products that are unknown or cannot be ordered."""
    known = {
        code: product
        for code, product in products_by_code([row["product"] for row in rows]).items()
        if product.status == Product.Status.PUBLISHED and not product.non_catalogue
    }
    missing = [(index, row["product"]) for index, row in enumerate(rows) if row["product"] not in known]
    if missing:
        codes = orderable_codes()
        raise Invalid([_unknown_product(index, code, codes) for index, code in missing])
    return [LineInput(**{**row, "product": known[row["product"]]}) for row in rows]


def _unknown_product(index: int, code: str, codes: list[str]) -> FieldError:
    remedy = did_you_mean(code, codes, "GET products lists what can be ordered.")
    return FieldError(f"lines[{index}].product", f"There is no product “{code}”.", remedy)

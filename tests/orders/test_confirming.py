"""A quotation becomes an order."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders import services
from orders.services import Header, LineInput
from tests.orders import cast

pytestmark = pytest.mark.django_db


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

"""Work orders in the search."""

import pytest
from django.utils import timezone

from orders.models import Role
from orders.selectors import search
from production.models import WorkOrder
from tests.orders import cast

pytestmark = pytest.mark.django_db


def test_a_work_order_is_found_by_its_number_by_staff_only() -> None:
    order = cast.confirmed()
    made = WorkOrder.objects.create(
        line=order.lines.get(), number="WO-2026-00077-01", started_at=timezone.now()
    )
    staff, customer = cast.person(Role.OPERATOR), cast.person(Role.CUSTOMER, customer=order.customer)
    assert [hit.url for hit in search("00077-01", staff)] == [f"/production/work-orders/{made.number}/"]
    assert search("00077-01", customer) == []

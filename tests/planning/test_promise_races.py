"""Promises at the same moment: one gap, two sellers; an acceptance while the sweeper comes by."""

from datetime import timedelta
from itertools import pairwise

import pytest

from kernel.errors import Conflict
from orders.models import Order
from orders.services import expire_quotations
from planning import services
from planning.engine.promise import warm_up_promises
from planning.models import HeldSlot, Hold, Machine
from tests.planning.promising import accepted, desk, quotation, sent
from tests.planning.shop import MONDAY, build_shop
from tests.planning.test_races import at_once


@pytest.fixture
def two(transactional_db: None) -> tuple[Order, Order]:
    """Two quotations of the same desk in a shop with one machine of each kind."""
    warm_up_promises()
    shop = build_shop(machines=1)
    product = desk(shop)
    return quotation(product), quotation(product)


def hold(order: Order) -> None:
    """Somebody holds its dates."""
    services.hold_promise(order=order, way="gap", by=None, now=MONDAY)


def test_two_sellers_never_hold_the_same_time(two: tuple[Order, Order]) -> None:
    raised = at_once(*(lambda each=each: hold(each) for each in two))
    assert not raised
    for machine in Machine.objects.all():
        spans = sorted(machine.held.values_list("during__startswith", "during__endswith"))
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert Hold.objects.active().count() == 2


def test_accepting_while_the_sweeper_comes_by_is_whole_or_nothing(two: tuple[Order, Order]) -> None:
    order = two[0]
    hold(order)
    sent(order)
    late = MONDAY + timedelta(days=40)
    raised = at_once(
        lambda: accepted(order), lambda: expire_quotations(late), lambda: services.sweep_holds(now=late)
    )
    services.sweep_holds(now=late)
    order.refresh_from_db()
    assert all(isinstance(each, Conflict) for each in raised)
    assert HeldSlot.objects.filter(hold__line__order=order).exists() == bool(order.number)

"""The judge of the fault tests must see what is wrong: each test falsifies a copy of true facts."""

from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from demo.services.history import drain
from demo.services.masterdata import make_shop
from demo.services.players import Cast, people, play_round
from demo.services.wishes import Wish, place_order
from orders.models import Customer, Product
from tests.faults.facts import Facts, contradictions, read

pytestmark = pytest.mark.django_db

WITH_GRAPHICS = {"GPU_MODEL": "G3", "GPU_QTY": "1", "PSU_W": "1000"}


@pytest.fixture(scope="module")
def true_facts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Facts:
    """Two orders that arrived: one at once, one after rework and with a purchased card."""
    with django_db_blocker.unblock(), transaction.atomic():
        facts = _live()
        transaction.set_rollback(True)
    return facts


def _live() -> Facts:
    now = timezone.now()
    make_shop(now=now)
    cast = Cast(people=people(), rng=Random(1), failing=1.0)
    product = Product.objects.get(code="NB-W7")
    for customer, choices in (("COBALT", {}), ("BROOK", WITH_GRAPHICS)):
        wish = Wish(Customer.objects.get(code=customer), choices, 1, 40, f"PO-{customer}")
        place_order(wish=wish, product=product, by=None, now=now)
    drain()
    while play_round(cast, timezone.now()):
        drain()
    with connection.cursor() as cursor:
        return read(cursor)


def test_true_facts_hold_no_contradiction(true_facts: Facts) -> None:
    assert contradictions(true_facts, 2) == []


def again(name: str) -> Callable[[Facts], None]:
    """The last row of this kind happened twice."""

    def falsify(facts: Facts) -> None:
        facts[name].append({**facts[name][-1], "id": 10**6})

    return falsify


def lost(name: str) -> Callable[[Facts], None]:
    """The last row of this kind is gone."""

    def falsify(facts: Facts) -> None:
        facts[name].pop()

    return falsify


def other(name: str, **values: object) -> Callable[[Facts], None]:
    """The last row of this kind says something else."""

    def falsify(facts: Facts) -> None:
        facts[name][-1].update(values)

    return falsify


LIES: dict[str, Callable[[Facts], None]] = {
    "an order twice": again("orders"),
    "an order lost": lost("orders"),
    "an order not arrived": other("lines", state="in_transit"),
    "an effect of a move twice": again("moves"),
    "a move lost": lost("moves"),
    "an illegal move": other("moves", event="passed"),
    "a handover lost": lost("handovers"),
    "a handover parked": other("handovers", parked_at=timezone.now()),
    "a handover twice": again("handovers"),
    "the customer told twice": again("milestones"),
    "an operation twice": again("operations"),
    "an operation not done": other("operations", status="ready"),
    "a work order twice": again("work_orders"),
    "an inspection twice": again("inspections"),
    "an NCR left open": other("ncrs", status="open"),
    "pieces booked twice": again("time_entries"),
    "a clock that runs": other("time_entries", ended_at=None),
    "material issued twice": again("stock_moves"),
    "a ledger that lost a row": lost("stock_moves"),
    "stock out of nothing": other("lots", on_hand=Decimal(10**6)),
    "reserved beyond what is there": other("lots", reserved=Decimal(10**6)),
    "a requirement twice": again("requirements"),
    "a peg twice": again("pegs"),
    "received twice": other("purchase_lines", received=Decimal(10**6)),
    "packed twice": again("packed"),
    "a shipment on the road": other("shipments", status="shipped"),
    "a gap in the moves": other("lines", moves_made=3),
    "somebody still waits": lambda facts: facts["waiting"].append({"key": "ship:1", "line_id": None}),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_falsified_copy_is_seen(true_facts: Facts, lie: str) -> None:
    facts = deepcopy(true_facts)
    LIES[lie](facts)
    assert contradictions(facts, 2)

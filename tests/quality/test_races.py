"""Two inspectors at once."""

from decimal import Decimal

import pytest

from orders.models import OrderLine
from quality.models import Inspection, Nonconformance
from quality.services import decide, record
from tests.planning.shop import Shop, build_shop
from tests.production.test_races import at_once
from tests.quality.bench import GOOD, HOT, recorded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    """A shop whose rows are committed."""
    return build_shop()


@pytest.mark.parametrize(("values", "event"), [(GOOD, "passed"), (HOT, "failed")])
def test_an_inspection_is_decided_once(
    shop: Shop, values: dict[int, Decimal | bool | None], event: str
) -> None:
    line, inspection = recorded(shop, values)
    conflicts = at_once(*[lambda: decide(inspection=inspection, by=None)] * 3)
    assert len(conflicts) == 2
    assert line.moves.filter(event=event).count() == 1
    assert Nonconformance.objects.count() == (event == "failed")


def test_a_value_changed_before_the_decision_makes_it_stale(shop: Shop) -> None:
    line, inspection = recorded(shop, GOOD)
    seen = inspection.version
    conflicts = at_once(
        lambda: record(inspection=inspection, values={2: HOT[2]}, by=None, version=seen),
        lambda: decide(inspection=inspection, by=None, version=seen),
    )
    state = OrderLine.objects.get(id=line.id).state
    passed = Inspection.objects.get(id=inspection.id).results.get(number=2).passed
    assert len(conflicts) == 1
    assert (state, passed) in [("quality", False), ("logistics", True)]

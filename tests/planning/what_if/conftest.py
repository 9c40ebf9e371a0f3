"""What the tests of what-ifs start from."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from kernel import clock
from orders.models import OrderLine
from planning.models import Machine, Operation
from tests.planning import promising
from tests.planning.shop import MONDAY, Shop
from tests.planning.what_if.trying import planned


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is Monday morning, and a short search is enough for two jobs."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    with override_settings(MTO_BRANCH_SECONDS=0.05, MTO_NEAR_DAYS=0):
        yield


@pytest.fixture
def jobs(shop: Shop) -> list[Operation]:
    """Two jobs of one cut of four hours each, behind each other on CUT-1, the only machine for it."""
    Machine.objects.filter(code="CUT-2").delete()
    return [planned(shop, minutes=240) for _ in range(2)]


@pytest.fixture
def quotation(shop: Shop) -> OrderLine:
    """A line that is quoted, of a desk the shop can build."""
    return promising.quotation(promising.desk(shop)).lines.get()

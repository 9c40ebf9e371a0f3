"""Two people at once: one wins, the other is told why."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from kernel.errors import Conflict
from planning.models import Operation
from production.models import TimeEntry
from production.services import finish, start
from tests.planning.shop import Shop, build_shop
from tests.production.floor import released

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    """A shop whose rows are committed."""
    return build_shop()


def at_once(*acts: Callable[[], object]) -> list[Conflict]:
    """Let the acts begin at the same moment, each on its own connection; returns the conflicts."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> Conflict | None:
        gate.wait()
        try:
            act()
        except Conflict as conflict:
            return conflict
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return [conflict for conflict in pool.map(run, acts) if conflict]


def test_of_two_operators_one_starts_the_operation(shop: Shop) -> None:
    _, (cut, _) = released(shop)
    conflicts = at_once(*[lambda: start(operation=cut, by=None)] * 2)
    assert [conflict.message for conflict in conflicts] == ["Op 10 Cut is running: you cannot start it now."]
    assert TimeEntry.objects.count() == 1


def test_of_two_jobs_one_gets_the_machine(shop: Shop) -> None:
    (cut, _), (other, _) = released(shop)[1], released(shop)[1]
    machine = shop.machines["CUT-1"]
    conflicts = at_once(
        lambda: start(operation=cut, by=None, machine=machine),
        lambda: start(operation=other, by=None, machine=machine),
    )
    assert len(conflicts) == 1
    assert conflicts[0].message.startswith("CUT-1 is occupied: Op 10 Cut of SO-")
    assert Operation.objects.filter(status="running").count() == 1


def test_the_last_operation_is_finished_once(shop: Shop) -> None:
    line, (cut, fit) = released(shop)
    start(operation=cut, by=None)
    finish(operation=cut, good=1, by=None)
    start(operation=fit, by=None)
    conflicts = at_once(*[lambda: finish(operation=fit, good=1, by=None)] * 3)
    line.refresh_from_db()
    assert len(conflicts) == 2
    assert line.state == "quality"
    assert line.moves.filter(event="produced").count() == 1

"""An order book altered in memory is the one that is loaded with the same changes."""

import random
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db.models import F

from orders.models import OrderLine
from planning import services
from planning.engine import NEVER
from planning.models import Absence, Crew, Machine, Operation, Overtime, Requirement
from planning.selectors import Ledger, load_ledger, minute_of
from planning.selectors import changes as made
from planning.selectors.changes import Change
from planning.selectors.changes.jobs import Gate
from planning.selectors.order_book.ledger import altered
from tests.planning.shop import MONDAY, Shop, make_job, material, moves_to_planning, step

NOW = minute_of(MONDAY)
HOUR, DAY = 60, 1440


@pytest.fixture
def floor(shop: Shop) -> Shop:
    """Jobs of ten pieces in families, one running, some waiting for steel; machines of different speed."""
    Machine.objects.filter(code="CUT-2").update(speed=80)
    crew = Crew.objects.create(code="DAY", name="Day", calendar=shop.calendar, size=3)
    Absence.objects.create(crew=crew, people=1, at=MONDAY, starts=MONDAY, ends=MONDAY + timedelta(days=2))
    for number in range(6):
        cut = step(shop.processes["CUT"], 10, 100, 10, "AB"[number % 2])
        routing = [cut, step(shop.processes["FIT"], 20)]
        bom = [material(shop.items["steel"], 20)] if number % 3 == 0 else []
        line = make_job(shop, routing=routing, bom=bom, promised=MONDAY + timedelta(days=number))
        OrderLine.objects.filter(id=line.id).update(quantity=10)
        services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    Operation.objects.update(quantity=10)
    first = Operation.objects.filter(sequence=10, machine__isnull=False).earliest("during")
    running = Operation.objects.filter(id=first.id)
    running.update(status="running", worked_on=F("machine"), running_since=MONDAY, started_at=MONDAY)
    return shop


def kinds(floor: Shop) -> dict[str, Change]:
    """A change of each kind that leaves the graph as it is."""
    operation, machine = Operation.objects.filter(sequence=10).latest("during"), floor.machines["CUT-1"]
    line, need = operation.line, Requirement.objects.earliest("id")
    return {
        "move": made.Move(operation.id, floor.machines["CUT-2"].id, NOW + 3 * HOUR),
        "pin": made.Pin(operation.id),
        "weigh": made.Weigh(line.order_id, 9),
        "gate": Gate(line.id, NOW + 2 * DAY),
        "lots": made.Lots(operation.id, 3),
        "promise": made.Promise(line.id, NOW + 9 * DAY, "Agreed"),
        "ask": made.Ask(need.id, need.line_id, NOW + DAY),
        "overtime": made.Overtime((machine.id,), NOW + 8 * HOUR, NOW + 10 * HOUR),
        "early": made.Overtime((machine.id,), NOW - 2 * HOUR, NOW + HOUR),
        "down": made.Down(machine.id, NOW + HOUR, NOW + 5 * HOUR),
    }


def same(one: Any, other: Any) -> bool:
    """Whether two parts of a problem are equal, arrays by their values."""
    if isinstance(one, tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(np.array_equal(one, other))


def alike(one: Ledger, other: Ledger) -> bool:
    """Whether two order books say the same, and their problems too."""
    parts = ("rows", "short", "standing", "line_ids")
    return all(same(getattr(one, name), getattr(other, name)) for name in parts) and all(
        same(value, getattr(other.problem, name)) for name, value in vars(one.problem).items()
    )


def test_each_change_alters_the_book_as_if_it_were_loaded_with_it(floor: Shop) -> None:
    now = MONDAY + timedelta(minutes=50)
    for name, change in kinds(floor).items():
        assert alike(altered(load_ledger(now), [change]), load_ledger(now, [change])), name


def test_so_do_several_together(floor: Shop) -> None:
    now, every, chance = MONDAY + timedelta(minutes=50), list(kinds(floor).values()), random.Random(1)
    for _ in range(12):
        changes = chance.sample(every, 3)
        assert alike(altered(load_ledger(now), changes), load_ledger(now, changes))


def test_the_graph_is_not_built_anew_for_hours_and_dates(floor: Shop) -> None:
    book, found = load_ledger(MONDAY), kinds(floor)
    for name in ("overtime", "weigh", "ask", "promise", "gate", "lots"):
        assert altered(book, [found[name]]).problem.after is book.problem.after


def test_the_book_itself_stays_as_it_was(floor: Shop) -> None:
    book, again = load_ledger(MONDAY), load_ledger(MONDAY)
    altered(book, list(kinds(floor).values()))
    assert alike(book, again)


def test_a_speed_is_more_than_hours(floor: Shop) -> None:
    Machine.objects.filter(code="CUT-1").update(speed=50)
    book = load_ledger(MONDAY)
    Machine.objects.filter(code="CUT-1").update(speed=100)
    change = made.Overtime((floor.machines["CUT-1"].id,), NOW + 8 * HOUR, NOW + 9 * HOUR)
    assert alike(altered(book, [change]), load_ledger(MONDAY, [change]))
    assert not Overtime.objects.exists()
    assert book.problem.jobs["release"].max() == NEVER

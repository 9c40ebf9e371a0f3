"""What may be worked on when a job is a graph, and what planners and people decide."""

from datetime import timedelta

import pytest

from kernel.errors import Conflict, Refused
from orders.models import OrderLine
from orders.services import lock_jobs
from planning import services
from planning.models import Absence, Machine, Operation, PlanRequest
from planning.selectors.changes import Pin, Unpin, Weigh
from tests.planning.floor import finish, start
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning, step
from tests.planning.test_selectors_problem import crew, graph

HOUR = timedelta(hours=1)


def released(shop: Shop, *rows: dict[str, object]) -> list[Operation]:
    """The operations of a job that is in production."""
    line = make_job(shop, routing=list(rows))
    services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    OrderLine.objects.update(state="production")
    services.release_operations(lines=list(lock_jobs([line.id]).values()), now=MONDAY)
    return list(line.operations.order_by("sequence"))


def statuses(*operations: Operation) -> list[str]:
    """How they stand now."""
    return [Operation.objects.get(id=each.id).status for each in operations]


def test_branches_are_ready_side_by_side(shop: Shop) -> None:
    assert statuses(*released(shop, *graph(shop))) == ["ready", "ready", "pending"]


def test_the_join_waits_for_the_last_branch(shop: Shop) -> None:
    one, other, last = released(shop, *graph(shop))
    assert finish(start(one)) == []
    assert statuses(last) == ["pending"]
    assert [each.id for each in finish(start(other))] == [last.id]


def test_what_rests_goes_on_when_its_time_has_passed(shop: Shop) -> None:
    one, other, last = released(shop, *graph(shop))
    finish(start(one), now=MONDAY)
    finish(start(other), now=MONDAY)
    last.refresh_from_db()
    assert last.not_before == MONDAY + timedelta(minutes=120)


def test_several_run_at_once_where_there_is_no_limit(shop: Shop) -> None:
    Machine.objects.filter(code="CUT-2").delete()
    Machine.objects.filter(code="CUT-1").update(places=4)
    one, other = (released(shop, step(shop.processes["CUT"], 10))[0] for _ in range(2))
    start(one)
    start(other)
    assert statuses(one, other) == ["running", "running"]


def test_a_machine_that_becomes_a_rack_lets_its_operations_share(shop: Shop) -> None:
    (mine, _) = released(shop, step(shop.processes["CUT"], 10), step(shop.processes["FIT"], 20))
    Machine.objects.filter(work_centre=shop.centres["CUT"]).update(places=4)
    assert services.share_machines() == 1
    mine.refresh_from_db()
    assert mine.shared


def test_what_runs_cannot_be_pinned(shop: Shop) -> None:
    (mine,) = released(shop, step(shop.processes["CUT"], 10))
    start(mine)
    with pytest.raises(Conflict, match="its place is decided"):
        services.apply_changes(changes=[Pin(mine.id)], by=None)


def test_what_has_no_place_cannot_be_pinned(shop: Shop) -> None:
    (mine,) = released(shop, step(shop.processes["CUT"], 10))
    Operation.objects.update(machine=None, during=None)
    with pytest.raises(Refused, match="has no place in the plan"):
        services.apply_changes(changes=[Pin(mine.id)], by=None)


def test_an_unpinned_operation_may_move_again(shop: Shop) -> None:
    (mine,) = released(shop, step(shop.processes["CUT"], 10))
    services.apply_changes(changes=[Pin(mine.id)], by=None)
    services.apply_changes(changes=[Unpin(mine.id)], by=None)
    mine.refresh_from_db()
    assert not mine.pinned


def test_an_unknown_priority_is_refused(shop: Shop) -> None:
    with pytest.raises(Refused, match="no priority 5"):
        services.apply_changes(changes=[Weigh(make_job(shop).order.id, 5)], by=None)


def test_an_absence_asks_for_a_repair(shop: Shop) -> None:
    mine = crew(shop, 2, "WELD")
    services.report_absence(crew=mine, starts=MONDAY, ends=MONDAY + HOUR, now=MONDAY)
    assert PlanRequest.objects.get().reason.startswith("1 person of CREW-0 Crew away until")


@pytest.mark.parametrize(
    ("first", "last", "people", "words"),
    [
        (2, 1, 1, "ends before it starts"),
        (-3, -2, 1, "over already"),
        (0, 24 * 400, 1, "longer than a year"),
        (0, 1, 3, "has 2 of 2 people there"),
        (0, 1, 0, "has 2 of 2 people there"),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(
    shop: Shop, first: int, last: int, people: int, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        services.report_absence(
            crew=crew(shop, 2),
            starts=MONDAY + first * HOUR,
            ends=MONDAY + last * HOUR,
            people=people,
            now=MONDAY,
        )


def test_who_is_back_sooner_is_planned_again(shop: Shop) -> None:
    mine = services.report_absence(crew=crew(shop, 1), starts=MONDAY, ends=MONDAY + 5 * HOUR, now=MONDAY)
    services.end_absence(absence=mine, now=MONDAY + HOUR)
    assert Absence.objects.get().ends == MONDAY + HOUR


def test_an_absence_that_is_over_cannot_be_ended(shop: Shop) -> None:
    mine = services.report_absence(crew=crew(shop, 1), starts=MONDAY, ends=MONDAY + HOUR, now=MONDAY)
    with pytest.raises(Conflict, match="over already"):
        services.end_absence(absence=mine, now=MONDAY + 2 * HOUR)

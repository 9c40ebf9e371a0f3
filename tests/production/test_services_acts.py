"""Start, pause and finish."""

from datetime import timedelta

import pytest

from kernel.errors import Conflict, Refused
from orders.models import OrderLine, User, WorkItem
from planning.models import Operation
from production.models import ScrapReason, TimeEntry, WorkOrder
from production.services import finish, pause, settle_scrap, start
from tests.planning.shop import MONDAY, Shop, require
from tests.production.floor import counted, released, statements

AN_HOUR = timedelta(hours=1)


def test_start_runs_the_operation_and_opens_the_clock(shop: Shop, olga: User) -> None:
    line, (cut, _) = released(shop)
    running = start(operation=cut, by=olga, now=MONDAY)
    entry = TimeEntry.objects.get(operation=cut)
    assert running.status == "running"
    assert (entry.person, entry.machine, entry.ended_at) == (olga, running.worked_on, None)
    assert WorkOrder.objects.get(line=line).status == "in_progress"


def test_start_takes_seven_statements(shop: Shop, olga: User) -> None:
    _, (cut, _) = released(shop)
    with statements() as seen:
        start(operation=cut, by=olga, now=MONDAY)
    assert counted(seen) <= 7


def test_start_on_the_machine_the_operator_stands_at(shop: Shop, olga: User) -> None:
    _, (cut, _) = released(shop)
    running = start(operation=cut, by=olga, machine=shop.machines["CUT-2"], now=MONDAY)
    assert running.worked_on == shop.machines["CUT-2"]


def test_a_running_operation_cannot_be_started_again(shop: Shop, olga: User) -> None:
    _, (cut, _) = released(shop)
    start(operation=cut, by=olga, now=MONDAY)
    with pytest.raises(Conflict, match="running"):
        start(operation=cut, by=olga, now=MONDAY)
    assert TimeEntry.objects.count() == 1


def test_an_occupied_machine_is_named_with_its_job(shop: Shop, olga: User) -> None:
    _, (cut, _) = released(shop)
    _, (other, _) = released(shop)
    start(operation=cut, by=olga, machine=shop.machines["CUT-1"], now=MONDAY)
    with pytest.raises(Conflict, match="CUT-1 is occupied"):
        start(operation=other, by=olga, machine=shop.machines["CUT-1"], now=MONDAY)


def test_an_operation_without_its_material_cannot_start(shop: Shop, olga: User) -> None:
    _, (cut, _) = released(shop)
    require(cut, shop.items["steel"])
    with pytest.raises(Conflict, match="STEEL"):
        start(operation=cut, by=olga, now=MONDAY)


def test_pause_books_the_minutes_and_a_second_start_resumes(shop: Shop, olga: User) -> None:
    _, (cut, _) = released(shop)
    start(operation=cut, by=olga, now=MONDAY)
    pause(operation=cut, by=olga, now=MONDAY + AN_HOUR)
    start(operation=cut, by=olga, now=MONDAY + 2 * AN_HOUR)
    cut.refresh_from_db()
    assert (cut.status, cut.worked_minutes, cut.started_at) == ("running", 60, MONDAY)
    assert TimeEntry.objects.filter(operation=cut, ended_at=None).count() == 1


def test_what_does_not_run_cannot_be_paused(shop: Shop, olga: User) -> None:
    _, (cut, _) = released(shop)
    with pytest.raises(Conflict, match="ready"):
        pause(operation=cut, by=olga, now=MONDAY)


def test_a_held_job_can_be_paused_but_neither_started_nor_finished(shop: Shop, olga: User) -> None:
    line, (cut, _) = released(shop)
    start(operation=cut, by=olga, now=MONDAY)
    OrderLine.objects.filter(id=line.id).update(held_at=MONDAY, hold_reason="Customer asks")
    with pytest.raises(Conflict, match="on hold: Customer asks"):
        finish(operation=cut, good=1, by=olga, now=MONDAY + AN_HOUR)
    pause(operation=cut, by=olga, now=MONDAY + AN_HOUR)
    with pytest.raises(Conflict, match="on hold: Customer asks"):
        start(operation=cut, by=olga, now=MONDAY + AN_HOUR)


def test_finish_books_and_makes_the_next_operation_ready(shop: Shop, olga: User) -> None:
    _, (cut, fit) = released(shop, quantity=3)
    start(operation=cut, by=olga, now=MONDAY)
    finished = finish(operation=cut, good=3, by=olga, now=MONDAY + AN_HOUR)
    cut.refresh_from_db()
    entry = TimeEntry.objects.get(operation=cut)
    assert (cut.status, cut.good, cut.worked_minutes) == ("complete", 3, 60)
    assert (entry.good, entry.ended_at) == (3, MONDAY + AN_HOUR)
    assert [each.id for each in finished.ready] == [fit.id]
    assert not finished.job_done


def test_finish_takes_ten_statements(shop: Shop, olga: User) -> None:
    _, (cut, _) = released(shop)
    start(operation=cut, by=olga, now=MONDAY)
    with statements() as seen:
        finish(operation=cut, good=1, by=olga, now=MONDAY + AN_HOUR)
    assert counted(seen) <= 10


def test_the_last_finish_completes_the_work_order_and_hands_the_job_to_inspection(
    shop: Shop, olga: User
) -> None:
    line, operations = released(shop)
    for operation in operations:
        start(operation=operation, by=olga, now=MONDAY)
        finished = finish(operation=operation, good=1, by=olga, now=MONDAY + AN_HOUR)
    line.refresh_from_db()
    assert finished.job_done
    assert line.state == "quality"
    assert WorkOrder.objects.get(line=line).status == "completed"


def test_a_finished_operation_cannot_be_finished_again(shop: Shop, olga: User) -> None:
    _, (cut, _) = released(shop)
    start(operation=cut, by=olga, now=MONDAY)
    finish(operation=cut, good=1, by=olga, now=MONDAY + AN_HOUR)
    with pytest.raises(Conflict, match="complete"):
        finish(operation=cut, good=1, by=olga, now=MONDAY + AN_HOUR)


@pytest.mark.parametrize(
    ("counts", "field"), [((-1, 4), "good"), ((4, -1), "scrapped"), ((2, 0), "good"), ((2, 2), "good")]
)
def test_quantities_that_do_not_make_the_job_are_refused_at_their_field(
    shop: Shop, olga: User, dropped: ScrapReason, counts: tuple[int, int], field: str
) -> None:
    _, (cut, _) = released(shop, quantity=3)
    start(operation=cut, by=olga, now=MONDAY)
    with pytest.raises(Refused) as refused:
        finish(operation=cut, good=counts[0], scrapped=counts[1], scrap_reason=dropped, by=olga)
    assert refused.value.field == field
    assert Operation.objects.get(id=cut.id).status == "running"


def test_scrap_without_a_reason_is_refused(shop: Shop, olga: User) -> None:
    _, (cut, _) = released(shop, quantity=3)
    start(operation=cut, by=olga, now=MONDAY)
    with pytest.raises(Refused, match="Scrap needs a reason"):
        finish(operation=cut, good=2, scrapped=1, by=olga)


def test_a_note_that_is_too_long_is_refused(shop: Shop, olga: User) -> None:
    _, (cut, _) = released(shop)
    start(operation=cut, by=olga, now=MONDAY)
    with pytest.raises(Refused, match="201 characters"):
        finish(operation=cut, good=1, note="x" * 201, by=olga)


def test_scrap_asks_the_planner_for_replacement_and_the_job_goes_on(
    shop: Shop, olga: User, planner: User, dropped: ScrapReason
) -> None:
    _, (cut, fit) = released(shop, quantity=3)
    start(operation=cut, by=olga, now=MONDAY)
    finish(operation=cut, good=1, scrapped=2, scrap_reason=dropped, note="both edges", by=olga)
    item = WorkItem.objects.waiting().get(role="planner")
    assert item.reason.startswith("Replacement for 2 scrapped pieces")
    assert Operation.objects.get(id=fit.id).status == "ready"
    assert settle_scrap(operation=cut, by=planner)
    assert not WorkItem.objects.waiting().filter(role="planner").exists()


def test_scrap_of_a_paused_operation_stands_in_its_last_entry(
    shop: Shop, olga: User, dropped: ScrapReason
) -> None:
    _, (cut, _) = released(shop, quantity=2)
    start(operation=cut, by=olga, now=MONDAY)
    pause(operation=cut, by=olga, now=MONDAY + AN_HOUR)
    finish(operation=cut, good=1, scrapped=1, scrap_reason=dropped, by=olga, now=MONDAY + 2 * AN_HOUR)
    entry = TimeEntry.objects.get(operation=cut)
    assert (entry.scrapped, entry.ended_at) == (1, MONDAY + AN_HOUR)
    assert Operation.objects.get(id=cut.id).worked_minutes == 60

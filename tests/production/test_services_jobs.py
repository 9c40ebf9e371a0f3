"""Release, rework and withdrawal of jobs."""

import pytest

from orders.models import Milestone, User, WorkItem
from planning.models import Operation
from production.engine.rework import Step, repeat
from production.models import TimeEntry, WorkOrder
from production.services import finish, release_jobs, rework_jobs, start, withdraw_jobs
from tests.planning.shop import MONDAY, Shop, make_job, make_operations
from tests.production.floor import move_of, released, statements


def test_release_gives_the_job_its_work_order_and_work_for_the_operators(shop: Shop) -> None:
    line, (cut, fit) = released(shop)
    number = WorkOrder.objects.get(line=line).number
    assert number == f"WO{line.order.number[2:]}-10"
    assert (cut.status, fit.status) == ("ready", "pending")
    assert WorkItem.objects.waiting().get(key=f"operate:{cut.id}").place == "WC-CUT"


def test_releasing_twice_changes_nothing(shop: Shop) -> None:
    line, _ = released(shop)
    release_jobs(moves=list(line.moves.all()), now=MONDAY)
    assert WorkOrder.objects.count() == 1
    assert Milestone.objects.filter(code="released").count() == 1


def test_release_costs_the_same_for_one_job_and_for_many(shop: Shop) -> None:
    counts = []
    for jobs in (1, 8):
        lines = [make_job(shop, state="production") for _ in range(jobs)]
        for line in lines:
            make_operations(shop, line)
        moves = [move_of(line) for line in lines]
        with statements() as seen:
            release_jobs(moves=moves, now=MONDAY)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10


def test_a_job_without_operations_goes_to_inspection_at_once(shop: Shop) -> None:
    line = make_job(shop, state="production", routing=[])
    release_jobs(moves=[move_of(line)], now=MONDAY)
    line.refresh_from_db()
    assert line.state == "quality"


def test_rework_brings_the_job_back_with_one_operation_per_loop(shop: Shop, olga: User) -> None:
    line, operations = released(shop)
    for operation in operations:
        start(operation=operation, by=olga, now=MONDAY)
        finish(operation=operation, good=1, by=olga, now=MONDAY)
    line.refresh_from_db()
    line.state = "production"
    line.save()
    failed = move_of(line, "failed", "NCR-2026-00001: 2 Width")
    rework_jobs(moves=[failed], now=MONDAY)
    rework_jobs(moves=[failed], now=MONDAY)
    rework = Operation.objects.get(line=line, loop=1)
    assert rework.name == "Rework after NCR-2026-00001"
    assert rework.status == "ready"
    assert WorkOrder.objects.get(line=line).status == "in_progress"


def test_finishing_the_rework_hands_the_job_to_inspection_again(shop: Shop, olga: User) -> None:
    line, _ = released(shop)
    Operation.objects.filter(line=line).update(status="complete", finished_at=MONDAY)
    rework_jobs(moves=[move_of(line, "failed", "Width")], now=MONDAY)
    rework = Operation.objects.get(line=line, loop=1)
    start(operation=rework, by=olga, now=MONDAY)
    assert finish(operation=rework, good=1, by=olga, now=MONDAY).job_done
    line.refresh_from_db()
    assert line.state == "quality"


def test_withdrawal_stops_the_clocks_and_cancels_the_work_order(shop: Shop, olga: User) -> None:
    line, (cut, _) = released(shop)
    start(operation=cut, by=olga, now=MONDAY)
    withdraw_jobs(moves=list(line.moves.all()), now=MONDAY)
    assert WorkOrder.objects.get(line=line).status == "cancelled"
    assert TimeEntry.objects.get(operation=cut).ended_at == MONDAY


def test_rework_repeats_the_longest_attended_step_for_a_quarter_of_its_time() -> None:
    steps = [Step(1, 40), Step(2, 200), Step(3, 4000, unattended=True)]
    assert repeat(steps) == Step(2, 50)


@pytest.mark.parametrize(("steps", "expected"), [([], None), ([Step(1, 8)], Step(1, 15))])
def test_rework_takes_a_quarter_of_an_hour_at_least(steps: list[Step], expected: Step | None) -> None:
    assert repeat(steps) == expected

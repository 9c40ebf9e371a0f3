"""Taking new jobs into the plan."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from orders.models import DateChange, OrderLine, WorkItem
from planning import services
from planning.models import Machine, Operation, Requirement
from tests.planning.shop import MONDAY, Shop, make_job, material, moves_to_planning, step


def plan(*lines: OrderLine) -> None:
    """Plan these jobs on Monday morning."""
    services.plan_jobs(moves=moves_to_planning(*lines), now=MONDAY)


def test_a_job_gets_the_operations_of_its_snapshot(shop: Shop) -> None:
    line = make_job(shop)
    plan(line)
    cut, fit = line.operations.all()
    assert (cut.sequence, cut.name, cut.status) == (10, "Cut", "pending")
    assert (cut.planned_start, cut.planned_end) == (MONDAY, MONDAY + timedelta(hours=1))
    assert (fit.planned_start, fit.planned_end) == (cut.planned_end, MONDAY + timedelta(hours=2))


def test_a_planned_job_goes_on_to_procurement(shop: Shop) -> None:
    line = make_job(shop)
    plan(line)
    line.refresh_from_db()
    assert line.state == "procurement"


def test_the_forecast_is_the_end_and_a_working_day_for_the_delivery(shop: Shop) -> None:
    line = make_job(shop)
    plan(line)
    line.refresh_from_db()
    assert line.forecast_at == MONDAY + timedelta(days=1, hours=2)
    assert DateChange.objects.get(line=line, kind="forecast").reason == "First plan"


def test_requirements_belong_to_their_operations(shop: Shop) -> None:
    line = make_job(shop, bom=[material(shop.items["steel"], 20, "7.5")])
    plan(line)
    requirement = Requirement.objects.get()
    assert requirement.operation.sequence == 20
    assert (requirement.quantity, requirement.unit) == (Decimal("7.5"), "kg")


def test_material_of_an_unknown_operation_belongs_to_the_first(shop: Shop) -> None:
    line = make_job(shop, bom=[material(shop.items["steel"], 99)])
    plan(line)
    assert Requirement.objects.get().operation.sequence == 10


def test_material_is_needed_a_working_day_ahead_but_never_in_the_past(shop: Shop) -> None:
    long = [step(shop.processes["CUT"], 10, 5 * 480), step(shop.processes["FIT"], 20)]
    steel = shop.items["steel"]
    line = make_job(shop, routing=long, bom=[material(steel, 10), material(steel, 20)])
    plan(line)
    first, second = Requirement.objects.order_by("operation__sequence")
    assert first.need_by == MONDAY
    assert second.need_by == MONDAY + timedelta(days=4)


def test_planning_twice_creates_once(shop: Shop) -> None:
    line = make_job(shop, bom=[material(shop.items["steel"], 10)])
    moves = moves_to_planning(line)
    services.plan_jobs(moves=moves, now=MONDAY)
    services.plan_jobs(moves=moves, now=MONDAY)
    assert (Operation.objects.count(), Requirement.objects.count(), line.moves.count()) == (2, 1, 2)


def test_jobs_of_one_batch_never_share_a_machine(shop: Shop) -> None:
    plan(*(make_job(shop) for _ in range(5)))
    starts = sorted(Operation.objects.filter(sequence=10).values_list("machine__code", "during"))
    assert len(set(starts)) == 5


def test_the_earliest_promise_takes_the_earliest_gap(shop: Shop) -> None:
    Machine.objects.filter(code="CUT-2").delete()
    late, soon = make_job(shop), make_job(shop, promised=MONDAY + timedelta(days=3))
    plan(late, soon)
    assert soon.operations.get(sequence=10).planned_start == MONDAY
    assert late.operations.get(sequence=10).planned_start == MONDAY + timedelta(hours=1)


def test_a_new_job_goes_around_planned_and_running_work(shop: Shop) -> None:
    Machine.objects.filter(code="CUT-2").delete()
    first = make_job(shop, routing=[step(shop.processes["CUT"], 10, 120)])
    plan(first)
    first.operations.update(
        status="running",
        worked_on=shop.machines["CUT-1"],
        started_at=MONDAY,
        running_since=MONDAY,
        machine=None,
        during=None,
    )
    second = make_job(shop)
    plan(second)
    assert second.operations.get(sequence=10).planned_start == MONDAY + timedelta(hours=2)


def test_an_operation_nobody_can_do_keeps_the_job_and_tells_the_planner(shop: Shop) -> None:
    line = make_job(shop)
    Machine.objects.filter(work_centre=shop.centres["FIT"]).update(active=False)
    plan(line)
    line.refresh_from_db()
    work = WorkItem.objects.waiting().get(role="planner")
    assert line.state == "planning"
    assert work.key == f"plan:{line.id}"
    assert "Op 20 Fit has no machine that may do it" in work.reason


def test_a_job_that_waited_for_a_machine_goes_on_by_itself(shop: Shop) -> None:
    line = make_job(shop)
    fitting = Machine.objects.filter(work_centre=shop.centres["FIT"])
    fitting.update(active=False)
    plan(line)
    fitting.update(active=True)
    services.replan(now=MONDAY)
    line.refresh_from_db()
    assert line.state == "procurement"
    assert not WorkItem.objects.waiting().filter(role="planner").exists()


def test_the_database_refuses_a_double_booked_machine(shop: Shop) -> None:
    plan(make_job(shop), make_job(shop))
    slot = Operation.objects.filter(sequence=10).values("machine", "during").first()
    assert slot is not None
    Operation.objects.filter(sequence=10).update(machine=slot["machine"], during=slot["during"])
    with pytest.raises(IntegrityError, match="one_operation_at_a_time_per_machine"):
        connection.check_constraints()


@pytest.mark.parametrize("jobs", [1, 20])
def test_statements_do_not_grow_with_the_batch(shop: Shop, jobs: int) -> None:
    bom = [material(shop.items["steel"], 10, number=number) for number in range(1, 13)]
    moves = moves_to_planning(*(make_job(shop, bom=bom) for _ in range(jobs)))
    with CaptureQueriesContext(connection) as captured:
        services.plan_jobs(moves=moves, now=MONDAY)
    own = [each["sql"] for each in captured if "planning_" in each["sql"] or "forecast" in each["sql"]]
    assert len(own) <= 14
    assert len(captured) <= 14


def test_an_outside_operation_without_minutes_of_ours_holds_no_job_up(shop: Shop) -> None:
    coat = {**step(shop.processes["FIT"], 20, minutes=0), "outside": True, "outside_days": 5}
    line = make_job(shop, routing=[step(shop.processes["CUT"], 10), coat])
    plan(line)
    line.refresh_from_db()
    assert line.state == "procurement"
    assert all(operation.planned_end for operation in line.operations.all())

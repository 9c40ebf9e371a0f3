"""Making the whole plan anew."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from orders.models import OrderLine
from planning import services
from planning.models import Machine, Operation, PlanRequest, PlanState
from planning.services import Material
from tests.planning.shop import (
    MONDAY,
    Shop,
    make_job,
    make_operations,
    material,
    moves_to_planning,
    step,
)


def planned(shop: Shop, count: int = 1, **wishes: object) -> list[OrderLine]:
    """Jobs that are in the plan since Monday morning."""
    lines = [make_job(shop, **wishes) for _ in range(count)]
    services.plan_jobs(moves=moves_to_planning(*lines), now=MONDAY)
    return lines


def running(operation: Operation, machine: Machine) -> None:
    """Let the operation run since Monday morning."""
    Operation.objects.filter(id=operation.id).update(
        status="running", worked_on=machine, started_at=MONDAY, running_since=MONDAY
    )


def test_a_replan_counts_itself_and_clears_the_requests(shop: Shop) -> None:
    planned(shop)
    PlanRequest.objects.all().delete()
    services.request_replan(reason="Machine CUT-1 is down")
    services.request_replan(reason="And more")
    services.replan(now=MONDAY)
    state = PlanState.objects.get()
    assert (state.version, state.operations, state.late_jobs) == (1, 2, 0)
    assert state.reason == "Machine CUT-1 is down, and 1 more"
    assert not PlanRequest.objects.exists()


def test_a_replan_without_any_change_writes_nothing(shop: Shop) -> None:
    planned(shop)
    outcome = services.replan(now=MONDAY)
    assert outcome is not None
    assert (outcome.written, outcome.given_up) == (0, 0)


def test_a_replan_of_nothing_is_a_plan_too(shop: Shop) -> None:
    services.request_replan(reason="Just so")
    services.replan(now=MONDAY)
    assert PlanState.objects.get().operations == 0


def test_an_operation_that_was_not_started_moves_to_now(shop: Shop) -> None:
    (line,) = planned(shop)
    later = MONDAY + timedelta(hours=3)
    services.replan(now=later)
    assert line.operations.get(sequence=10).planned_start == later


def test_a_running_operation_stays_on_its_machine(shop: Shop) -> None:
    (line,) = planned(shop, routing=[step(shop.processes["CUT"], 10, 120)])
    running(line.operations.get(), shop.machines["CUT-2"])
    services.replan(now=MONDAY + timedelta(hours=1))
    operation = line.operations.get()
    assert operation.machine == shop.machines["CUT-2"]
    assert operation.planned_end == MONDAY + timedelta(hours=2)


def test_a_running_operation_past_its_end_is_reckoned_to_end_soon(shop: Shop) -> None:
    (line,) = planned(shop)
    running(line.operations.get(sequence=10), shop.machines["CUT-1"])
    now = MONDAY + timedelta(hours=3)
    services.replan(now=now)
    assert line.operations.get(sequence=10).planned_end == now + timedelta(minutes=15)
    assert line.operations.get(sequence=20).planned_start == now + timedelta(minutes=15)


def test_a_paused_operation_waits_for_its_own_machine(shop: Shop) -> None:
    (line,) = planned(shop, routing=[step(shop.processes["CUT"], 10, 120)])
    Operation.objects.update(status="paused", worked_on=shop.machines["CUT-2"], worked_minutes=90)
    services.replan(now=MONDAY + timedelta(hours=2))
    operation = line.operations.get()
    assert operation.machine == shop.machines["CUT-2"]
    assert operation.planned_end == MONDAY + timedelta(hours=2, minutes=30)


def test_the_more_urgent_job_goes_first(shop: Shop) -> None:
    Machine.objects.filter(code="CUT-2").delete()
    (patient,) = planned(shop)
    (urgent,) = planned(shop, promised=MONDAY + timedelta(days=1))
    assert urgent.operations.get(sequence=10).planned_start == MONDAY + timedelta(hours=1)
    services.replan(now=MONDAY)
    assert urgent.operations.get(sequence=10).planned_start == MONDAY
    assert patient.operations.get(sequence=10).planned_start == MONDAY + timedelta(hours=1)


def test_a_slipping_material_moves_operation_forecast_and_need_by_date(shop: Shop) -> None:
    (line,) = planned(shop, bom=[material(shop.items["steel"], 10), material(shop.items["steel"], 20)])
    line.refresh_from_db()
    before = line.forecast_at
    first, second = line.requirements.order_by("operation__sequence")
    expected = MONDAY + timedelta(days=7)
    services.report_material(reports=[Material(first.id, Decimal(0), Decimal(0), expected)], now=MONDAY)
    services.replan(now=MONDAY)
    line.refresh_from_db()
    second.refresh_from_db()
    assert line.operations.get(sequence=10).planned_start == expected
    assert line.forecast_at == before + timedelta(days=7)
    assert second.need_by == MONDAY + timedelta(days=4)


def test_forecast_changes_carry_their_reason(shop: Shop) -> None:
    (line,) = planned(shop)
    services.replan(reason="The cutters were ill", now=MONDAY + timedelta(days=2))
    assert line.date_changes.latest("id").reason == "The cutters were ill"


def test_a_machine_out_of_service_loses_its_work(shop: Shop) -> None:
    planned(shop, 2)
    Machine.objects.filter(code="CUT-1").update(active=False)
    services.replan(now=MONDAY)
    cuts = Operation.objects.filter(sequence=10)
    assert set(cuts.values_list("machine__code", flat=True)) == {"CUT-2"}


def test_work_waits_for_the_next_shift(shop: Shop) -> None:
    (line,) = planned(shop)
    friday_night = MONDAY + timedelta(days=4, hours=12)
    services.replan(now=friday_night)
    assert line.operations.get(sequence=10).planned_start == MONDAY + timedelta(days=7)


def test_public_holidays_are_free(shop: Shop) -> None:
    shop.calendar.country = "DE"
    shop.calendar.save()
    (line,) = planned(shop)
    christmas = MONDAY.replace(month=12, day=25)
    services.replan(now=christmas)
    assert line.operations.get(sequence=10).planned_start == christmas.replace(day=28)


def test_new_jobs_between_thinking_and_storing_keep_their_slots(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    Machine.objects.filter(code="CUT-2").delete()
    (first,) = planned(shop)
    repair = services.replan.__globals__["engine"].repair
    came: list[OrderLine] = []

    def think(problem: object, standing: object) -> object:
        came.extend(planned(shop))
        return repair(problem, standing)

    monkeypatch.setattr("planning.engine.repair", think)
    outcome = services.replan(now=MONDAY + timedelta(hours=1))
    connection.check_constraints()
    assert outcome is not None
    assert outcome.given_up == 2
    assert came[0].operations.get(sequence=10).planned_start == MONDAY + timedelta(hours=1)
    assert first.operations.get(sequence=10).machine is None
    assert PlanRequest.objects.exists()


def test_the_sweeper_starts_a_replan_that_was_asked_for(shop: Shop) -> None:
    planned(shop)
    services.request_replan(reason="Anything")
    now = timezone.now()
    assert services.sweep_plan(now=now) == 1
    assert services.sweep_plan(now=now) == 0


def test_the_sweeper_leaves_a_good_plan_alone(shop: Shop) -> None:
    planned(shop)
    services.replan(now=MONDAY)
    assert services.sweep_plan(now=MONDAY + timedelta(minutes=30)) == 0


def test_the_sweeper_sees_operations_that_were_not_started(shop: Shop) -> None:
    planned(shop)
    services.replan(now=MONDAY)
    assert services.sweep_plan(now=MONDAY + timedelta(hours=2)) == 1


def test_the_sweeper_waits_ten_times_as_long_as_the_last_replan_took(shop: Shop) -> None:
    planned(shop)
    services.replan(now=MONDAY)
    state = PlanState.objects.get()
    assert state.next_at is not None
    assert state.next_at >= MONDAY + max(timedelta(seconds=1), 10 * timedelta(milliseconds=state.took_ms))


def queued_for_fitting(shop: Shop) -> OrderLine:
    """Three jobs of an hour's cut and a shift's fit on one fitter, none planned yet; the one that is last."""
    Machine.objects.filter(code="FIT-2").delete()
    routing = [step(shop.processes["CUT"], 10), step(shop.processes["FIT"], 20, 480)]
    for _ in range(3):
        make_operations(shop, make_job(shop, state="production", routing=routing))
    services.replan(now=MONDAY)
    return Operation.objects.filter(sequence=20).latest("during__startswith").line


def test_nobody_waits_beside_an_idle_machine(shop: Shop) -> None:
    cut = queued_for_fitting(shop).operations.get(sequence=10)
    assert cut.planned_end is not None
    assert cut.planned_end.date() == MONDAY.date()


def late_for_good(shop: Shop) -> None:
    """Two jobs that are due before they can be done, on one cutter."""
    Machine.objects.filter(code="CUT-2").delete()
    planned(shop, 2, promised=MONDAY - timedelta(days=1))


def test_a_plan_that_cannot_be_better_is_settled(shop: Shop) -> None:
    planned(shop)
    services.replan(now=MONDAY)
    assert PlanState.objects.get().settled


def test_rounds_of_improvement_go_on_until_one_finds_nothing(shop: Shop) -> None:
    late_for_good(shop)
    services.replan(now=MONDAY)
    PlanState.objects.update(settled=False, next_at=None, computed_at=MONDAY)
    assert services.sweep_plan(now=MONDAY) == 1
    services.replan(now=MONDAY)
    assert PlanState.objects.get().settled
    assert services.sweep_plan(now=MONDAY + timedelta(minutes=5)) == 0


def test_a_replan_is_not_in_vain_where_the_plan_was_repaired_meanwhile(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (line,) = planned(shop)
    Machine.objects.filter(code="CUT-1").update(active=False)
    think = services.replan.__globals__["think"]

    def interrupted(book: object, seed: int) -> object:
        thought = think(book, seed=seed)
        services.request_replan(reason="A breakdown")
        services.repair_plan(now=MONDAY)
        return thought

    monkeypatch.setitem(services.replan.__globals__, "think", interrupted)
    assert services.replan(now=MONDAY) is not None
    assert PlanState.objects.get().version == 2
    assert line.operations.get(sequence=10).machine == shop.machines["CUT-2"]

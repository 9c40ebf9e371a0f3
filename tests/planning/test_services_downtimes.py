"""Machines that stand, and what the plan makes of it."""

from datetime import timedelta

import pytest

from kernel.errors import Conflict, Refused
from orders.models import OrderLine
from planning import services
from planning.models import Downtime, Operation, PlanRequest, PlanVersion
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning, step

HOUR = timedelta(hours=1)


def planned(shop: Shop, count: int = 1, **wishes: object) -> list[OrderLine]:
    """Jobs that are in the plan since Monday morning."""
    lines = [make_job(shop, **wishes) for _ in range(count)]
    services.plan_jobs(moves=moves_to_planning(*lines), now=MONDAY)
    return lines


def down(shop: Shop, hours: int = 4, code: str = "CUT-1") -> Downtime:
    """The machine stands from Monday morning on."""
    machine = shop.machines[code]
    return services.report_downtime(machine=machine, starts=MONDAY, ends=MONDAY + hours * HOUR, now=MONDAY)


def test_a_breakdown_moves_its_operation_to_another_machine(shop: Shop) -> None:
    (line,) = planned(shop, promised=MONDAY + timedelta(days=3))
    down(shop, 30)
    services.repair_plan(now=MONDAY)
    assert line.operations.get(sequence=10).machine == shop.machines["CUT-2"]


def test_a_repair_leaves_the_others_where_they_stand(shop: Shop) -> None:
    lines = planned(shop, 4)
    before = dict(Operation.objects.exclude(machine__code="CUT-1").values_list("id", "during"))
    down(shop, 1)
    done = services.repair_plan(now=MONDAY)
    after = dict(Operation.objects.filter(id__in=before).values_list("id", "during"))
    assert done is not None
    assert done.moved <= 4
    assert sum(before[each] != after[each] for each in before) <= 2
    assert lines[0].operations.get(sequence=10).planned_start >= MONDAY


def test_a_running_operation_goes_on_when_its_machine_is_back(shop: Shop) -> None:
    (line,) = planned(shop, routing=[step(shop.processes["CUT"], 10, 120)])
    Operation.objects.update(
        status="running", worked_on=shop.machines["CUT-1"], started_at=MONDAY, running_since=MONDAY
    )
    down(shop, 4)
    services.repair_plan(now=MONDAY)
    assert line.operations.get().planned_end == MONDAY + 6 * HOUR
    (words,) = services.what_runs([shop.machines["CUT-1"], shop.machines["CUT-2"]])
    assert "it is planned to go on when CUT-1 is back" in words


def test_a_machine_that_is_back_sooner_is_planned_again(shop: Shop) -> None:
    downtime = down(shop, 4)
    services.end_downtime(downtime=downtime, now=MONDAY + HOUR)
    downtime.refresh_from_db()
    assert downtime.ends == MONDAY + HOUR
    assert PlanRequest.objects.latest("id").reason == "CUT-1 can be used again"


def test_a_downtime_that_is_over_cannot_be_ended(shop: Shop) -> None:
    downtime = down(shop, 4)
    with pytest.raises(Conflict, match="over already"):
        services.end_downtime(downtime=downtime, now=MONDAY + 5 * HOUR)


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        (2, 1, "ends before it starts"),
        (-3, -1, "over already"),
        (0, 24 * 400, "longer than a year"),
    ],
)
def test_impossible_times_are_refused_with_what_to_do(shop: Shop, starts: int, ends: int, words: str) -> None:
    with pytest.raises(Refused, match=words) as refusal:
        services.report_downtime(
            machine=shop.machines["CUT-1"],
            starts=MONDAY + starts * HOUR,
            ends=MONDAY + ends * HOUR,
            now=MONDAY,
        )
    assert refusal.value.field
    assert refusal.value.remedy
    assert not Downtime.objects.exists()


def test_a_machine_that_breaks_down_at_night_moves_nothing(shop: Shop) -> None:
    (line,) = planned(shop)
    machine, night = shop.machines["CUT-1"], MONDAY + 14 * HOUR
    services.report_downtime(machine=machine, starts=night, ends=night + 4 * HOUR, now=MONDAY)
    before = line.operations.get(sequence=10).during
    services.repair_plan(now=MONDAY)
    assert line.operations.get(sequence=10).during == before


def test_a_calendar_without_working_time_is_named(shop: Shop) -> None:
    shop.calendar.shifts.all().delete()
    with pytest.raises(Refused, match="no working time at all"):
        down(shop)


def test_a_repair_is_a_version_of_the_plan(shop: Shop) -> None:
    planned(shop)
    PlanRequest.objects.all().delete()
    down(shop, 30)
    services.repair_plan(now=MONDAY)
    version = PlanVersion.objects.latest("id")
    assert (version.kind, version.operations, version.moved) == ("repaired", 2, 1)
    assert version.reason.startswith("Breakdown of CUT-1 until Tue 24 Nov")
    assert version.moved_percent == 50.0


def test_what_was_repaired_waits_for_the_next_replan(shop: Shop) -> None:
    planned(shop)
    down(shop)
    services.repair_plan(now=MONDAY)
    assert not PlanRequest.objects.filter(repaired=False).exists()
    assert PlanRequest.objects.filter(repaired=True).exists()


def test_the_promise_never_moves_with_the_plan(shop: Shop) -> None:
    (line,) = planned(shop, promised=MONDAY + timedelta(days=3))
    for code in ("CUT-1", "CUT-2"):
        down(shop, 24 * 7, code)
    services.repair_plan(now=MONDAY)
    services.replan(now=MONDAY)
    before = line.promised_at
    line.refresh_from_db()
    assert line.promised_at == before
    assert line.forecast_at > before


def test_the_baseline_stays_where_the_first_plan_put_it(shop: Shop) -> None:
    (line,) = planned(shop)
    first = line.operations.get(sequence=10)
    for code in ("CUT-1", "CUT-2"):
        down(shop, 24 * 7, code)
    services.repair_plan(now=MONDAY)
    moved = line.operations.get(sequence=10)
    assert moved.during.lower >= MONDAY + timedelta(days=7)
    assert moved.baseline == first.during


def test_what_found_a_place_late_has_that_as_its_baseline(shop: Shop) -> None:
    shop.centres["CUT"].machines.update(active=False)
    (line,) = planned(shop)
    shop.centres["CUT"].machines.update(active=True)
    services.repair_plan(now=MONDAY)
    operation = line.operations.get(sequence=10)
    assert operation.baseline == operation.during


def test_a_job_on_hold_lets_the_others_go_first(shop: Shop) -> None:
    (line,) = planned(shop)
    OrderLine.objects.filter(id=line.id).update(held_at=MONDAY, hold_reason="Customer checks the drawing")
    services.repair_plan(now=MONDAY)
    assert line.operations.get(sequence=10).planned_start >= MONDAY + timedelta(days=1)


def test_old_versions_are_purged_but_the_last_ones_stay(shop: Shop) -> None:
    old = {"kind": "repaired", "reason": "x", "at": MONDAY - timedelta(days=200), "operations": 1, "moved": 0}
    PlanVersion.objects.bulk_create(PlanVersion(**old) for _ in range(250))
    assert services.purge_versions(now=MONDAY) == 50
    assert services.purge_versions(now=MONDAY) == 0

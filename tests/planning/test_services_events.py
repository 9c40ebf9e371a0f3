"""What happens in the shop, and what the plan makes of it: asked for, swept, repaired, stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from orders.models import OrderLine
from orders.services import hold_job, lock_jobs, resume_job
from planning import services
from planning.models import Downtime, Machine, Operation, PlanRequest, PlanVersion
from planning.services import Material
from tests.planning.floor import finish, start
from tests.planning.shop import MONDAY, Shop, make_job, material, moves_to_planning, step

HOUR = timedelta(hours=1)


def planned(shop: Shop, **wishes: object) -> OrderLine:
    """A job that is in the plan since Monday morning."""
    line = make_job(shop, **wishes)  # type: ignore[arg-type]
    services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    services.replan(now=MONDAY)
    line.refresh_from_db()
    return line


def in_production(line: OrderLine) -> Operation:
    """Release the job; its first operation."""
    OrderLine.objects.filter(id=line.id).update(state="production")
    line.refresh_from_db()
    services.release_operations(lines=[line])
    return line.operations.earliest("sequence")


def repaired(now: datetime) -> None:
    """The sweeper has something to do, and a worker does it."""
    assert services.sweep_plan(now=now) == 1
    assert services.repair_plan(now=now) is not None


@contextmanager
def others_stay(shop: Shop, line: OrderLine) -> Iterator[None]:
    """Another job of the next week stays where it stands, and no promise moves."""
    other = planned(shop, routing=[step(shop.processes["FIT"], 10)])
    week = timedelta(days=7)
    other.operations.update(during=DateTimeTZRange(MONDAY + week, MONDAY + week + HOUR))
    place = other.operations.values_list("machine", "during")
    before, promises = list(place.all()), OrderLine.objects.order_by("id").values_list("promised_at")
    promised = list(promises.all())
    yield
    assert list(place.all()) == before
    assert list(promises.all()) == promised


def forecast(line: OrderLine) -> datetime:
    """What is forecast by now."""
    line.refresh_from_db()
    assert line.forecast_at is not None
    return line.forecast_at


def begins(line: OrderLine) -> datetime:
    """When the job's first open operation is planned to start."""
    found = line.operations.open().earliest("loop", "sequence").planned_start
    assert found is not None
    return found


def down(shop: Shop, ends: datetime) -> list[Downtime]:
    """Both cutters stand from Monday morning on."""
    machines = (shop.machines["CUT-1"], shop.machines["CUT-2"])
    return [services.report_downtime(machine=each, starts=MONDAY, ends=ends, now=MONDAY) for each in machines]


def test_a_late_start(shop: Shop) -> None:
    line = planned(shop)
    before, now = forecast(line), MONDAY + 3 * HOUR
    repaired(now)
    assert (begins(line), forecast(line)) == (now, before + 3 * HOUR)
    assert PlanVersion.objects.latest("id").reason == "Operations were not started in time"


def test_an_early_finish(shop: Shop) -> None:
    line = planned(shop, routing=[step(shop.processes["CUT"], 10, 240), step(shop.processes["FIT"], 20)])
    with others_stay(shop, line):
        before = forecast(line)
        finish(start(in_production(line), now=MONDAY), now=MONDAY + HOUR)
        repaired(MONDAY + HOUR)
        assert forecast(line) <= before


def test_a_breakdown_and_its_early_end(shop: Shop) -> None:
    line = planned(shop)
    with others_stay(shop, line):
        before = forecast(line)
        downtimes = down(shop, MONDAY + timedelta(days=1))
        repaired(MONDAY)
        assert (begins(line), forecast(line)) == (MONDAY + timedelta(days=1), before + timedelta(days=1))
        for each in downtimes:
            services.end_downtime(downtime=each, now=MONDAY + HOUR)
        repaired(MONDAY + HOUR)
    services.replan(now=MONDAY + HOUR)
    assert (begins(line), forecast(line)) == (MONDAY + HOUR, before + HOUR)


def test_a_late_purchase(shop: Shop) -> None:
    line = planned(shop, bom=[material(shop.items["steel"], 10)])
    with others_stay(shop, line):
        before, days = forecast(line), timedelta(days=3)
        need = line.requirements.get()
        services.report_material(
            reports=[Material(need.id, Decimal(0), Decimal(0), MONDAY + days)], now=MONDAY
        )
        repaired(MONDAY)
        assert (begins(line), forecast(line)) == (MONDAY + days, before + days)


def test_an_operation_that_takes_longer(shop: Shop) -> None:
    line = planned(shop)
    with others_stay(shop, line):
        start(in_production(line), now=MONDAY)
        services.sweep_plan(now=MONDAY)
        before, now = forecast(line), MONDAY + 3 * HOUR
        repaired(now)
        assert forecast(line) == before + 2 * HOUR + timedelta(minutes=15)


def test_scrap(shop: Shop) -> None:
    line = planned(shop)
    with others_stay(shop, line):
        cut = start(in_production(line), now=MONDAY)
        done = [services.Done(cut, good=0, scrapped=1, worked_minutes=60)]
        services.finish_operations(done=done, jobs=lock_jobs([line.id]), now=MONDAY + 2 * HOUR)
        repaired(MONDAY + 2 * HOUR)
        assert begins(line) == MONDAY + 2 * HOUR


def test_rework(shop: Shop) -> None:
    line = planned(shop, routing=[step(shop.processes["CUT"], 10)])
    with others_stay(shop, line):
        before = forecast(line)
        process = shop.processes["FIT"].id
        services.add_rework(line=line, loop=1, name="Again", process_id=process, minutes=240, now=MONDAY)
        repaired(MONDAY)
        assert line.operations.get(loop=1).machine is not None
        assert forecast(line) > before


def test_a_rush_order(shop: Shop) -> None:
    Machine.objects.filter(code="CUT-2").delete()
    patient = planned(shop, routing=[step(shop.processes["CUT"], 10, 300)])
    rush = make_job(shop, promised=MONDAY + timedelta(days=1))
    with others_stay(shop, patient):
        services.plan_jobs(moves=moves_to_planning(rush), now=MONDAY)
        repaired(MONDAY)
        assert (begins(rush), begins(patient)) == (MONDAY, MONDAY + HOUR)


def test_a_hold_and_its_end(shop: Shop) -> None:
    line = planned(shop)
    with others_stay(shop, line):
        before, day = forecast(line), timedelta(days=1)
        hold_job(line=line, reason="Drawing is wrong", by=None, now=MONDAY)
        repaired(MONDAY)
        assert (begins(line), forecast(line)) == (MONDAY + day, before + day)
        assert PlanVersion.objects.latest("id").reason.endswith("is on hold")
        resume_job(line=line, by=None, now=MONDAY)
        repaired(MONDAY + HOUR)
    services.replan(now=MONDAY + HOUR)
    assert (begins(line), forecast(line)) == (MONDAY + HOUR, before + HOUR)


def test_a_hold_without_open_operations_asks_for_nothing(shop: Shop) -> None:
    line = make_job(shop, state="logistics")
    hold_job(line=line, reason="Not paid", by=None, now=MONDAY)
    assert not PlanRequest.objects.exists()

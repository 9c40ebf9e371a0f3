"""Why this date: in full for staff, in safe words for customers, and what one fact hurts."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders.models import Milestone, OrderLine, User
from planning import selectors, services
from planning.models import Downtime, Machine, PlanVersion
from planning.services import Material
from tests.planning.shop import MONDAY, Shop, make_job, material, moves_to_planning, step

HOUR = timedelta(hours=1)


@pytest.fixture
def planner(client: Client, db: None) -> Client:
    """A browser in which a planner has signed in."""
    client.force_login(User.objects.create_user("planner@example.com", roles=["planner"]))
    return client


def planned(shop: Shop, count: int = 1, **wishes: object) -> list[OrderLine]:
    """Jobs that are in the plan since Monday morning."""
    lines = [make_job(shop, **wishes) for _ in range(count)]
    services.plan_jobs(moves=moves_to_planning(*lines), now=MONDAY)
    for line in lines:
        line.refresh_from_db()
    return lines


def why(line: OrderLine) -> selectors.Why:
    """Why this job is forecast for its day."""
    return selectors.why_jobs([line.id], MONDAY)[line.id]


def slip(line: OrderLine, days: int) -> None:
    """The job's first material comes so many days later."""
    need = line.requirements.earliest("id")
    report = Material(need.id, Decimal(0), Decimal(0), MONDAY + timedelta(days=days))
    services.report_material(reports=[report], now=MONDAY)
    services.repair_plan(now=MONDAY)
    line.refresh_from_db()


def test_the_stretches_add_up_to_the_forecast(shop: Shop) -> None:
    (line,) = planned(shop)
    assert line.forecast_at is not None
    assert why(line).minutes == (line.forecast_at - MONDAY).total_seconds() / 60


def test_a_job_that_waits_names_whom_it_waits_behind(shop: Shop) -> None:
    Machine.objects.filter(code="CUT-2").update(active=False)
    first, second = planned(shop, 2)
    (queue,) = [each for each in why(second).stretches if each.kind == "queue"]
    assert queue.words == f"Op 10 Cut waits for CUT-1 behind {first.order} line 10 (Op 10 Cut)"
    assert queue.length == "1 h"


def test_late_material_is_named_with_item_and_day(shop: Shop) -> None:
    (line,) = planned(shop, bom=[material(shop.items["steel"], 10)])
    slip(line, 7)
    binding = why(line).binding
    assert binding.words == "Op 10 Cut waits for STEEL, expected Mon 30 Nov"
    assert binding.length == "7.0 d"


def test_a_late_part_with_slack_is_no_cause(shop: Shop) -> None:
    routing = [step(shop.processes["CUT"], 10, 240), step(shop.processes["FIT"], 20)]
    (line,) = planned(shop, routing=routing, bom=[material(shop.items["steel"], 20)])
    need = line.requirements.get()
    services.report_material(reports=[Material(need.id, Decimal(0), Decimal(0), MONDAY + HOUR)], now=MONDAY)
    services.repair_plan(now=MONDAY)
    assert [each.kind for each in why(line).stretches if each.kind == "material"] == []
    assert selectors.hurt_by_item("STEEL", MONDAY) == ([], 0)


def test_a_late_part_without_slack_hurts_its_job(shop: Shop) -> None:
    (line,) = planned(shop, bom=[material(shop.items["steel"], 10)], promised=MONDAY + timedelta(days=5))
    slip(line, 7)
    jobs, total = selectors.hurt_by_item("STEEL", MONDAY)
    assert (total, jobs[0].line, jobs[0].days) == (1, line, 7.0)
    assert jobs[0].late_days > 0


def test_a_downtime_hurts_whom_it_pushes(shop: Shop) -> None:
    Machine.objects.filter(code="CUT-2").update(active=False)
    planned(shop, 3)
    downtime = services.report_downtime(
        machine=shop.machines["CUT-1"], starts=MONDAY, ends=MONDAY + 4 * HOUR, now=MONDAY
    )
    services.repair_plan(now=MONDAY)
    assert selectors.hurt_by_downtime(downtime, MONDAY)[1] == 3


def test_a_downtime_is_named_apart_from_nights_and_binds(shop: Shop) -> None:
    Machine.objects.filter(code="CUT-2").update(active=False)
    (line,) = planned(shop)
    services.report_downtime(
        machine=shop.machines["CUT-1"], starts=MONDAY, ends=MONDAY + timedelta(days=2), now=MONDAY
    )
    services.repair_plan(now=MONDAY)
    assert why(line).binding.words == "Op 10 Cut: CUT-1 stands until Wed 25 Nov 08:00"
    assert why(line).binding.length == "2.0 d"
    line.refresh_from_db()
    assert line.forecast_at is not None
    assert why(line).minutes == (line.forecast_at - MONDAY).total_seconds() / 60


def test_a_rework_hurts_its_job(shop: Shop) -> None:
    (line,) = planned(shop)
    process = shop.processes["FIT"].id
    services.add_rework(line=line, loop=1, name="Rework", process_id=process, minutes=400, now=MONDAY)
    services.repair_plan(now=MONDAY)
    assert [job.line for job in selectors.hurt_by_rework(line, MONDAY)[0]] == [line]


def test_of_hundreds_of_short_stretches_the_longest_are_shown_in_their_order() -> None:
    short = [selectors.Stretch("queue", 1 + at % 3, f"behind job {at}") for at in range(300)]
    found = selectors.Why([selectors.Stretch("work", 9000, "the job itself"), *short])
    shown = found.longest_of_rest
    assert len(found.rest) == 300
    assert [each.minutes for each in shown] == [3] * 50
    assert shown == [each for each in short if each.minutes == 3][:50]


def test_the_customer_reads_safe_words_only(shop: Shop, client: Client) -> None:
    (line,) = planned(shop, bom=[material(shop.items["steel"], 10)])
    slip(line, 7)
    person = User.objects.create_user("c@example.com", roles=["customer"], customer=line.order.customer)
    client.force_login(person)
    page = client.get(f"/planning/order/{line.order.reference}/why/").content.decode()
    assert "Waiting for material" in page
    assert "STEEL" not in page
    assert "CUT-" not in page


def test_another_customers_order_is_unknown(shop: Shop, client: Client) -> None:
    mine, other = make_job(shop), make_job(shop)
    stranger = type(mine.order.customer).objects.create(code="OTHER", name="Other")
    type(other.order).objects.filter(id=other.order_id).update(customer=stranger)
    client.force_login(
        User.objects.create_user("c@example.com", roles=["customer"], customer=mine.order.customer)
    )
    assert client.get(f"/planning/order/{other.order.reference}/why/").status_code == 404


def test_staff_read_all_of_it_with_what_helps(shop: Shop, planner: Client) -> None:
    (line,) = planned(shop, bom=[material(shop.items["steel"], 10)])
    slip(line, 7)
    headers = {"HX-Request": "true", "HX-Target": "panel-why-this-date"}
    page = planner.get(f"/planning/order/{line.order.reference}/why/", headers=headers).content.decode()
    assert "Op 10 Cut is worked on at" in page
    assert f"/procurement/order/{line.order.reference}/panel/" in page
    assert "<html" not in page


def test_a_customer_is_told_when_a_job_falls_behind(shop: Shop) -> None:
    (line,) = planned(
        shop,
        bom=[material(shop.items["steel"], 10)],
        promised=MONDAY + timedelta(days=5),
    )
    slip(line, 9)
    news = Milestone.objects.get(line=line, code="delay")
    assert news.text.endswith("Most of the time until then: waiting for material.")


def test_reasons_cost_the_same_for_one_job_and_for_twenty(
    shop: Shop, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lines = planned(shop, 20)
    with django_assert_max_num_queries(5):
        assert len(selectors.why_jobs([line.id for line in lines], MONDAY)) == 20


def form(shop: Shop, hours: int = 4, **more: object) -> dict[str, object]:
    """What a planner fills in: the machine stands from the next Monday morning on."""
    start = timezone.localtime(MONDAY + timedelta(days=14))
    moment = "%Y-%m-%dT%H:%M"
    return {
        "machines": [shop.machines["CUT-1"].id],
        "act": "breakdown",
        "starts": f"{start:{moment}}",
        "ends": f"{start + hours * HOUR:{moment}}",
        **more,
    }


def test_a_planner_reports_a_downtime_and_ends_it(shop: Shop, planner: Client) -> None:
    assert planner.post("/planning/downtimes/", form(shop)).status_code == 302
    downtime = Downtime.objects.get()
    page = planner.get("/planning/downtimes/").content.decode()
    assert "1 downtime known" in page
    planner.post(f"/planning/downtimes/{downtime.id}/end/")
    assert not Downtime.objects.exists()


def test_an_end_before_the_start_stands_at_its_field(shop: Shop, planner: Client) -> None:
    answer = planner.post("/planning/downtimes/", form(shop, -2))
    assert answer.status_code == 422
    assert "It ends before it starts. Give an end after the start." in answer.content.decode()


def test_what_a_downtime_hurts_has_its_page(shop: Shop, planner: Client) -> None:
    planner.post("/planning/downtimes/", form(shop))
    page = planner.get(f"/planning/hurts/?downtime={Downtime.objects.get().id}").content.decode()
    assert "hurts nobody" in page
    assert planner.get("/planning/hurts/?item=%00x").status_code == 200


def test_the_versions_of_the_plan_are_listed(shop: Shop, planner: Client) -> None:
    PlanVersion.objects.create(kind="repaired", reason="The saw", at=MONDAY, operations=200, moved=3)
    page = planner.get("/planning/downtimes/").content.decode()
    assert "3 of 200" in page
    assert "1.5 %" in page

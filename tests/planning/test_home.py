"""The planner's home: late and at risk, today's decisions, bottleneck, stability, deliveries on time."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kernel import clock
from orders.models import DateChange, Order, OrderLine, User
from planning import selectors, services
from planning.models import PlanVersion
from planning.selectors.home.on_time import on_time
from planning.selectors.home.stability import stability
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning, step

DAY = timedelta(days=1)


@pytest.fixture
def planner(client: Client, db: None) -> Client:
    """A browser in which a planner has signed in."""
    client.force_login(User.objects.create_user("planner@example.com", roles=["planner"]))
    return client


def planned_shop(shop: Shop, count: int = 3, late: int = 1) -> list[OrderLine]:
    """Jobs in the plan from this moment on, the first ones promised too early; their remedies are found."""
    now = timezone.now()
    lines = [make_job(shop, now=now, promised=now + 30 * DAY) for _ in range(count)]
    services.plan_jobs(moves=moves_to_planning(*lines), now=now)
    for line in lines[:late]:
        line.refresh_from_db()
        assert line.forecast_at is not None
        line.promised_at = line.forecast_at - 3 * DAY
        line.save(update_fields=["promised_at"])
    services.find_remedies(now=now)
    return lines


def test_the_answer_stands_at_the_top(shop: Shop, planner: Client) -> None:
    planned_shop(shop)
    page = planner.get("/planning/").content.decode()
    assert "1 job will be late. 1 job can be helped: decide today." in page
    assert "Replan now" in page


def test_a_shop_that_keeps_its_promises_says_so(shop: Shop, planner: Client) -> None:
    planned_shop(shop, late=0)
    page = planner.get("/planning/").content.decode()
    assert "Every promise holds." in page
    assert "there is nothing to decide" in page


def test_causes_are_counted_and_open_their_list(shop: Shop, planner: Client) -> None:
    planned_shop(shop, late=2)
    page = planner.get("/planning/").content.decode()
    (address,) = re.findall(r'href="(/planning/decisions/\?cause=\w+)"', page)
    assert planner.get(address).content.decode().count('class="row-link"') == 2


def test_the_best_remedy_of_a_late_job_is_shown(shop: Shop, planner: Client) -> None:
    (line, *_) = planned_shop(shop)
    page = planner.get("/planning/").content.decode()
    assert "with the customer" in page
    assert f"#job-{line.id}" in page


def test_the_bottleneck_is_the_fullest_week_of_four(shop: Shop, planner: Client) -> None:
    now = timezone.now()
    routing = [step(shop.processes["CUT"], 10, 900), step(shop.processes["FIT"], 20, 30)]
    line = make_job(shop, routing=routing, now=now, promised=now)
    services.plan_jobs(moves=moves_to_planning(line), now=now)
    services.find_remedies(now=now)
    found = selectors.planner_home(now).bottleneck
    assert found is not None
    assert (found.centre.code, found.jobs) == ("WC-CUT", 1)
    assert found.week.percent == max(week.percent for week in found.centre.weeks)


def test_a_run_without_people_takes_no_more_than_the_working_time(shop: Shop, planner: Client) -> None:
    now = timezone.now()
    routing = [{**step(shop.processes["CUT"], 10, 10 * 1440), "unattended": True}]
    line = make_job(shop, routing=routing, now=now, promised=now)
    services.plan_jobs(moves=moves_to_planning(line), now=now)
    (cutting,) = selectors.planner_home(now).load.busy
    assert cutting.code == "WC-CUT"
    assert all(week.planned <= week.capacity for week in cutting.weeks)


def test_the_page_needs_few_statements_at_any_size(
    shop: Shop, planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    planned_shop(shop, 40, late=30)
    with django_assert_max_num_queries(12):
        page = planner.get("/planning/").content.decode()
    assert "30 jobs will be late" in page


def test_what_an_edition_of_the_plan_tells_is_read_once(
    shop: Shop, planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    planned_shop(shop)
    with clock.told_at(timezone.now()):
        planner.get("/planning/")
        with django_assert_max_num_queries(8):
            planner.get("/planning/")


def version(day: int, moved: int, operations: int = 1000) -> None:
    """A plan that was stored so many days ago."""
    PlanVersion.objects.create(
        kind="replanned", reason="Test", at=MONDAY - day * DAY, operations=operations, moved=moved
    )


def test_stability_is_the_share_of_operations_that_a_plan_moves(shop: Shop) -> None:
    for day, moved in ((20, 900), (2, 10), (1, 30), (1, 50)):
        version(day, moved)
    found = stability(MONDAY, selectors.load_resources(MONDAY), selectors.Edition(7, 7))
    assert [(day.percent, day.plans) for day in found.days] == [(1.0, 1), (4.0, 2)]
    assert found.percent == 3.0
    assert found.points == "3,25.5 157,3"


def test_no_plan_draws_no_curve(shop: Shop, planner: Client) -> None:
    assert "<polyline" not in planner.get("/planning/").content.decode()


def delivered(shop: Shop, at: datetime, *, request: int = 0, first: int = 0, promise: int = 0) -> OrderLine:
    """A job delivered then, so many days after its three dates."""
    line = make_job(shop, now=at - 40 * DAY, promised=at - promise * DAY)
    OrderLine.objects.filter(id=line.id).update(state="delivered", delivered_at=at)
    Order.objects.filter(id=line.order_id).update(requested_date=(at - request * DAY).date())
    for number, days in enumerate((first, promise)):
        told = at - (40 - number) * DAY
        DateChange.objects.create(line=line, kind="promised", value=at - days * DAY, reason="Test", at=told)
    return line


def test_on_time_is_told_by_request_first_promise_and_current_promise(shop: Shop) -> None:
    delivered(shop, MONDAY - 5 * DAY, request=3, first=1)
    delivered(shop, MONDAY - 5 * DAY, request=3)
    delivered(shop, MONDAY - 60 * DAY, request=-1, first=-1, promise=-1)
    found = on_time(selectors.load_resources(MONDAY), MONDAY)
    told = {by: [(share.kept, share.total) for share in shares] for by, shares in found.items()}
    assert told == {"request": [(0, 2), (1, 3)], "first": [(1, 2), (2, 3)], "promise": [(2, 2), (3, 3)]}


def test_a_day_is_kept_as_a_whole(shop: Shop) -> None:
    line = delivered(shop, MONDAY - DAY)
    OrderLine.objects.filter(id=line.id).update(promised_at=MONDAY - DAY - timedelta(hours=3))
    (share, _) = on_time(selectors.load_resources(MONDAY), MONDAY)["promise"]
    assert share.percent == "100.0 %"


def test_a_figure_opens_the_deliveries_behind_it_the_latest_first(shop: Shop, planner: Client) -> None:
    line = delivered(shop, MONDAY - DAY, request=4)
    delivered(shop, MONDAY - 2 * DAY)
    with clock.told_at(MONDAY):
        page = planner.get("/planning/on-time/?by=request&days=30").content.decode()
    assert "2 deliveries of the last 30 days" in page
    assert page.index(f"{line.order.number} line 10") < page.index("On time")
    assert "4 d late" in page


@pytest.mark.parametrize("query", ["", "by=x&days=7&page=0", "by=first&page=99999999999"])
def test_odd_questions_show_a_page_all_the_same(planner: Client, query: str) -> None:
    assert "Nothing delivered" in planner.get(f"/planning/on-time/?{query}").content.decode()


def test_operators_see_neither(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("operator@example.com", roles=["operator"]))
    assert client.get("/planning/").status_code == 403
    assert client.get("/planning/on-time/").status_code == 403

"""The planner's pages."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import User
from planning import services
from planning.models import PlanRequest
from tests.planning.shop import MONDAY, Shop, make_job, material, moves_to_planning


@pytest.fixture
def planner(client: Client, db: None) -> Client:
    """A browser in which a planner has signed in."""
    client.force_login(User.objects.create_user("planner@example.com", roles=["planner"]))
    return client


def test_the_order_panel_shows_every_operation(shop: Shop, planner: Client) -> None:
    line = make_job(shop, bom=[material(shop.items["steel"], 10)])
    services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    page = planner.get(f"/planning/order/{line.order.reference}/panel/").content.decode()
    assert "Op 10 Cut" in page
    assert "Op 20 Fit" in page
    assert "1 of 1 missing" in page
    assert "<html" in page


def test_the_order_panel_is_a_part_for_htmx(shop: Shop, planner: Client) -> None:
    line = make_job(shop)
    headers = {"HX-Request": "true", "HX-Target": "panel-schedule"}
    page = planner.get(f"/planning/order/{line.order.reference}/panel/", headers=headers).content.decode()
    assert "Nothing is planned yet" in page
    assert "<html" not in page


def test_an_unknown_order_has_no_schedule(planner: Client) -> None:
    assert planner.get("/planning/order/SO-2026-99999/panel/").status_code == 404


def test_customers_see_no_schedule(shop: Shop, client: Client) -> None:
    line = make_job(shop)
    person = User.objects.create_user(
        "customer@example.com", roles=["customer"], customer=line.order.customer
    )
    client.force_login(person)
    assert client.get(f"/planning/order/{line.order.reference}/panel/").status_code == 403


def planned_shop(shop: Shop, count: int = 3) -> None:
    """Jobs in the plan from this moment on; the first is promised too early."""
    now = timezone.now()
    lines = [make_job(shop, now=now, promised=now + timedelta(days=30)) for _ in range(count)]
    services.plan_jobs(moves=moves_to_planning(*lines), now=now)
    lines[0].refresh_from_db()
    lines[0].promised_at = lines[0].forecast_at - timedelta(days=3)
    lines[0].save(update_fields=["promised_at"])


def test_the_load_says_what_is_taken_and_what_is_free(shop: Shop, planner: Client) -> None:
    planned_shop(shop)
    page = planner.get("/planning/").content.decode()
    assert re.search(r"\d % taken</span><span class=.muted.>\d+ of \d+ h free", page)
    assert "nothing planned" in page


def test_the_planner_can_ask_for_a_replan(shop: Shop, planner: Client) -> None:
    answer = planner.post("/planning/replan/")
    assert answer.status_code == 302
    assert PlanRequest.objects.get().reason == "planner@example.com asked for it"


def test_operators_cannot_ask_for_a_replan(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("operator@example.com", roles=["operator"]))
    assert client.post("/planning/replan/").status_code == 403

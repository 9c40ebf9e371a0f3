"""The planner's pages."""

import pytest
from django.test import Client

from orders.models import User
from planning import services
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

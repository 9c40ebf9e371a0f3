"""What administrators decide without a page."""

import pytest
from django.test import Client

from orders.models import User
from planning import services
from planning.models import Operation, PlanRequest
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning


@pytest.fixture
def administrator(client: Client, db: None) -> Client:
    """A browser in which an administrator has signed in."""
    client.force_login(User.objects.create_superuser("admin@example.com", "secret"))
    return client


def test_a_changeover_asks_for_a_replan(administrator: Client) -> None:
    data = {"before": "red", "after": "blue", "minutes": 20}
    assert administrator.post("/admin/planning/changeover/add/", data).status_code == 302
    assert "was changed by admin@example.com" in PlanRequest.objects.get().reason


@pytest.mark.parametrize("model", ["calendar", "machine", "crew", "tool"])
def test_resources_are_edited_on_their_pages_only(administrator: Client, model: str) -> None:
    assert administrator.get(f"/admin/planning/{model}/").status_code == 404


def test_an_operation_is_pinned_by_an_administrator(shop: Shop, administrator: Client) -> None:
    line = make_job(shop)
    services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    mine = line.operations.get(sequence=10)
    answer = administrator.post(
        f"/admin/planning/operation/{mine.id}/change/", {"pinned": "on", "transfer": 0, "pauses": "on"}
    )
    assert answer.status_code == 302
    assert Operation.objects.get(pinned=True) == mine

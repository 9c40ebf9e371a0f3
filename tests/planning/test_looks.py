"""What moved since a planner last looked, and rejecting a move."""

from datetime import timedelta
from typing import Any

import pytest

from kernel.errors import Refused
from orders.models import User
from planning import services
from planning.models import Operation
from planning.selectors import minute_of, moved_since_look
from planning.selectors.changes import Move
from tests.planning.shop import MONDAY, Shop
from tests.planning.test_changes import planner, start_of, two_jobs

__all__ = ["planner", "two_jobs"]

HOUR = timedelta(hours=1)


@pytest.fixture
def user(db: None) -> User:
    """A planner."""
    return User.objects.create_user(email="looks@shop.example", password="x", roles=["planner"])


def move(operation: Operation, shop: Shop, hours: int) -> None:
    """Somebody moves it on CUT-1."""
    change = Move(operation.id, shop.machines["CUT-1"].id, minute_of(MONDAY + hours * HOUR))
    services.apply_changes(changes=[change], by=None, now=MONDAY)


def test_what_moved_is_told_from_first_to_last(user: User, shop: Shop, two_jobs: list[Operation]) -> None:
    services.note_look(user=user, version="0")
    move(two_jobs[1], shop, 4)
    move(two_jobs[1], shop, 5)
    (row,) = moved_since_look(user, MONDAY).rows
    assert (row.was_start, row.start) == (MONDAY + 2 * HOUR, MONDAY + 5 * HOUR)


def test_what_went_back_did_not_move(user: User, shop: Shop, two_jobs: list[Operation]) -> None:
    services.note_look(user=user, version="0")
    move(two_jobs[1], shop, 4)
    move(two_jobs[1], shop, 2)
    assert moved_since_look(user, MONDAY).total == 0


def test_what_was_seen_is_not_told_again(user: User, shop: Shop, two_jobs: list[Operation]) -> None:
    move(two_jobs[1], shop, 4)
    services.note_look(user=user, version=str(moved_since_look(user, MONDAY).version))
    assert moved_since_look(user, MONDAY).total == 0


def test_a_plan_that_never_was_cannot_be_seen(user: User) -> None:
    with pytest.raises(Refused, match="no such plan"):
        services.note_look(user=user, version="77")


def test_what_moved_takes_few_statements(
    user: User, shop: Shop, two_jobs: list[Operation], django_assert_max_num_queries: Any
) -> None:
    move(two_jobs[0], shop, 4)
    with django_assert_max_num_queries(4):
        moved_since_look(user, MONDAY)


def test_a_rejected_move_goes_back_and_is_pinned(planner: Any, shop: Shop, two_jobs: list[Operation]) -> None:
    mine = two_jobs[1]
    Operation.objects.filter(id=mine.id).update(during=None, machine=None)
    far = MONDAY + timedelta(days=3650)
    data = {"machine": mine.machine_id, "start": minute_of(far), "was_machine": -1, "was_start": 0}
    planner.post(f"/planning/moved/{mine.id}/put-back/", data)
    assert Operation.objects.get(id=mine.id).pinned


def test_nonsense_is_told_calmly(planner: Any, two_jobs: list[Operation]) -> None:
    answer = planner.post(f"/planning/moved/{two_jobs[0].id}/put-back/", {"machine": "x"}, follow=True)
    assert "makes no sense here" in answer.content.decode()
    assert start_of(two_jobs[0]) == two_jobs[0].planned_start


def test_the_page_lists_and_marks_as_seen(planner: Any, shop: Shop, two_jobs: list[Operation]) -> None:
    move(two_jobs[1], shop, 4)
    page = planner.get("/planning/moved/").content.decode()
    assert str(two_jobs[1].line.order) in page
    version = page.split('name="version" value="')[1].split('"')[0]
    seen = planner.post("/planning/moved/seen/", {"version": version}, follow=True)
    assert "Nothing moved since you last looked" in seen.content.decode()


@pytest.mark.parametrize("version", ["", "x", "999999999999"])
def test_a_plan_that_never_was_is_not_seen(planner: Any, version: str) -> None:
    page = planner.post("/planning/moved/seen/", {"version": version}, follow=True)
    assert "There is no such plan. Reload the page." in page.content.decode()

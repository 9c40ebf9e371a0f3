"""What planners decide about an order on its page."""

from typing import Any

import pytest

from orders.models import OrderLine, User
from planning.models import Operation
from tests.planning.shop import Shop
from tests.planning.test_changes import planner, two_jobs

__all__ = ["planner", "two_jobs"]


def decide(client: Any, of: Operation, **data: object) -> Any:
    """The answer to a decision about the operation's order."""
    return client.post(f"/planning/order/{of.line.order.reference}/plan/", data, follow=True)


def test_a_priority_is_set_for_the_order(planner: Any, two_jobs: list[Operation]) -> None:
    decide(planner, two_jobs[0], act="priority", priority=9)
    assert OrderLine.objects.get(id=two_jobs[0].line_id).priority == 9


def test_a_gate_is_set_and_opened(planner: Any, two_jobs: list[Operation]) -> None:
    mine = two_jobs[0]
    decide(planner, mine, act="gate", line=mine.line_id, not_before="2099-03-01")
    assert Operation.objects.get(id=mine.id).not_before is not None
    decide(planner, mine, act="gate", line=mine.line_id, not_before="")
    assert Operation.objects.get(id=mine.id).not_before is None


def test_an_operation_is_pinned_and_unpinned(planner: Any, two_jobs: list[Operation]) -> None:
    mine = two_jobs[0]
    decide(planner, mine, act="pin", operation=mine.id)
    assert Operation.objects.get(id=mine.id).pinned
    decide(planner, mine, act="unpin", operation=mine.id)
    assert not Operation.objects.get(id=mine.id).pinned


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"act": "priority", "priority": "x"}, "There is no priority"),
        ({"act": "gate", "not_before": "soon"}, "That is no date"),
    ],
)
def test_nonsense_is_told_with_its_remedy(
    planner: Any, two_jobs: list[Operation], data: dict[str, str], words: str
) -> None:
    answer = decide(planner, two_jobs[0], line=two_jobs[0].line_id, **data)
    assert words in answer.content.decode()


def test_operations_of_other_orders_are_not_found(planner: Any, two_jobs: list[Operation]) -> None:
    assert decide(planner, two_jobs[0], act="pin", operation=two_jobs[1].id).status_code == 404


def test_operators_decide_nothing(client: Any, shop: Shop, two_jobs: list[Operation]) -> None:
    client.force_login(User.objects.create_user(email="o@shop.example", password="x", roles=["operator"]))
    answer = client.post(f"/planning/order/{two_jobs[0].line.order.reference}/plan/", {"act": "priority"})
    assert answer.status_code == 403

"""The only writer of a job's state: moves, keys, holds, roll-up, history."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel.errors import Conflict
from kernel.machine import IllegalMove
from orders import services
from orders.lifecycle import LIFECYCLE
from orders.models import DateChange, Handover, Milestone, Move, Order, OrderLine
from orders.services import LineInput
from tests.orders import cast

pytestmark = pytest.mark.django_db

STAGES = [
    ("planned", "procurement"),
    ("supplied", "production"),
    ("produced", "quality"),
    ("failed", "production"),
    ("produced", "quality"),
    ("passed", "logistics"),
    ("shipped", "in_transit"),
    ("delivered", "delivered"),
    ("close", "closed"),
]


def test_a_job_goes_through_every_stage_and_through_rework() -> None:
    order = cast.confirmed()
    line = order.lines.get()
    for number, (event, state) in enumerate(STAGES):
        move = services.advance(line=line, event=event, key=f"{number}")
        assert move.target == state
    line.refresh_from_db()
    assert (line.state, line.moves_made, line.delivered_at is not None) == ("closed", 11, True)
    assert [move.number for move in line.moves.all()] == list(range(1, 12))


def test_the_same_key_gives_the_same_move_again() -> None:
    line = cast.confirmed().lines.get()
    first = services.advance(line=line, event="planned", key="planned:1")
    assert services.advance(line=line, event="planned", key="planned:1") == first
    assert line.moves.count() == 3


def test_an_event_the_table_does_not_know_is_refused_with_what_is_possible() -> None:
    line = cast.confirmed().lines.get()
    with pytest.raises(IllegalMove) as caught:
        services.advance(line=line, event="shipped", key="x")
    assert caught.value.message == "“shipped” is not possible in state “Planning”."
    assert caught.value.remedy == "Possible now: planned, hold, resume, cancel."


def test_several_jobs_move_together_or_not_at_all() -> None:
    ready, draft = cast.confirmed().lines.get(), cast.quotation().lines.get()
    with pytest.raises(IllegalMove), transaction.atomic():
        services.advance_all(keys={ready.id: "a", draft.id: "b"}, event="planned")
    ready.refresh_from_db()
    assert ready.state == "planning"


def test_a_hold_blocks_every_move() -> None:
    line = cast.confirmed().lines.get()
    services.hold_job(line=line, reason="Credit limit", by=None)
    with pytest.raises(Conflict, match="on hold: Credit limit"):
        services.advance(line=line, event="planned", key="x")


def test_the_order_stands_where_its_least_advanced_job_stands() -> None:
    product = cast.published_desk()
    order = cast.confirmed(LineInput(product, 1), LineInput(product, 1))
    first, second = order.lines.all()
    states = []
    for line, event in ((first, "planned"), (second, "planned"), (first, "supplied"), (second, "cancel")):
        services.advance(line=line, event=event, key=f"{event}", reason="r")
        states.append(Order.objects.get().state)
    assert states == ["planning", "procurement", "procurement", "production"]


def test_every_move_owes_the_tasks_of_its_row() -> None:
    line = cast.confirmed().lines.get()
    move = services.advance(line=line, event="planned", key="x")
    assert set(move.handovers.values_list("task", flat=True)) == set(
        LIFECYCLE.row("planning", "planned").then
    )


def test_the_customer_reads_every_new_state_in_plain_words() -> None:
    order = cast.confirmed()
    services.advance(line=order.lines.get(), event="planned", key="x")
    assert list(order.milestones.values_list("text", flat=True)) == [
        "Your quotation is ready",
        "Your order is being scheduled",
        "Materials are on their way",
    ]


def test_a_final_state_closes_the_jobs_work_items() -> None:
    line = cast.confirmed().lines.get()
    services.open_work(items=[services.Work("plan:1", "planner", "No machine", "/", line)])
    services.advance(line=line, event="cancel", key="x", reason="r")
    assert not line.work_items.waiting().exists()


def test_work_opened_twice_stands_once_with_the_newer_reason() -> None:
    line = cast.confirmed().lines.get()
    for reason in ("First", "Second"):
        services.open_work(items=[services.Work("plan:1", "planner", reason, "/", line)])
    assert [item.reason for item in line.work_items.waiting()] == ["Second"]
    assert services.close_work(keys=["plan:1"]) == 1
    assert services.close_work(keys=["plan:1"]) == 0


def test_what_an_act_ends_and_begins_changes_the_lists_in_one_statement() -> None:
    line = cast.confirmed().lines.get()
    services.open_work(items=[services.Work("pack:1", "shipper", "Pack", "/", line)])
    with CaptureQueriesContext(connection) as statements:
        services.open_work(items=[services.Work("ship:1", "shipper", "Ship", "/", line)], closing=["pack:1"])
    assert [item.reason for item in line.work_items.waiting()] == ["Ship"]
    assert len(statements) == 1


@pytest.mark.parametrize("model", [Move, Milestone, DateChange])
def test_history_cannot_be_changed_or_deleted(model: type) -> None:
    cast.confirmed()
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET at = now()", f"DELETE FROM {table}"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_state_that_does_not_exist_is_refused_by_the_database() -> None:
    cast.confirmed()
    with pytest.raises(DatabaseError, match="line_state_known"), transaction.atomic():
        OrderLine.objects.update(state="somewhere")


def test_forty_jobs_move_with_as_many_statements_as_one() -> None:
    product = cast.published_desk()
    jobs = [cast.confirmed(LineInput(product, 1)).lines.get() for _ in range(8)]
    counts = []
    for some in (jobs[:1], jobs[1:]):
        with CaptureQueriesContext(connection) as statements:
            services.advance_all(keys={line.id: "p" for line in some}, event="planned")
        counts.append(len(statements))
    assert counts[0] == counts[1] == 2
    assert Handover.objects.filter(move__event="planned").count() == 16

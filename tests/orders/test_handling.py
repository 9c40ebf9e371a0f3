"""Handovers: taken over in batches, never lost, never done twice, parked where a person sees it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.utils import timezone

from mto.celery import app
from orders import services
from orders.models import Handover, Heartbeat, Role, WorkItem
from orders.services import LineInput, wake_after_commit
from orders.services.handling import ATTEMPTS, BATCH
from tests.orders import cast

pytestmark = pytest.mark.django_db
Capture = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def owed() -> list[Handover]:
    """Three jobs that wait for planning, their wake-ups lost."""
    product = cast.published_desk()
    for _ in range(3):
        cast.confirmed(LineInput(product, 1))
    Handover.objects.update(due_at=timezone.now())
    return list(Handover.objects.all())


def take(handover: Handover, fail: str = "") -> list[int]:
    """What a stage task does: the ids of the jobs it was given."""
    given: list[int] = []
    with services.handling(handover.pk) as moves:
        given = [move.line_id for move in moves]
        if fail and given:
            raise ValueError(fail)
    return given


def age(handover: Handover, seconds: int) -> None:
    Handover.objects.filter(pk=handover.pk).update(due_at=timezone.now() - timedelta(seconds=seconds))


def test_one_wake_up_takes_along_what_waits_for_the_same_task(owed: list[Handover]) -> None:
    assert set(take(owed[0])) == {handover.line_id for handover in owed}
    assert not Handover.objects.filter(done_at=None).exists()
    assert BATCH == 40


def test_what_is_done_is_not_done_again(owed: list[Handover]) -> None:
    take(owed[0])
    assert take(owed[0]) == take(owed[1]) == []


def test_a_wake_up_for_what_is_done_leads_to_what_waits(owed: list[Handover]) -> None:
    take(owed[0])
    cast.confirmed(LineInput(owed[0].line.product, 1))
    waiting = Handover.objects.get(done_at=None)
    assert take(owed[0]) == [waiting.line_id]


def test_a_task_is_not_woken_again_while_a_wake_up_waits(
    owed: list[Handover], django_capture_on_commit_callbacks: Capture
) -> None:
    with app.connection_for_write() as broker:
        queue = broker.default_channel.client
        queue.flushdb()
        with django_capture_on_commit_callbacks(execute=True):
            wake_after_commit([(owed[0].task, owed[0].id)])
            wake_after_commit([(owed[1].task, owed[1].id)])
        assert queue.llen("mto") == 1
        queue.flushdb()


def test_who_did_it_and_when_is_noted(owed: list[Handover]) -> None:
    take(owed[0])
    done = Handover.objects.first()
    assert done.worker.startswith("worker ")
    assert done.started_at <= done.done_at
    assert done.attempts == 1


def test_the_moves_bring_their_line_and_order(owed: list[Handover]) -> None:
    with services.handling(owed[0].pk) as moves:
        assert [move.line.order.state for move in moves] == ["planning"] * 3


def test_a_move_made_by_a_worker_says_so(owed: list[Handover]) -> None:
    with services.handling(owed[0].pk) as moves:
        made = services.advance_all(
            keys={move.line_id: f"{move.id}:planned" for move in moves}, event="planned"
        )
    assert all(move.worker.startswith("worker ") for move in made)


def test_a_failure_leaves_nothing_behind_but_its_note(owed: list[Handover]) -> None:
    with services.handling(owed[0].pk) as moves:
        services.advance(line=moves[0].line, event="planned", key="x")
        raise ValueError("no calendar")
    first = Handover.objects.first()
    assert (first.attempts, first.last_error, first.done_at) == (1, "ValueError: no calendar", None)
    assert first.line.state == "planning"


def test_a_job_that_failed_is_taken_alone_and_never_holds_up_the_others(owed: list[Handover]) -> None:
    take(owed[0], fail="bad")
    assert take(owed[1]) == [owed[1].line_id]
    assert take(owed[0]) == [owed[0].line_id]
    assert take(owed[2]) == [owed[2].line_id]


def test_after_several_attempts_a_job_is_parked_where_a_manager_sees_it(owed: list[Handover]) -> None:
    for _ in range(ATTEMPTS):
        take(owed[0], fail="no calendar")
    parked = Handover.objects.get(pk=owed[0].pk)
    item = WorkItem.objects.get(key=f"attention:{parked.pk}")
    assert parked.parked_at is not None
    assert (item.role, item.reason) == (Role.MANAGER, "Stuck at planning.plan_jobs: no calendar")
    assert take(owed[0]) == []


def test_a_parked_job_can_be_put_back_to_work(owed: list[Handover]) -> None:
    for _ in range(ATTEMPTS):
        take(owed[0], fail="no calendar")
    services.retry_parked(handover=Handover.objects.get(pk=owed[0].pk))
    assert not WorkItem.objects.waiting().filter(key__startswith="attention").exists()
    assert take(owed[0]) == [owed[0].line_id]


def test_a_cancelled_jobs_handover_is_passed_over(owed: list[Handover]) -> None:
    order = owed[0].line.order
    services.cancel_order(order=order, reason="Project stopped", by=None)
    assert owed[0].line_id not in take(owed[0])
    assert Handover.objects.get(pk=owed[0].pk).done_at is not None


def test_the_withdrawal_of_a_cancelled_job_is_acted_on(owed: list[Handover]) -> None:
    services.cancel_order(order=owed[0].line.order, reason="Project stopped", by=None)
    withdrawal = Handover.objects.get(task="planning.withdraw_jobs")
    assert take(withdrawal) == [owed[0].line_id]


def test_the_sweeper_wakes_only_what_is_overdue(owed: list[Handover]) -> None:
    age(owed[0], 60)
    assert services.sweep_handovers() == 1
    assert list(Handover.objects.exclude(woken_at=None)) == [owed[0]]
    assert services.sweep_handovers() == 0


def test_the_sweeper_leaves_alone_what_is_parked_held_or_done(owed: list[Handover]) -> None:
    for handover in owed:
        age(handover, 60)
    Handover.objects.filter(pk=owed[0].pk).update(parked_at=timezone.now())
    Handover.objects.filter(pk=owed[1].pk).update(started_at=timezone.now(), done_at=timezone.now())
    services.hold_job(line=owed[2].line, reason="Credit limit", by=None)
    assert services.sweep_handovers() == 0


def test_the_heartbeat_is_one_row() -> None:
    services.beat("sweeper")
    services.beat("sweeper")
    assert Heartbeat.objects.count() == 1

"""The Celery entry points: what the lifecycle hands over is done, once."""

from orders.models import Handover
from orders.services import advance
from procurement import tasks
from procurement.models import Peg, PurchaseOrder
from tests.procurement.conftest import NOW, Store


def test_a_planned_job_is_sourced_and_the_handover_done(store: Store) -> None:
    line = store.job("5")
    handover = Handover.objects.get(line=line, task="procurement.source_jobs")
    tasks.source_jobs(handover.id)
    tasks.source_jobs(handover.id)
    handover.refresh_from_db()
    assert handover.done_at
    assert Peg.objects.get().quantity == 5


def test_one_wake_up_sources_all_jobs_that_wait(store: Store) -> None:
    lines = [store.job("5") for _ in range(3)]
    tasks.source_jobs(Handover.objects.get(line=lines[1], task="procurement.source_jobs").id)
    assert Peg.objects.count() == 3
    assert not Handover.objects.filter(task="procurement.source_jobs", done_at=None).exists()


def test_a_cancelled_job_is_withdrawn(store: Store) -> None:
    line = store.job("5")
    store.source(line)
    advance(line=line, event="cancel", key="c", reason="Withdrawn", by=store.buyer, now=NOW)
    tasks.withdraw_jobs(Handover.objects.get(line=line, task="procurement.withdraw_jobs").id)
    assert PurchaseOrder.objects.get().status == "cancelled"


def test_a_job_cancelled_before_it_was_sourced_is_left_alone(store: Store) -> None:
    line = store.job("5")
    advance(line=line, event="cancel", key="c", reason="Withdrawn", by=store.buyer, now=NOW)
    tasks.source_jobs(Handover.objects.get(line=line, task="procurement.source_jobs").id)
    assert not PurchaseOrder.objects.exists()

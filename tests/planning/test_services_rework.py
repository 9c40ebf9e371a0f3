"""Rework loops and cancelled jobs."""

from orders.models import WorkItem
from planning import services
from planning.models import Operation, PlanRequest
from tests.planning.floor import finish, start
from tests.planning.shop import Shop, make_job, make_operations, moves_to_planning, require


def test_rework_is_ready_at_once(shop: Shop) -> None:
    line = make_job(shop, state="production")
    rework = services.add_rework(
        line=line, loop=1, name="Rework", process_id=shop.processes["FIT"].id, minutes=30
    )
    assert (rework.sequence, rework.loop, rework.status) == (910, 1, "ready")
    assert WorkItem.objects.waiting().get().key == f"operate:{rework.id}"


def test_the_same_loop_gets_one_operation(shop: Shop) -> None:
    line = make_job(shop, state="production")
    asked = {"line": line, "loop": 1, "name": "Rework", "process_id": shop.processes["FIT"].id, "minutes": 30}
    assert services.add_rework(**asked) == services.add_rework(**asked)
    assert PlanRequest.objects.count() == 1


def test_a_cancelled_job_leaves_the_plan(shop: Shop) -> None:
    line = make_job(shop, state="production")
    _, fit = make_operations(shop, line)
    requirement = require(fit, shop.items["steel"])
    services.release_operations(lines=[line])
    services.withdraw_jobs(moves=moves_to_planning(line))
    assert set(Operation.objects.values_list("status", flat=True)) == {"cancelled"}
    requirement.refresh_from_db()
    assert requirement.cancelled_at is not None
    assert not WorkItem.objects.waiting().exists()


def test_what_was_done_of_a_cancelled_job_stays(shop: Shop) -> None:
    line = make_job(shop, state="production")
    cut, _ = make_operations(shop, line)
    services.release_operations(lines=[line])
    start(cut)
    finish(cut, good=1, minutes=5)
    services.withdraw_jobs(moves=moves_to_planning(line))
    cut.refresh_from_db()
    assert cut.status == "complete"

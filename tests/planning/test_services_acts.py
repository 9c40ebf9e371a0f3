"""Starting, pausing and finishing operations."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.errors import Conflict, Refused
from orders.models import OrderLine, WorkItem
from planning import services
from planning.models import Operation, PlanRequest
from tests.planning.floor import finish, pause, start
from tests.planning.shop import Shop, make_job, make_operations, require


def in_production(shop: Shop) -> tuple[OrderLine, Operation, Operation]:
    """A released job: its first operation is ready."""
    line = make_job(shop, state="production")
    cut, fit = make_operations(shop, line)
    services.release_operations(lines=[line])
    cut.refresh_from_db()
    return line, cut, fit


def test_release_makes_the_first_operation_ready_and_tells_the_operators(shop: Shop) -> None:
    line, cut, fit = in_production(shop)
    fit.refresh_from_db()
    assert (cut.status, fit.status) == ("ready", "pending")
    work = WorkItem.objects.waiting().get(line=line)
    assert (work.key, work.role, work.place) == (f"operate:{cut.id}", "operator", "WC-CUT")


def test_release_blocks_an_operation_whose_material_is_short(shop: Shop) -> None:
    line = make_job(shop, state="production")
    cut, _ = make_operations(shop, line)
    require(cut, shop.items["steel"])
    assert services.release_operations(lines=[line]) == []
    cut.refresh_from_db()
    assert cut.status == "blocked"
    assert not WorkItem.objects.waiting().exists()


def test_releasing_twice_changes_nothing(shop: Shop) -> None:
    line, cut, _ = in_production(shop)
    assert services.release_operations(lines=[line]) == []
    assert WorkItem.objects.get().key == f"operate:{cut.id}"


def test_a_started_operation_runs_on_a_machine_of_its_process(shop: Shop) -> None:
    _, cut, _ = in_production(shop)
    started = start(cut)
    cut.refresh_from_db()
    assert cut.status == "running"
    assert cut.worked_on == started.worked_on == shop.machines["CUT-1"]
    assert cut.started_at is not None


def test_an_operation_can_be_started_on_a_chosen_machine(shop: Shop) -> None:
    _, cut, _ = in_production(shop)
    assert start(cut, machine=shop.machines["CUT-2"]).worked_on_id == (shop.machines["CUT-2"].id)


def test_a_machine_of_another_process_is_refused(shop: Shop) -> None:
    _, cut, _ = in_production(shop)
    with pytest.raises(Refused) as refusal:
        start(cut, machine=shop.machines["FIT-1"])
    assert refusal.value.field == "machine"


def test_an_occupied_machine_is_refused_by_naming_who_is_there(shop: Shop) -> None:
    first, cut, _ = in_production(shop)
    _, other, _ = in_production(shop)
    start(cut, machine=shop.machines["CUT-1"])
    with pytest.raises(Conflict, match=f"CUT-1 is occupied: Op 10 Cut of {first.order} line 10"):
        start(other, machine=shop.machines["CUT-1"])


def test_a_second_job_takes_the_other_machine(shop: Shop) -> None:
    _, cut, _ = in_production(shop)
    _, other, _ = in_production(shop)
    start(cut)
    assert start(other).worked_on == shop.machines["CUT-2"]


def test_without_any_free_machine_the_start_is_a_conflict(shop: Shop) -> None:
    for _ in range(2):
        start(in_production(shop)[1])
    with pytest.raises(Conflict, match="is occupied"):
        start(in_production(shop)[1])


def test_starting_a_running_operation_again_is_a_conflict(shop: Shop) -> None:
    _, cut, _ = in_production(shop)
    start(cut)
    with pytest.raises(Conflict, match="running: you cannot start it now"):
        start(cut)


def test_an_operation_of_a_held_job_cannot_be_started(shop: Shop) -> None:
    line, cut, _ = in_production(shop)
    OrderLine.objects.filter(id=line.id).update(held_at=timezone.now(), hold_reason="Drawing unclear")
    with pytest.raises(Conflict, match="on hold: Drawing unclear"):
        start(cut)


def test_a_held_job_may_be_paused(shop: Shop) -> None:
    line, cut, _ = in_production(shop)
    start(cut)
    OrderLine.objects.filter(id=line.id).update(held_at=timezone.now(), hold_reason="Drawing unclear")
    assert pause(cut, minutes=5).status == "paused"


def test_a_start_names_the_first_material_that_is_not_issued(shop: Shop) -> None:
    line = make_job(shop, state="production")
    cut, _ = make_operations(shop, line)
    require(cut, shop.items["steel"], available="5")
    services.release_operations(lines=[line])
    with pytest.raises(Conflict, match=r"STEEL \(5 kg\) is not issued in full. Issue its material first."):
        start(cut)


def test_a_pending_operation_says_what_comes_first(shop: Shop) -> None:
    _, _, fit = in_production(shop)
    with pytest.raises(Conflict, match="Finish the operations before it first"):
        start(fit)


def test_a_paused_operation_resumes_where_it_was(shop: Shop) -> None:
    _, cut, _ = in_production(shop)
    start(cut, machine=shop.machines["CUT-2"])
    pause(cut, minutes=12)
    again = start(cut)
    assert again.worked_on == shop.machines["CUT-2"]
    assert again.worked_minutes == 12


def test_finishing_makes_the_next_operation_ready(shop: Shop) -> None:
    _, cut, fit = in_production(shop)
    start(cut)
    assert finish(cut, good=1, minutes=55) == [fit]
    cut.refresh_from_db()
    fit.refresh_from_db()
    assert (cut.status, cut.good, cut.worked_minutes, fit.status) == ("complete", 1, 55, "ready")


def test_work_items_follow_a_finished_operation(shop: Shop) -> None:
    _, cut, fit = in_production(shop)
    start(cut)
    finish(cut, good=1, minutes=55)
    assert [each.key for each in WorkItem.objects.waiting()] == [f"operate:{fit.id}"]


def test_finishing_asks_for_a_replan(shop: Shop) -> None:
    _, cut, _ = in_production(shop)
    start(cut)
    finish(cut, good=1, minutes=55)
    assert PlanRequest.objects.get().reason == "Op 10 Cut was finished"


def test_negative_quantities_are_refused(shop: Shop) -> None:
    _, cut, _ = in_production(shop)
    start(cut)
    with pytest.raises(Refused, match="cannot be negative"):
        finish(cut, good=-1, minutes=5)


def test_acts_stay_within_their_statements(shop: Shop) -> None:
    _, cut, _ = in_production(shop)
    counts = []
    for act in (
        lambda: start(cut),
        lambda: pause(cut, minutes=1),
        lambda: start(cut),
        lambda: finish(cut, good=1, minutes=1),
    ):
        with CaptureQueriesContext(connection) as captured:
            act()
        counts.append(len(captured))
    assert counts == [4, 4, 4, 4]

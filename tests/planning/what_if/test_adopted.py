"""What-ifs: adopted and dropped."""

import itertools
from datetime import datetime, timedelta

import pytest

from kernel.errors import Conflict, Refused
from orders.models import OrderLine, Priority
from planning import services
from planning.models import Branch, CalendarException, Downtime, Machine, Operation
from planning.selectors import branch_page, minute_of
from planning.selectors.changes import (
    Expect,
    Move,
    NewMachine,
    Rush,
    SpecialDay,
    Weigh,
)
from tests.planning.shop import MONDAY, Shop, require
from tests.planning.what_if.trying import down, made, planned, start_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_adopting_makes_the_changes_and_puts_its_plan_in_force(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(down(shop))
    edit = services.adopt_branch(branch_id=branch.id, by=None, now=MONDAY)
    assert [start_of(each) for each in jobs] == [MONDAY + DAY, MONDAY + 4 * HOUR]
    assert (Downtime.objects.count(), edit.note) == (1, "What-if “Try”")
    assert Branch.objects.get().state == Branch.State.ADOPTED


def test_an_adoption_is_undone(shop: Shop, jobs: list[Operation]) -> None:
    edit = services.adopt_branch(branch_id=made(down(shop)).id, by=None, now=MONDAY)
    services.undo_edit(edit=edit, by=None, now=MONDAY)
    assert Downtime.objects.filter(ends__gt=MONDAY).count() == 0


def test_an_adopted_machine_takes_the_places_planned_for_it(shop: Shop, jobs: list[Operation]) -> None:
    OrderLine.objects.filter(id=jobs[1].line_id).update(promised_at=MONDAY + DAY + 5 * HOUR)
    branch = made(NewMachine(shop.centres["CUT"].id, "CUT-9", "Another saw"))
    services.adopt_branch(branch_id=branch.id, by=None, now=MONDAY)
    assert Operation.objects.filter(machine__code="CUT-9").count() == 1


def test_what_came_meanwhile_stays_possible(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(down(shop))
    newer = planned(shop, minutes=60)
    services.adopt_branch(branch_id=branch.id, by=None, now=MONDAY)
    spans = sorted(Operation.objects.values_list("during__startswith", "during__endswith"))
    assert len(spans) == 3
    assert newer.machine_id
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


def moved_since(shop: Shop, operation: Operation, to: datetime) -> None:
    """A planner puts it elsewhere."""
    change = Move(operation.id, operation.machine_id or 0, minute_of(to))
    services.apply_changes(changes=[change], by=None, now=MONDAY)


def test_a_what_if_whose_figures_hold_is_adopted_after_the_plan_moved(
    shop: Shop, jobs: list[Operation]
) -> None:
    branch = made(down(shop))
    moved_since(shop, jobs[1], MONDAY + 5 * HOUR)
    page = branch_page(branch)
    assert (page.moved, page.adoptable, page.again) == (True, True, True)
    services.adopt_branch(branch_id=branch.id, by=None, now=MONDAY)
    # The later job runs an hour into Tuesday now, and the one that gave way follows it.
    assert [start_of(each) for each in jobs] == [MONDAY + DAY + HOUR, MONDAY + 5 * HOUR]


def test_a_what_if_that_would_harm_a_job_it_does_not_name_is_planned_again_first(
    shop: Shop, jobs: list[Operation]
) -> None:
    branch = made(down(shop))
    OrderLine.objects.filter(id=jobs[0].line_id).update(promised_at=MONDAY + DAY + 6 * HOUR)
    moved_since(shop, jobs[1], MONDAY + 5 * HOUR)
    with pytest.raises(Conflict, match=f"by now {jobs[0].line.order} line 10 would become late") as conflict:
        services.adopt_branch(branch_id=branch.id, by=None, now=MONDAY)
    assert "planned again" in conflict.value.remedy
    assert (Branch.objects.get().state, Downtime.objects.count()) == (Branch.State.PLANNING, 0)
    services.plan_branch(branch_id=branch.id, now=MONDAY)
    services.adopt_branch(branch_id=branch.id, by=None, now=MONDAY)
    assert Downtime.objects.count() == 1


def test_a_rush_quotation_must_be_confirmed_first(
    shop: Shop, jobs: list[Operation], quotation: OrderLine
) -> None:
    branch = made(Rush(quotation.id, 1, minute_of(MONDAY + 5 * DAY), quoted=True))
    page = branch_page(branch)
    assert (page.adoptable, page.blocked[0].remedy) == (False, "Confirm the quotation first.")
    with pytest.raises(Refused, match="is a quotation, no job"):
        services.adopt_branch(branch_id=branch.id, by=None, now=MONDAY)


def test_a_lost_supplier_alone_cannot_be_adopted(shop: Shop, jobs: list[Operation]) -> None:
    need = require(jobs[0], shop.items["steel"])
    branch = made(Expect((need.id,), "Steel & Co", days=2))
    assert branch_page(branch).unwritten[0].words.startswith("That Steel & Co fails")
    with pytest.raises(Refused, match="nothing to adopt"):
        services.adopt_branch(branch_id=branch.id, by=None, now=MONDAY)


def test_nothing_is_adopted_where_one_change_cannot_be_made(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(down(shop), NewMachine(shop.centres["CUT"].id, "CUT-9", "Another saw"))
    Machine.objects.create(work_centre=shop.centres["CUT"], code="CUT-9", name="Bought meanwhile")
    with pytest.raises(Refused, match="There is a machine CUT-9 already"):
        services.adopt_branch(branch_id=branch.id, by=None, now=MONDAY)
    assert not Downtime.objects.exists()


def test_nothing_is_adopted_twice(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(down(shop))
    services.adopt_branch(branch_id=branch.id, by=None, now=MONDAY)
    with pytest.raises(Conflict, match="is adopted"):
        services.adopt_branch(branch_id=branch.id, by=None, now=MONDAY)


def test_priorities_and_days_are_made_and_taken_back(shop: Shop, jobs: list[Operation]) -> None:
    order = jobs[0].line.order_id
    branch = made(Weigh(order, Priority.RUSH), SpecialDay(shop.calendar.id, "2026-12-05", "Rush"))
    edit = services.adopt_branch(branch_id=branch.id, by=None, now=MONDAY)
    assert (OrderLine.objects.filter(priority=9).count(), CalendarException.objects.count()) == (1, 1)
    services.undo_edit(edit=edit, by=None, now=MONDAY)
    assert (OrderLine.objects.filter(priority=9).count(), CalendarException.objects.count()) == (0, 0)


def test_a_dropped_what_if_leaves_nothing_behind(shop: Shop, jobs: list[Operation]) -> None:
    branch = services.drop_branch(branch_id=made(down(shop)).id, now=MONDAY)
    assert (branch.state, branch.slots, Downtime.objects.count()) == (Branch.State.DROPPED, None, 0)


def test_a_copy_has_the_same_changes(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(down(shop))
    copied = services.copy_branch(branch_id=branch.id, by=None, now=MONDAY)
    assert (copied.name, copied.changes) == ("Try (copy)", branch.changes)


def test_closed_ones_are_forgotten_after_a_while(shop: Shop, jobs: list[Operation]) -> None:
    services.drop_branch(branch_id=made(down(shop)).id, now=MONDAY)
    services.sweep_branches(now=MONDAY + 31 * DAY)
    assert not Branch.objects.exists()

"""What-ifs: made, planned beside the plan in force, compared, adopted and dropped."""

import itertools
import re
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings

from kernel import clock
from kernel.errors import Conflict, Refused
from mto.celery import app
from orders.models import OrderLine, Priority
from orders.services import wake
from planning import engine, services
from planning.models import Branch, CalendarException, Downtime, Machine, Operation, PlanVersion
from planning.selectors import branch_page, compare_branches, minute_of, unpack_places
from planning.selectors.changes import (
    Change,
    Down,
    Expect,
    Move,
    NewMachine,
    Overtime,
    Rush,
    SpecialDay,
    Weigh,
)
from procurement.models import Lot
from tests.planning import promising
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning, require, step

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is Monday morning, and a short search is enough for two jobs."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    with override_settings(MTO_BRANCH_SECONDS=0.05, MTO_NEAR_DAYS=0):
        yield


@pytest.fixture
def jobs(shop: Shop) -> list[Operation]:
    """Two jobs of one cut of four hours each, behind each other on CUT-1, the only machine for it."""
    Machine.objects.filter(code="CUT-2").delete()
    return [planned(shop, minutes=240) for _ in range(2)]


@pytest.fixture
def quotation(shop: Shop) -> OrderLine:
    """A line that is quoted, of a desk the shop can build."""
    return promising.quotation(promising.desk(shop)).lines.get()


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody listens where the broker should be."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setattr(app.conf, "broker_url", f"redis://127.0.0.1:{probe.getsockname()[1]}/0")
        monkeypatch.setattr(wake, "_quiet_until", 0.0)
        app._after_fork()
        yield
    monkeypatch.undo()
    app._after_fork()


def planned(shop: Shop, minutes: int) -> Operation:
    """A job of one cut, in the plan."""
    line = make_job(shop, routing=[step(shop.processes["CUT"], 10, minutes=minutes)])
    services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    return line.operations.get()


def made(*changes: Change, name: str = "Try", now: datetime = MONDAY) -> Branch:
    """A what-if with these changes, planned."""
    branch = services.make_branch(name=name, by=None, changes=changes, now=now)
    services.plan_branch(branch_id=branch.id, now=now)
    branch.refresh_from_db()
    return branch


def down(shop: Shop, hours: int = 4) -> Down:
    """CUT-1 stands from now on."""
    return Down(shop.machines["CUT-1"].id, minute_of(MONDAY), minute_of(MONDAY + hours * HOUR))


def start_of(operation: Operation) -> datetime | None:
    """Where it stands in the plan in force."""
    return Operation.objects.get(id=operation.id).planned_start


# --- made and planned ---


def test_a_what_if_changes_nothing_in_the_plan_in_force(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(down(shop))
    assert branch.state == Branch.State.PLANNED
    assert [start_of(each) for each in jobs] == [MONDAY, MONDAY + 4 * HOUR]
    assert not Downtime.objects.exists()


def test_it_keeps_only_what_stands_elsewhere(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(down(shop))
    places = unpack_places(bytes(branch.slots or b""))
    assert places[["id", "start"]].tolist() == [(jobs[0].id, minute_of(MONDAY + DAY))]


def test_the_figures_tell_the_plan_in_force_and_the_other_one(shop: Shop, jobs: list[Operation]) -> None:
    OrderLine.objects.filter(id=jobs[0].line_id).update(promised_at=MONDAY + DAY + 6 * HOUR)
    branch = made(down(shop))
    assert (branch.before["on_time"], branch.after["on_time"]) == (2, 1)
    assert (branch.before["tardiness"], branch.after["moved"]) == (0, 2)
    assert branch.effect["answer"] == "1 job would become late."


def test_cash_is_counted_in_the_currency_of_the_order(shop: Shop, jobs: list[Operation]) -> None:
    OrderLine.objects.filter(id=jobs[1].line_id).update(unit_cost=0, unit_price=50)
    branch = made(down(shop))
    # Each from its begin to the day after its end: 28 hours, four of them on the machine.
    assert branch.before["tied_up"] == {"EUR": f"{150 * 28 / 24:.2f}"}


def test_an_empty_what_if_waits_for_its_first_change(shop: Shop, db: None) -> None:
    branch = services.make_branch(name="Later", by=None, now=MONDAY)
    assert (branch.state, services.plan_branch(branch_id=branch.id)) == (Branch.State.EMPTY, False)


def test_a_what_if_has_a_name(db: None) -> None:
    with pytest.raises(Refused, match="has a name"):
        services.make_branch(name=" ", by=None)


def test_too_many_what_ifs_are_refused(db: None) -> None:
    for number in range(20):
        services.make_branch(name=f"{number}", by=None)
    with pytest.raises(Refused, match="20 what-ifs already"):
        services.make_branch(name="One more", by=None)


def test_what_was_changed_meanwhile_is_not_stored(
    shop: Shop, jobs: list[Operation], monkeypatch: pytest.MonkeyPatch
) -> None:
    branch, repair = (
        services.make_branch(name="Try", by=None, changes=[down(shop)], now=MONDAY),
        engine.repair,
    )

    def think(*given: Any) -> engine.Plan:
        monkeypatch.setattr("planning.engine.repair", repair)
        services.change_branch(branch_id=branch.id, revision=branch.revision, add=[down(shop, 8)], now=MONDAY)
        return repair(*given)

    monkeypatch.setattr("planning.engine.repair", think)
    assert not services.plan_branch(branch_id=branch.id, now=MONDAY)
    assert (Branch.objects.get().state, len(Branch.objects.get().changes)) == (Branch.State.PLANNING, 2)


def test_planning_it_twice_changes_nothing(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(down(shop))
    assert not services.plan_branch(branch_id=branch.id, now=MONDAY)


def test_what_makes_no_sense_says_why(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(Down(987_654, minute_of(MONDAY), minute_of(MONDAY + HOUR)))
    assert branch.state == Branch.State.FAILED
    assert "not there any more" in branch.reason


def test_what_could_not_be_made_is_refused_when_it_is_added(shop: Shop, jobs: list[Operation]) -> None:
    branch = services.make_branch(name="Night", by=None, now=MONDAY)
    shift = Overtime((shop.machines["CUT-1"].id,), minute_of(MONDAY), minute_of(MONDAY + HOUR))
    with pytest.raises(Refused, match="works at that time anyway"):
        services.change_branch(branch_id=branch.id, revision=branch.revision, add=[shift], now=MONDAY)
    assert Branch.objects.get().changes == []


def test_it_is_added_where_the_changes_before_it_make_it_possible(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(SpecialDay(shop.calendar.id, f"{MONDAY + DAY:%Y-%m-%d}", "Inventory"))
    tuesday = MONDAY + DAY
    longer = Overtime((shop.machines["CUT-1"].id,), minute_of(tuesday), minute_of(tuesday + 2 * HOUR))
    services.change_branch(branch_id=branch.id, revision=branch.revision, add=[longer], now=MONDAY)
    assert len(Branch.objects.get().changes) == 2
    assert not CalendarException.objects.exists()


def test_a_change_is_taken_out_again(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(down(shop), down(shop, 8))
    services.change_branch(branch_id=branch.id, revision=branch.revision, remove=0, now=MONDAY)
    services.plan_branch(branch_id=branch.id, now=MONDAY)
    (words,) = [words for words, _ in branch_page(Branch.objects.get()).changes]
    assert "08:00 to 16:00" in words


def test_two_people_do_not_change_the_same_what_if(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(down(shop))
    services.change_branch(branch_id=branch.id, revision=branch.revision, remove=0, now=MONDAY)
    with pytest.raises(Conflict, match="Somebody else changed"):
        services.change_branch(branch_id=branch.id, revision=branch.revision, remove=0, now=MONDAY)


def test_the_sweeper_sends_again_what_nobody_planned(shop: Shop, jobs: list[Operation]) -> None:
    services.make_branch(name="Try", by=None, changes=[down(shop)], now=MONDAY)
    later = MONDAY + timedelta(minutes=1)
    assert [services.sweep_branches(now=each) for each in (MONDAY, later, later)] == [0, 1, 0]
    assert Branch.objects.get().send_at == later + timedelta(seconds=30)


def test_without_a_broker_the_sweeper_plans_it_itself(
    shop: Shop, jobs: list[Operation], no_broker: None
) -> None:
    services.make_branch(name="Try", by=None, changes=[down(shop)], now=MONDAY)
    assert services.sweep_branches(now=MONDAY + timedelta(minutes=1)) == 1
    assert Branch.objects.get().state == Branch.State.PLANNED


def test_what_was_tried_in_vain_is_given_up(shop: Shop, jobs: list[Operation]) -> None:
    branch = services.make_branch(name="Try", by=None, changes=[down(shop)], now=MONDAY)
    Branch.objects.update(attempts=3)
    assert services.sweep_branches(now=MONDAY + timedelta(minutes=1)) == 0
    branch.refresh_from_db()
    assert (branch.state, branch.reason[:12]) == (Branch.State.FAILED, "The planner ")


# --- kinds of changes ---


def test_a_new_machine_takes_work(shop: Shop, jobs: list[Operation]) -> None:
    OrderLine.objects.filter(id=jobs[1].line_id).update(promised_at=MONDAY + DAY + 5 * HOUR)
    branch = made(NewMachine(shop.centres["CUT"].id, "CUT-9", "Another saw"))
    places = unpack_places(bytes(branch.slots or b""))
    assert -1001 in places["machine"].tolist()
    assert branch.after["on_time"] == branch.before["on_time"] + 1


def test_material_that_comes_later_moves_its_job(shop: Shop, jobs: list[Operation]) -> None:
    need = require(jobs[0], shop.items["steel"])
    branch = made(Expect((need.id,), "Steel & Co", days=2))
    places = unpack_places(bytes(branch.slots or b""))
    assert places["start"][places["id"] == jobs[0].id].tolist() == [minute_of(MONDAY + 2 * DAY)]


def test_an_extra_shift_rescues_a_job(shop: Shop, jobs: list[Operation]) -> None:
    third = planned(shop, minutes=240)
    OrderLine.objects.filter(id=third.line_id).update(promised_at=MONDAY + DAY + 11 * HOUR)
    branch = made(SpecialDay(shop.calendar.id, f"{MONDAY:%Y-%m-%d}", "Late shift", "16:00", "20:00"))
    assert branch.effect["rescued_count"] == 1


def test_a_rush_quotation_is_placed_as_a_job(shop: Shop, jobs: list[Operation], quotation: OrderLine) -> None:
    branch = made(Rush(quotation.id, 1, minute_of(MONDAY + 5 * DAY), quoted=True))
    assert branch.state == Branch.State.PLANNED, branch.reason
    ((line_id, quantity, delivered, wanted),) = branch.after["jobs"]
    assert (line_id, quantity, wanted) == (quotation.id, 1, minute_of(MONDAY + 5 * DAY))
    assert delivered > minute_of(MONDAY)
    assert "1 × as in QUO" in branch_page(branch).brought[0][0]


def test_a_rush_order_whose_material_nobody_sells_says_so(
    shop: Shop, jobs: list[Operation], quotation: OrderLine
) -> None:
    Lot.objects.all().delete()
    branch = made(Rush(quotation.id, 1, minute_of(MONDAY + 5 * DAY), quoted=True))
    assert branch.state == Branch.State.FAILED
    assert re.match("Nobody sells .*Add a supplier", branch.reason)


# --- adopted and dropped ---


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


# --- compared ---


def test_the_best_of_a_row_is_marked(shop: Shop, jobs: list[Operation]) -> None:
    OrderLine.objects.filter(id=jobs[1].line_id).update(promised_at=MONDAY + DAY + 5 * HOUR)
    made(down(shop), name="Breakdown")
    made(NewMachine(shop.centres["CUT"].id, "CUT-9", "Another saw"), name="New saw")
    found = compare_branches()
    late = next(row for row in found.rows if row.label == "Jobs on time")
    assert [(cell.words, cell.best) for cell in late.cells] == [
        ("1 of 2 · 50.0 %", False),
        ("1 of 2 · 50.0 %", False),
        ("2 of 2 · 100.0 %", True),
    ]


def test_equal_figures_have_no_best(shop: Shop, jobs: list[Operation]) -> None:
    made(Overtime((shop.machines["CUT-1"].id,), minute_of(MONDAY + 9 * HOUR), minute_of(MONDAY + 10 * HOUR)))
    late = next(row for row in compare_branches().rows if row.label == "Jobs on time")
    assert not any(cell.best for cell in late.cells)


def test_what_was_planned_on_an_older_plan_is_marked(shop: Shop, jobs: list[Operation]) -> None:
    branch = made(down(shop))
    PlanVersion.objects.create(kind="repaired", reason="Moved", at=MONDAY, operations=2, moved=1)
    assert compare_branches().moved == {branch.id}


def test_a_version_that_moved_nothing_does_not_count(shop: Shop, jobs: list[Operation]) -> None:
    made(down(shop))
    PlanVersion.objects.create(kind="repaired", reason="Nothing", at=MONDAY, operations=2, moved=0)
    assert compare_branches().moved == frozenset()

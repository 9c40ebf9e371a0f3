"""What-ifs: made, planned beside the plan in force, and compared."""

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from kernel.errors import Conflict, Refused
from mto.celery import app
from orders.models import OrderLine
from orders.services import wake
from planning import engine, services
from planning.models import Branch, CalendarException, Downtime, Operation, PlanVersion
from planning.selectors import branch_page, compare_branches, minute_of, unpack_places
from planning.selectors.changes import (
    Down,
    Expect,
    NewMachine,
    Overtime,
    Rush,
    SpecialDay,
)
from procurement.models import Lot
from tests.planning.shop import MONDAY, Shop, require
from tests.planning.what_if.trying import down, made, planned, start_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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

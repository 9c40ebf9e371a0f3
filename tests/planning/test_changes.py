"""What planners change: the effect before saving, saving, undoing."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.errors import Conflict, Refused
from orders.models import OrderLine, User
from planning import services
from planning.models import Downtime, Machine, Operation, PlanEdit, PlanVersion
from planning.models import Overtime as OvertimeRow
from planning.selectors import effect_of, load_ledger, minute_of, read_changes, unpacked, write_changes
from planning.selectors.changes import (
    Away,
    Change,
    Down,
    EndDown,
    Expect,
    Gate,
    Move,
    NewMachine,
    Overtime,
    Pin,
    Restore,
    Weigh,
)
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning, step

HOUR = timedelta(hours=1)


@pytest.fixture
def two_jobs(shop: Shop) -> list[Operation]:
    """Two jobs of one cut each, both planned on CUT-1: the second machine is out of service."""
    shop.machines["CUT-2"].active = False
    shop.machines["CUT-2"].save()
    found = []
    for _ in range(2):
        line = make_job(shop, routing=[step(shop.processes["CUT"], 10, minutes=120)])
        services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
        found.append(line.operations.get())
    shop.machines["CUT-2"].active = True
    shop.machines["CUT-2"].save()
    return found


def at(moment: datetime) -> int:
    """Its minute."""
    return minute_of(moment)


def apply(*changes: Change, now: datetime = MONDAY) -> PlanEdit:
    """Make them."""
    return services.apply_changes(changes=changes, by=None, now=now)


def start_of(operation: Operation) -> datetime | None:
    """Where it stands now."""
    return Operation.objects.get(id=operation.id).planned_start


def test_a_moved_operation_stands_where_it_was_put_and_is_pinned(
    shop: Shop, two_jobs: list[Operation]
) -> None:
    apply(Move(two_jobs[0].id, shop.machines["CUT-2"].id, at(MONDAY + 3 * HOUR)))
    moved = Operation.objects.get(id=two_jobs[0].id)
    assert (moved.machine, moved.planned_start, moved.pinned) == (
        shop.machines["CUT-2"],
        MONDAY + 3 * HOUR,
        True,
    )


def test_what_begins_at_the_same_minute_gives_way(shop: Shop, two_jobs: list[Operation]) -> None:
    first, second = two_jobs
    apply(Move(second.id, shop.machines["CUT-1"].id, at(MONDAY)))
    assert [start_of(second), start_of(first)] == [MONDAY, MONDAY + 2 * HOUR]


def test_the_effect_names_who_becomes_late(shop: Shop, two_jobs: list[Operation]) -> None:
    first, second = two_jobs
    OrderLine.objects.filter(id=first.line_id).update(
        promised_at=first.line.__class__.objects.get(id=first.line_id).forecast_at
    )
    effect = effect_of([Move(second.id, shop.machines["CUT-1"].id, at(MONDAY))], MONDAY, load_ledger(MONDAY))
    assert [job.line_id for job in effect.late] == [first.line_id]
    assert effect.answer == "1 job would become late."


def test_what_is_made_is_what_the_effect_told(shop: Shop, two_jobs: list[Operation]) -> None:
    change = Move(two_jobs[1].id, shop.machines["CUT-1"].id, at(MONDAY))
    told = effect_of([change], MONDAY, load_ledger(MONDAY))
    assert apply(change).moved == told.moved


def test_the_effect_stores_nothing(shop: Shop, two_jobs: list[Operation]) -> None:
    effect_of([Move(two_jobs[1].id, shop.machines["CUT-1"].id, at(MONDAY))], MONDAY, load_ledger(MONDAY))
    assert start_of(two_jobs[1]) == two_jobs[1].planned_start


def test_an_undone_move_stands_where_it_stood(shop: Shop, two_jobs: list[Operation]) -> None:
    edit = apply(Move(two_jobs[1].id, shop.machines["CUT-1"].id, at(MONDAY)))
    services.undo_edit(edit=edit, by=None, now=MONDAY)
    assert [start_of(each) for each in two_jobs] == [MONDAY, MONDAY + 2 * HOUR]
    assert not Operation.objects.filter(pinned=True).exists()


def test_an_undo_is_undone_by_an_undo(shop: Shop, two_jobs: list[Operation]) -> None:
    edit = apply(Move(two_jobs[1].id, shop.machines["CUT-1"].id, at(MONDAY)))
    undone = services.undo_edit(edit=edit, by=None, now=MONDAY)
    services.undo_edit(edit=undone, by=None, now=MONDAY)
    assert start_of(two_jobs[1]) == MONDAY


def test_nothing_is_undone_twice(shop: Shop, two_jobs: list[Operation]) -> None:
    edit = apply(Pin(two_jobs[0].id))
    services.undo_edit(edit=edit, by=None, now=MONDAY)
    with pytest.raises(Conflict, match="undone already"):
        services.undo_edit(edit=edit, by=None, now=MONDAY)


def test_two_planners_cannot_drag_the_same_bar(shop: Shop, two_jobs: list[Operation]) -> None:
    mine, machine = two_jobs[0], shop.machines["CUT-2"].id
    seen = (mine.machine_id or 0, at(MONDAY))
    apply(Move(mine.id, machine, at(MONDAY + HOUR), *seen))
    with pytest.raises(Conflict, match=r"moved by somebody else.*CUT-2"):
        apply(Move(mine.id, machine, at(MONDAY + 5 * HOUR), *seen))


def test_a_machine_that_cannot_do_it_is_refused_by_name(shop: Shop, two_jobs: list[Operation]) -> None:
    with pytest.raises(Refused, match="FIT-1 cannot do") as refusal:
        apply(Move(two_jobs[0].id, shop.machines["FIT-1"].id, at(MONDAY)))
    assert refusal.value.remedy == "Drop it on CUT-1 or CUT-2."


def test_a_move_ahead_of_its_material_warns(shop: Shop, two_jobs: list[Operation]) -> None:
    Operation.objects.filter(id=two_jobs[0].id).update(not_before=MONDAY + 4 * HOUR)
    move = Move(two_jobs[0].id, shop.machines["CUT-2"].id, at(MONDAY + HOUR))
    effect = effect_of([move], MONDAY, load_ledger(MONDAY))
    assert "later than asked" in effect.warnings[0]


def test_a_move_that_ends_elsewhere_says_where(shop: Shop, two_jobs: list[Operation]) -> None:
    Operation.objects.filter(id=two_jobs[0].id).update(not_before=MONDAY + 4 * HOUR)
    edit = apply(Move(two_jobs[0].id, shop.machines["CUT-2"].id, at(MONDAY + HOUR)))
    asked, stands = edit.words.split("\n")
    assert "Mon 23 Nov 09:00" in asked
    assert stands.endswith("begins Mon 23 Nov 12:00, later than asked")


def test_a_move_into_the_past_is_refused(shop: Shop, two_jobs: list[Operation]) -> None:
    with pytest.raises(Refused, match="That time is past"):
        apply(Move(two_jobs[0].id, shop.machines["CUT-1"].id, at(MONDAY - HOUR)))


def test_a_started_operation_is_not_moved(shop: Shop, two_jobs: list[Operation]) -> None:
    Operation.objects.filter(id=two_jobs[0].id).update(
        status="running", worked_on=two_jobs[0].machine_id, running_since=MONDAY
    )
    with pytest.raises(Conflict, match="its place is decided"):
        apply(Move(two_jobs[0].id, shop.machines["CUT-2"].id, at(MONDAY)))


def test_a_breakdown_moves_work_and_its_undo_ends_it(shop: Shop, two_jobs: list[Operation]) -> None:
    edit = apply(Down(shop.machines["CUT-1"].id, at(MONDAY), at(MONDAY + 4 * HOUR)))
    assert min(filter(None, map(start_of, two_jobs))) >= MONDAY
    services.undo_edit(edit=edit, by=None, now=MONDAY)
    assert not Downtime.objects.exists()


def test_overtime_gives_a_machine_more_hours(shop: Shop, two_jobs: list[Operation]) -> None:
    saturday = MONDAY + timedelta(days=5)
    machine = shop.machines["CUT-1"]
    apply(Overtime((machine.id,), at(saturday), at(saturday + 4 * HOUR)))
    windows = load_ledger(MONDAY).resources.windows_of(machine.id)
    assert (at(saturday), at(saturday + 4 * HOUR)) in {(row["start"], row["end"]) for row in windows}


def test_overtime_rescues_who_was_late(shop: Shop, two_jobs: list[Operation]) -> None:
    Machine.objects.filter(code="CUT-2").update(active=False)
    Operation.objects.update(run_minutes=8 * 60)
    services.repair_plan(now=MONDAY)
    shift = Overtime((shop.machines["CUT-1"].id,), at(MONDAY + 8 * HOUR), at(MONDAY + 16 * HOUR))
    effect = effect_of([shift], MONDAY, load_ledger(MONDAY))
    assert effect.earlier_count + effect.rescued_count > 0


def test_overtime_within_the_shift_is_refused(shop: Shop) -> None:
    with pytest.raises(Refused, match="works at that time anyway"):
        apply(Overtime((shop.machines["CUT-1"].id,), at(MONDAY), at(MONDAY + HOUR)))


def test_undone_overtime_is_gone(shop: Shop) -> None:
    edit = apply(Overtime((shop.machines["CUT-1"].id,), at(MONDAY + 9 * HOUR), at(MONDAY + 10 * HOUR)))
    services.undo_edit(edit=edit, by=None, now=MONDAY)
    assert not OvertimeRow.objects.exists()


def test_nothing_is_done_where_one_of_several_is_refused(shop: Shop, two_jobs: list[Operation]) -> None:
    with pytest.raises(Refused):
        apply(
            Weigh(two_jobs[0].line.order_id, 9), Move(two_jobs[0].id, shop.machines["FIT-1"].id, at(MONDAY))
        )
    assert OrderLine.objects.get(id=two_jobs[0].line_id).priority == 1


def test_a_priority_is_undone_to_what_it_was(shop: Shop, two_jobs: list[Operation]) -> None:
    edit = apply(Weigh(two_jobs[0].line.order_id, 9))
    services.undo_edit(edit=edit, by=None, now=MONDAY)
    assert OrderLine.objects.get(id=two_jobs[0].line_id).priority == 1


def test_a_version_of_the_plan_keeps_what_it_moved(shop: Shop, two_jobs: list[Operation]) -> None:
    apply(Move(two_jobs[1].id, shop.machines["CUT-1"].id, at(MONDAY)))
    version = PlanVersion.objects.latest("id")
    assert version.kind == PlanVersion.Kind.EDITED
    moves = unpacked(version.moves)
    assert moves["operation"].tolist() == [each.id for each in two_jobs]
    assert moves["start"].tolist() == [at(MONDAY + 2 * HOUR), at(MONDAY)]


@pytest.mark.parametrize(
    "change",
    [
        Move(1, 2, 3, 4, 5),
        Pin(7),
        Down(1, 2, 3, "maintenance", "x"),
        Overtime((1, 2), 3, 4),
        Gate(1),
        EndDown(3),
    ],
)
def test_changes_are_the_same_after_json(change: Change) -> None:
    assert read_changes(write_changes([change])) == (change,)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (None, "changes"),
        ([], "changes"),
        ([{"kind": "nonsense"}], "changes[0]"),
        ([{"kind": []}], "changes[0]"),
        ([{"kind": "down", "machine": 1, "starts": 1, "ends": 2, "note": "\x00"}], "changes[0].note"),
        ([{"kind": "down", "machine": 1, "starts": 1, "ends": 2, "note": "\ud800"}], "changes[0].note"),
        ([{"kind": "move", "operation": 1, "machine": 2}], "changes[0].start"),
        ([{"kind": "pin", "operation": "1"}], "changes[0].operation"),
        ([{"kind": "pin", "operation": True}], "changes[0].operation"),
        ([{"kind": "pin", "operation": 1, "more": 2}], "changes[0].more"),
        ([{"kind": "down", "machine": 1, "starts": 5, "ends": 10**15}], "changes[0].ends"),
        ([{"kind": "overtime", "machines": "12", "starts": 1, "ends": 2}], "changes[0].machines"),
    ],
)
def test_nonsense_is_refused_by_its_field(data: object, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_changes(data)
    assert refusal.value.field == field


def post(client: Any, path: str, *changes: Change) -> Any:
    """The answer to these changes as JSON."""
    body = {"changes": write_changes(changes)}
    return client.post(f"/planning/changes/{path}", body, content_type="application/json")


@pytest.fixture
def planner(client: Any, db: None) -> Any:
    """A browser in which a planner is signed in."""
    user = User.objects.create_user(email="planner@shop.example", password="x", roles=["planner"])
    client.force_login(user)
    return client


def tomorrow_noon() -> int:
    """A minute to come."""
    return minute_of(timezone.now() + timedelta(days=1))


def test_the_page_shows_the_effect_and_makes_the_change(planner: Any, shop: Shop) -> None:
    starts = tomorrow_noon()
    down = Down(shop.machines["CUT-1"].id, starts, starts + 3 * 1440)
    assert post(planner, "preview/", down).json()["late_count"] == 0
    assert not Downtime.objects.exists()
    made = post(planner, "make/", down).json()
    assert made["words"][0].startswith("CUT-1 stands")
    undone = planner.post(f"/planning/changes/{made['edit']}/undo/", {}, content_type="application/json")
    assert undone.status_code == 200
    assert not Downtime.objects.exists()


def test_a_request_nested_too_deeply_is_refused(planner: Any) -> None:
    answer = planner.post("/planning/changes/preview/", "[" * 100_000, content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        NewMachine(2**62, "CUT-9", "Saw", 100, 0),
        Expect((1,), "Supplier", 2**62),
        Away(1, 1, 2**26 + 60, 2**26),
        Away(2**31 - 1, 1, 2**26, 2**26 + 60),
        Overtime((), 2**26, 2**26 + 60),
        Restore((1, 2), (1,), (1,)),
        Restore((), (), ()),
    ],
)
def test_numbers_no_plan_is_made_of_are_refused(planner: Any, shop: Shop, change: Change) -> None:
    assert post(planner, "preview/", change).status_code == 422


def test_a_refused_change_answers_with_the_remedy(planner: Any, shop: Shop) -> None:
    answer = post(planner, "make/", Down(10**9, tomorrow_noon(), tomorrow_noon() + 60))
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": "This machine is not there any more.",
        "field": "machine",
        "remedy": "Reload the page.",
    }


def test_the_list_of_changes_is_short_of_statements(
    planner: Any, shop: Shop, django_assert_max_num_queries: Any
) -> None:
    starts = tomorrow_noon()
    for number in range(12):
        post(
            planner,
            "make/",
            Down(shop.machines["CUT-1"].id, starts + 4320 * number, starts + 4320 * number + 4319),
        )
    with django_assert_max_num_queries(9):
        page = planner.get("/planning/changes/").content.decode()
    assert page.count("Undo change") == 12

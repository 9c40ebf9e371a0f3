"""What the database says of resources and jobs, as the engine gets it."""

from datetime import timedelta

import numpy as np
import pytest

from orders.models import OrderLine
from planning import services
from planning.models import Absence, Changeover, Crew, Dispatching, Machine, Operation, Skill, Tool
from planning.selectors import hurt_by_downtime, load_ledger, load_resources, minute_of, new_rows
from planning.selectors.changes import Gate, Pin, Weigh
from planning.selectors.order_book.book import OPERATIONS, open_rows
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning, step

HOUR = timedelta(hours=1)


def crew(shop: Shop, size: int, *skills: str) -> Crew:
    """People with these skills on the day shift."""
    found = Crew.objects.create(
        code=f"CREW-{Crew.objects.count()}", name="Crew", calendar=shop.calendar, size=size
    )
    found.skills.set([Skill.objects.get_or_create(code=code)[0] for code in skills])
    return found


def operations(shop: Shop, *rows: dict[str, object]) -> list[Operation]:
    """The planned operations of one job with this routing."""
    line = make_job(shop, routing=list(rows))
    services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    return list(line.operations.order_by("sequence"))


def graph(shop: Shop) -> list[dict[str, object]]:
    """Cut two things side by side, then fit them together."""
    cut, fit = shop.processes["CUT"], shop.processes["FIT"]
    first = {**step(cut, 10), "after": []}
    second = {**step(cut, 20), "after": [], "wait_minutes": 90}
    return [first, second, {**step(fit, 30), "after": [10, 20], "queue_minutes": 30}]


def test_a_row_that_is_not_stored_yet_is_the_row_that_will_be_read(shop: Shop) -> None:
    mine = operations(
        shop, {**step(shop.processes["CUT"], 10, 50, 5, "RED"), "skills": ["WELD"], "after": []}
    )
    Operation.objects.update(machine=None, during=None, unplanned_reason="")
    (new,), (stored,) = new_rows(mine), open_rows()
    differing = {name for name in OPERATIONS if new[name] != stored[name]}
    assert differing <= {"id", "machine", "start", "end", "forecast"}


def test_branches_run_side_by_side_and_join(shop: Shop) -> None:
    one, other, last = operations(shop, *graph(shop))
    assert one.planned_start == other.planned_start == MONDAY
    assert last.planned_start == MONDAY + 3 * HOUR


def test_a_plain_chain_is_stored_as_none(shop: Shop) -> None:
    rows = [
        {**step(shop.processes["CUT"], 10), "after": []},
        {**step(shop.processes["FIT"], 20), "after": [10]},
    ]
    assert [each.after for each in operations(shop, *rows)] == [None, None]


def test_the_lags_stand_beside_the_predecessors(shop: Shop) -> None:
    operations(shop, *graph(shop))
    problem = load_ledger(MONDAY).problem
    assert problem.after.ptr.tolist() == [0, 0, 0, 2]
    assert problem.lags.tolist() == [30, 120]


def test_skills_of_one_step_are_one_skill_that_a_crew_has_if_it_has_all(shop: Shop) -> None:
    crew(shop, 1, "WELD")
    crew(shop, 2, "WELD", "PAINT")
    operations(shop, {**step(shop.processes["CUT"], 10), "skills": ["PAINT", "WELD"]})
    problem = load_ledger(MONDAY).problem
    wanted = problem.operations["skill"][0]
    able = [
        wanted in problem.skills.value[a:b]
        for a, b in np.lib.stride_tricks.sliding_window_view(problem.skills.ptr, 2)
    ]
    assert able == [False, True]
    assert problem.label("skills", wanted) == "PAINT and WELD"


def test_a_skill_nobody_has_is_named_on_the_planners_list(shop: Shop) -> None:
    mine = operations(shop, {**step(shop.processes["CUT"], 10), "skills": ["WELD"]})
    assert mine[0].unplanned_reason.startswith("Op 10 Cut needs WELD, which nobody has.")
    assert Skill.objects.get().code == "WELD"


def test_a_tool_that_does_not_exist_is_named(shop: Shop) -> None:
    mine = operations(shop, {**step(shop.processes["CUT"], 10), "tools": ["JIG-7"]})
    assert "needs JIG-7, of which there is none" in mine[0].unplanned_reason
    assert Tool.objects.get().quantity == 0


def test_one_tool_is_held_by_one_operation_at_a_time(shop: Shop) -> None:
    Tool.objects.create(code="JIG")
    jobs = [make_job(shop, routing=[{**step(shop.processes["CUT"], 10), "tools": ["JIG"]}]) for _ in range(2)]
    services.plan_jobs(moves=moves_to_planning(*jobs), now=MONDAY)
    assert {each.planned_start for each in Operation.objects.all()} == {MONDAY, MONDAY + HOUR}


def test_new_jobs_go_around_people_who_are_busy(shop: Shop) -> None:
    crew(shop, 1, "WELD")
    row = {**step(shop.processes["CUT"], 10), "skills": ["WELD"]}
    (first,), (second,) = operations(shop, row), operations(shop, row)
    assert (first.planned_start, second.planned_start) == (MONDAY, MONDAY + HOUR)


def test_an_absent_person_is_not_planned(shop: Shop) -> None:
    Absence.objects.create(crew=crew(shop, 1, "WELD"), starts=MONDAY, ends=MONDAY + 2 * HOUR, at=MONDAY)
    (mine,) = operations(shop, {**step(shop.processes["CUT"], 10), "skills": ["WELD"]})
    assert mine.planned_start == MONDAY + 2 * HOUR


def test_the_others_of_the_crew_stay_when_one_is_absent(shop: Shop) -> None:
    mine = crew(shop, 3, "WELD")
    for start in (0, 1, 5):
        Absence.objects.create(
            crew=mine, starts=MONDAY + start * HOUR, ends=MONDAY + (start + 2) * HOUR, at=MONDAY
        )
    found = load_resources(MONDAY).people.crews
    assert [each.size for each in found] == [1, 1, 1]
    assert len({each.calendar for each in found}) == 3


def test_a_fast_machine_is_sooner_done(shop: Shop) -> None:
    Machine.objects.filter(code="CUT-2").update(speed=200)
    (mine,) = operations(shop, step(shop.processes["CUT"], 10, 90))
    assert (mine.machine, mine.planned_end) == (shop.machines["CUT-2"], MONDAY + timedelta(minutes=45))


def test_a_work_centre_without_a_limit_takes_all_at_once(shop: Shop) -> None:
    shop.centres["CUT"].unlimited = True
    shop.centres["CUT"].save()
    for _ in range(3):
        operations(shop, step(shop.processes["CUT"], 10))
    services.replan(now=MONDAY)
    assert {each.planned_start for each in Operation.objects.all()} == {MONDAY}


def test_outside_days_are_working_days_of_the_calendar(shop: Shop) -> None:
    outside = {**step(shop.processes["FIT"], 10, 0), "outside": True, "outside_days": 7}
    (mine,) = operations(shop, outside)
    assert mine.planned_end == MONDAY + timedelta(days=8, hours=8)


def test_a_rack_takes_jobs_of_one_family_together(shop: Shop) -> None:
    Machine.objects.filter(code="CUT-2").delete()
    Machine.objects.filter(code="CUT-1").update(places=4)
    for _ in range(3):
        operations(shop, step(shop.processes["CUT"], 10, family="OAK"))
    OrderLine.objects.update(promised_at=MONDAY)
    services.replan(now=MONDAY)
    assert {each.planned_start for each in Operation.objects.all()} == {MONDAY}


def test_a_rack_runs_as_often_as_the_batches_ask_for(shop: Shop) -> None:
    Machine.objects.filter(work_centre=shop.centres["CUT"]).update(places=6)
    line = make_job(shop, routing=[{**step(shop.processes["CUT"], 10, 120), "batch_size": 4}])
    line.quantity = 8
    line.save()
    services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    assert line.operations.get().planned_end == MONDAY + 2 * HOUR


def test_the_matrix_says_how_long_a_changeover_takes(shop: Shop) -> None:
    Machine.objects.filter(code="CUT-2").delete()
    Changeover.objects.create(before="RED", after="BLUE", minutes=120)
    Changeover.objects.create(before="BLUE", after="RED", minutes=5)
    for family in ("RED", "BLUE"):
        operations(shop, step(shop.processes["CUT"], 10, 60, 30, family))
    OrderLine.objects.update(promised_at=MONDAY)
    services.replan(now=MONDAY)
    last = Operation.objects.latest("during")
    assert last.planned_end == MONDAY + timedelta(minutes=270)


def test_the_most_urgent_job_weighs_most(shop: Shop) -> None:
    order = make_job(shop).order
    services.plan_jobs(moves=moves_to_planning(order.lines.get()), now=MONDAY)
    services.apply_changes(changes=[Weigh(order.id, 9)], by=None, now=MONDAY)
    assert load_ledger(MONDAY).problem.jobs["weight"].tolist() == [9]


def test_a_gate_keeps_a_job_from_beginning(shop: Shop) -> None:
    (mine,) = operations(shop, step(shop.processes["CUT"], 10))
    gate = Gate(mine.line_id, minute_of(MONDAY + 4 * HOUR))
    services.apply_changes(changes=[gate], by=None, now=MONDAY)
    mine.refresh_from_db()
    assert mine.planned_start == MONDAY + 4 * HOUR


def test_a_pinned_operation_stays_where_it_is(shop: Shop) -> None:
    (mine,) = operations(shop, step(shop.processes["CUT"], 10))
    Operation.objects.update(during=(MONDAY + 3 * HOUR, MONDAY + 4 * HOUR))
    services.apply_changes(changes=[Pin(mine.id)], by=None, now=MONDAY)
    services.replan(now=MONDAY)
    mine.refresh_from_db()
    assert mine.planned_start == MONDAY + 3 * HOUR


@pytest.mark.parametrize(("hours", "start"), [(0, 0), (8, 3)])
def test_the_frozen_zone_stays_where_it_is(shop: Shop, hours: int, start: int) -> None:
    Dispatching.objects.create(id=1, frozen_hours=hours)
    (mine,) = operations(shop, step(shop.processes["CUT"], 10))
    Operation.objects.update(during=(MONDAY + 3 * HOUR, MONDAY + 4 * HOUR))
    OrderLine.objects.update(promised_at=MONDAY)
    services.replan(now=MONDAY)
    mine.refresh_from_db()
    assert mine.planned_start == MONDAY + start * HOUR


def test_what_waited_for_a_deleted_skill_says_so(shop: Shop) -> None:
    crew(shop, 1, "WELD")
    (mine,) = operations(shop, {**step(shop.processes["CUT"], 10), "skills": ["WELD"]})
    Skill.objects.all().delete()
    services.replan(now=MONDAY)
    mine.refresh_from_db()
    assert "a deleted skill" in mine.unplanned_reason


def test_pieces_that_are_counted_already_need_no_more_time(shop: Shop) -> None:
    (mine,) = operations(shop, step(shop.processes["CUT"], 10, 100))
    Operation.objects.update(
        status="running", worked_on=mine.machine, running_since=MONDAY, quantity=4, good=3
    )
    assert load_ledger(MONDAY).problem.operations["run"].tolist() == [25]


def test_a_planned_moment_is_read_in_minutes(shop: Shop) -> None:
    operations(shop, step(shop.processes["CUT"], 10))
    assert load_ledger(MONDAY).standing["start"].tolist() == [minute_of(MONDAY)]


def test_what_a_downtime_hurts_leaves_the_absent_absent(shop: Shop) -> None:
    Machine.objects.filter(code="CUT-2").delete()
    Absence.objects.create(crew=crew(shop, 1, "WELD"), starts=MONDAY, ends=MONDAY + HOUR, at=MONDAY)
    operations(shop, {**step(shop.processes["CUT"], 10), "skills": ["WELD"]})
    down = services.report_downtime(
        machine=shop.machines["CUT-1"], starts=MONDAY, ends=MONDAY + 3 * HOUR, now=MONDAY
    )
    services.repair_plan(now=MONDAY)
    (hurt,), _ = hurt_by_downtime(down, MONDAY)
    assert hurt.days == round(2 / 24, 1)

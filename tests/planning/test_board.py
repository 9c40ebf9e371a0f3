"""The board's page, its data in columns, and its list twin."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kernel import clock
from orders.models import User
from planning import selectors, services
from planning.engine.result import SENTENCES, Reason
from planning.models import Absence, Crew, HeldSlot, Hold, Operation, Overtime, Skill
from planning.selectors.board.placeless import act_of
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning, step

DATA = "/planning/board/data/?from=2026-11-23&days=7"


@pytest.fixture
def planner(client: Client, db: None) -> Iterator[Client]:
    """A browser in which a planner has signed in, on the Monday of the plan."""
    client.force_login(User.objects.create_user("planner@example.com", roles=["planner"]))
    with clock.told_at(MONDAY):
        yield client


def planned(shop: Shop, count: int = 3) -> list[Operation]:
    """Jobs of cut and fit in the plan from Monday on; their operations by job and step."""
    lines = [make_job(shop, promised=MONDAY + timedelta(days=30)) for _ in range(count)]
    services.plan_jobs(moves=moves_to_planning(*lines), now=MONDAY)
    return list(Operation.objects.order_by("line", "sequence"))


def summed(steps: list[int]) -> list[int]:
    """The numbers behind their differences."""
    found, last = [], 0
    for each in steps:
        last += each
        found.append(last)
    return found


def bars(data: dict[str, Any]) -> list[tuple[int, int, int, int]]:
    """Operation, machine, start and end of each bar, as the page reads them."""
    found, last = [], data["from"]
    columns = data["bars"]
    for number, seat, gap, length in zip(
        summed(columns["id"]), columns["machine"], columns["start"], columns["length"], strict=True
    ):
        start = last + gap
        last = start + length
        found.append((number, data["machines"][seat][0], start, last))
    return found


def test_the_columns_tell_where_every_operation_stands(shop: Shop, planner: Client) -> None:
    operations = planned(shop)
    wanted = [
        (
            each.id,
            each.machine_id,
            selectors.minute_of(each.planned_start),
            selectors.minute_of(each.planned_end),
        )
        for each in operations
    ]
    assert bars(planner.get(DATA).json()) == wanted


def test_names_jobs_and_able_machines_are_told_once(shop: Shop, planner: Client) -> None:
    planned(shop)
    data = planner.get(DATA).json()
    assert sorted(data["bars"]["names"]) == ["Cut", "Fit"]
    assert len(data["lines"]["ref"]) == 3
    codes = {tuple(data["machines"][at][1] for at in pool) for pool in data["bars"]["pools"]}
    assert codes == {("CUT-1", "CUT-2"), ("FIT-1", "FIT-2")}


def test_working_time_downtimes_and_overtime_are_told(shop: Shop, planner: Client) -> None:
    machine = shop.machines["CUT-1"]
    with clock.told_at(MONDAY):
        services.report_downtime(
            machine=machine, starts=MONDAY, ends=MONDAY + timedelta(hours=4), note="belt", now=MONDAY
        )
        Overtime.objects.create(
            machine=machine, starts=MONDAY + timedelta(days=5), ends=MONDAY + timedelta(days=5.2), at=MONDAY
        )
        data = planner.get(DATA).json()
    usual, own = (summed(data["hours"][row[4]]) for row in (data["machines"][1], data["machines"][0]))
    assert usual[:2] == [8 * 60, 16 * 60]
    assert own[:2] == [12 * 60, 16 * 60]
    assert data["downtimes"][0][1:] == [0, 8 * 60, 12 * 60, "Breakdown", "belt"]
    assert data["overtime"][0][1] == 0


def test_held_time_is_a_bar_of_its_own_kind(shop: Shop, planner: Client) -> None:
    line = make_job(shop, state="quoted")
    times = {"held_at": MONDAY, "expires_at": MONDAY, "promised_at": MONDAY, "finish": MONDAY}
    hold = Hold.objects.create(line=line, way="soon", fingerprint="x", **times)
    span = (MONDAY, MONDAY + timedelta(hours=2))
    HeldSlot.objects.create(hold=hold, sequence=10, name="Cut", machine=shop.machines["CUT-1"], during=span)
    data = planner.get(DATA).json()
    assert data["statuses"][data["bars"]["status"][0]] == "Held for a quotation"
    assert data["bars"]["names"] == ["Cut"]


def staffed(shop: Shop, size: int = 2) -> Crew:
    """Jobs whose cutting asks for a welder, and a crew of welders."""
    skill = Skill.objects.create(code="WELD")
    crew = Crew.objects.create(code="A", name="Early", calendar=shop.calendar, size=size)
    crew.skills.add(skill)
    planned(shop)
    Operation.objects.filter(sequence=10).update(skills=[skill.id])
    services.replan(reason="Skills", now=MONDAY)
    return crew


def test_people_are_told_where_they_are_asked_for(shop: Shop, planner: Client) -> None:
    staffed(shop)
    data = planner.get(f"{DATA}&rows=people").json()
    assert (data["crews"], data["people"]) == ([["A", "Early"]], [[0, 1, 0], [0, 2, 0]])
    assert sorted(data["bars"]["sequence"]) == sorted(planner.get(DATA).json()["bars"]["sequence"])
    who = dict(zip(summed(data["bars"]["id"]), data["who"], strict=True))
    cuts = list(Operation.objects.filter(sequence=10).order_by("during"))
    assert all(who[each.id] in {0, 1} for each in cuts)
    assert who[cuts[0].id] != who[cuts[1].id]
    assert {who[each.id] for each in Operation.objects.filter(sequence=20)} == {-1}


def test_the_same_person_attends_whatever_days_are_looked_at(shop: Shop, planner: Client) -> None:
    staffed(shop)
    wide = planner.get(f"{DATA}&rows=people").json()
    day = planner.get("/planning/board/data/?from=2026-11-23&days=1&rows=people").json()
    known = dict(zip(summed(wide["bars"]["id"]), wide["who"], strict=True))
    assert all(
        known[number] == who for number, who in zip(summed(day["bars"]["id"]), day["who"], strict=True)
    )


def test_who_is_away_is_told_and_attends_nothing(shop: Shop, planner: Client) -> None:
    crew = staffed(shop)
    Absence.objects.create(
        crew=crew, people=1, starts=MONDAY, ends=MONDAY + timedelta(days=2), note="ill", at=MONDAY
    )
    services.replan(reason="Ill", now=MONDAY)
    data = planner.get(f"{DATA}&rows=people").json()
    assert data["absences"] == [[0, 8 * 60, 56 * 60, "ill"]]
    assert {who for who in data["who"] if who >= 0} == {1}


def test_where_nobody_can_it_says_why(shop: Shop, planner: Client) -> None:
    crew = staffed(shop)
    crew.skills.clear()
    data = planner.get(f"{DATA}&rows=people").json()
    assert data["who"].count(-2) == 3
    assert "No crew has the skills" in data["nobody"]["-2"]
    page = planner.get("/planning/board/?from=2026-11-23&as=table&rows=people").content.decode()
    assert page.count("No crew has the skills") == 3


def test_an_unattended_run_keeps_its_operator_for_the_set_up_only(shop: Shop, planner: Client) -> None:
    staffed(shop)
    first = Operation.objects.filter(sequence=10).order_by("during")[0]
    Operation.objects.filter(id=first.id).update(unattended=True, setup_minutes=20, run_minutes=40)
    data = planner.get(f"{DATA}&rows=people").json()
    at = summed(data["bars"]["id"]).index(first.id)
    assert data["until"] == {str(at): 20}


def test_the_list_by_person_shows_their_load(shop: Shop, planner: Client) -> None:
    staffed(shop)
    page = planner.get("/planning/board/?from=2026-11-23&as=table&rows=people").content.decode()
    assert "A 1" in page
    assert "A 2" in page
    assert "3 of 80 h" in page
    assert "bottleneck" in page


def test_people_need_few_statements(
    shop: Shop, planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    staffed(shop)
    with django_assert_max_num_queries(8):
        planner.get(f"{DATA}&rows=people")


def test_operations_without_a_place_are_named_with_what_to_do(shop: Shop, planner: Client) -> None:
    operation = planned(shop)[0]
    reason = "Op 10 Cut needs WELD, which nobody has. Train or hire somebody, or change the step."
    Operation.objects.filter(id=operation.id).update(machine=None, during=None, unplanned_reason=reason)
    told = planner.get(DATA).json()["without"]
    assert told["count"] == 1
    assert told["rows"][0][2:4] == ["Cut", reason]
    assert told["rows"][0][-2:] == ["Look at people", "/planning/resources/people/"]
    page = planner.get("/planning/board/?from=2026-11-23&as=table").content.decode()
    assert "1 operation without a place" in page
    assert reason in page


@pytest.mark.parametrize("reason", [each for each in Reason if each not in {Reason.PLACED, Reason.WAITS}])
def test_every_reason_of_the_engine_has_somewhere_to_go(reason: Reason) -> None:
    assert act_of(SENTENCES[reason])[0]


def test_what_follows_another_than_the_one_before_is_told(shop: Shop, planner: Client) -> None:
    routing = [step(shop.processes["CUT"], number) for number in (10, 20, 30)]
    line = make_job(shop, routing=routing)
    services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    Operation.objects.filter(sequence=20).update(after=[10])
    Operation.objects.filter(sequence=30).update(after=[10])
    assert planner.get(DATA).json()["bars"]["after"] == {"2": [10]}


def test_the_same_picture_is_sent_once(shop: Shop, planner: Client) -> None:
    planned(shop)
    tag = planner.get(DATA)["ETag"]
    again = planner.get(DATA, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_progress_makes_another_picture(shop: Shop, planner: Client) -> None:
    operations = planned(shop)
    tag = planner.get(DATA)["ETag"]
    now = timezone.now()
    Operation.objects.filter(id=operations[0].id).update(
        status="running", worked_on=operations[0].machine, running_since=now, started_at=now
    )
    assert planner.get(DATA, headers={"If-None-Match": tag}).status_code == 200


def test_the_data_need_few_statements_at_any_size(
    shop: Shop, planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    planned(shop, 30)
    with django_assert_max_num_queries(6):
        data = planner.get("/planning/board/data/?from=2026-11-23&days=60").json()
    assert len(data["bars"]["id"]) == 60


def test_unchanged_data_need_fewer(
    shop: Shop, planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    planned(shop)
    tag = planner.get(DATA)["ETag"]
    with django_assert_max_num_queries(5):
        planner.get(DATA, headers={"If-None-Match": tag})


@pytest.mark.parametrize(
    "query",
    ["from=x&days=y", "days=99999999", "days=nan", "from=9999-12-31&days=28", "days=-3", "from=&days=1e300"],
)
def test_a_broken_window_falls_back_to_the_usual_one(shop: Shop, planner: Client, query: str) -> None:
    data = planner.get(f"/planning/board/data/?{query}").json()
    assert 1440 <= data["to"] - data["from"] <= 191 * 1440
    assert planner.get(f"/planning/board/?{query}&as=table&page=-1").status_code == 200


def test_the_list_shows_the_same_operations(shop: Shop, planner: Client) -> None:
    planned(shop)
    page = planner.get("/planning/board/?from=2026-11-23&days=14&as=table").content.decode()
    assert page.count("Op 20 Fit") == 3
    assert "style=" not in page


def test_the_list_needs_few_statements_at_any_size(
    shop: Shop, planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    planned(shop, 30)
    with django_assert_max_num_queries(9):
        page = planner.get("/planning/board/?from=2026-11-23&days=60&as=table").content.decode()
    assert page.count("Op 20 Fit") == 30


def test_an_empty_window_says_so(shop: Shop, planner: Client) -> None:
    assert "Nothing stands here" in planner.get("/planning/board/?as=table").content.decode()


@pytest.mark.parametrize(("role", "status"), [("buyer", 200), ("sales", 200), ("operator", 403)])
def test_who_may_see_the_board(shop: Shop, client: Client, role: str, status: int) -> None:
    client.force_login(User.objects.create_user(f"{role}@example.com", roles=[role]))
    assert client.get("/planning/board/").status_code == status
    assert client.get(DATA).status_code == status


def test_only_planners_are_offered_changes(shop: Shop, client: Client) -> None:
    client.force_login(User.objects.create_user("sales@example.com", roles=["sales"]))
    page = client.get("/planning/board/").content.decode()
    assert 'data-may-change="no"' in page
    assert "Report downtime" not in page


def moved(operation: Operation, shop: Shop, **more: str) -> dict[str, Any]:
    """Input that moves it to the second machine, two hours later."""
    other = shop.machines["CUT-2" if operation.machine == shop.machines["CUT-1"] else "CUT-1"]
    assert operation.planned_start
    local = timezone.localtime(operation.planned_start + timedelta(hours=2))
    return {"machine": other.id, "starts": f"{local:%Y-%m-%dT%H:%M}", **more}


def test_a_move_without_scripts_shows_its_effect_first(shop: Shop, planner: Client) -> None:
    operation = planned(shop, 1)[0]
    with clock.told_at(MONDAY):
        page = planner.post(
            f"/planning/board/operations/{operation.id}/", moved(operation, shop, preview="1")
        ).content.decode()
    assert "Nobody becomes late" in page or "No job becomes late" in page
    assert not Operation.objects.get(id=operation.id).pinned


def test_a_move_without_scripts_is_saved_and_pinned(shop: Shop, planner: Client) -> None:
    operation = planned(shop, 1)[0]
    asked = moved(operation, shop)
    with clock.told_at(MONDAY):
        assert planner.post(f"/planning/board/operations/{operation.id}/", asked).status_code == 302
    found = Operation.objects.get(id=operation.id)
    assert (found.machine_id, found.pinned) == (asked["machine"], True)


def test_a_machine_that_cannot_do_it_is_no_choice(shop: Shop, planner: Client) -> None:
    operation = planned(shop, 1)[0]
    asked = moved(operation, shop) | {"machine": shop.machines["FIT-1"].id}
    assert planner.post(f"/planning/board/operations/{operation.id}/", asked).status_code == 422


def test_the_list_pins_and_unpins(shop: Shop, planner: Client) -> None:
    operation = planned(shop, 1)[0]
    with clock.told_at(MONDAY):
        planner.post(f"/planning/board/operations/{operation.id}/pin/")
        assert Operation.objects.get(id=operation.id).pinned
        planner.post(f"/planning/board/operations/{operation.id}/pin/")
    assert not Operation.objects.get(id=operation.id).pinned


def test_sales_may_not_move(shop: Shop, client: Client) -> None:
    operation = planned(shop, 1)[0]
    client.force_login(User.objects.create_user("sales@example.com", roles=["sales"]))
    assert client.get(f"/planning/board/operations/{operation.id}/").status_code == 403
    assert "Unpin" not in client.get("/planning/board/?from=2026-11-23&as=table").content.decode()


def test_the_list_has_the_machines_in_the_order_of_the_board(shop: Shop, planner: Client) -> None:
    planned(shop, 4)
    found = selectors.listed(
        selectors.load_sheet(selectors.read_window("2026-11-23", "7", MONDAY.date()), MONDAY), MONDAY
    )
    assert list(dict.fromkeys(each.machine for each in found)) == ["CUT-1", "CUT-2", "FIT-1", "FIT-2"]
    assert found[0].times.endswith("08:00 to 09:00")

"""What is next on each machine, what may be started, and how the floor gets it."""

from typing import Any

import pytest
from icalendar import Calendar

from kernel.errors import Conflict, Refused
from orders.models import User
from planning import services
from planning.models import Dispatching, Operation
from planning.selectors import dispatch_list, unreleased
from planning.selectors.changes import Dispatch, Release
from planning.selectors.dispatch.dispatch import Turn
from tests.planning.floor import start
from tests.planning.shop import MONDAY, Shop, step
from tests.planning.test_services_graph import released


@pytest.fixture
def cuts(shop: Shop) -> list[Operation]:
    """Three jobs that are ready to be cut on the same machine, two hours each."""
    for code in ("CUT-2", "FIT-1", "FIT-2"):
        shop.machines[code].active = False
        shop.machines[code].save()
    return [released(shop, step(shop.processes["CUT"], 10, minutes=120))[0] for _ in range(3)]


def queue(machine: str = "CUT-1") -> list[Turn]:
    """The queue of a machine."""
    (bench,) = (bench for bench in dispatch_list(MONDAY) if bench.machine == machine)
    return list(bench.turns)


def by_rule(release: str, *, ahead: int = 0, load: int = 0) -> None:
    """Release by this rule from now on."""
    services.apply_changes(changes=[Dispatch(0, release, ahead, load)], by=None, now=MONDAY)


def test_a_queue_stands_in_the_order_of_the_plan(cuts: list[Operation]) -> None:
    assert [turn.id for turn in queue()] == [each.id for each in cuts]


def test_the_first_that_may_be_started_is_next(cuts: list[Operation]) -> None:
    Operation.objects.filter(id=cuts[0].id).update(status="blocked")
    (bench,) = dispatch_list(MONDAY)
    assert bench.next is not None
    assert bench.next.id == cuts[1].id


def test_without_a_rule_everything_is_released(cuts: list[Operation]) -> None:
    assert all(turn.released for turn in queue())
    assert unreleased([each.id for each in cuts], MONDAY) == {}


def test_by_date_only_what_begins_soon_is_released(cuts: list[Operation]) -> None:
    by_rule("by_date", ahead=3)
    assert [turn.released for turn in queue()] == [True, True, False]


def test_by_load_a_machine_gets_so_many_hours(cuts: list[Operation]) -> None:
    by_rule("by_load", load=2)
    assert [turn.shown_status for turn in queue()] == ["ready", "not released", "not released"]


def test_what_is_not_released_cannot_be_started(cuts: list[Operation]) -> None:
    by_rule("by_load", load=2)
    with pytest.raises(Conflict, match="Not released yet: planned for"):
        start(cuts[2])


def test_the_planner_releases_one_ahead_of_the_rule(cuts: list[Operation]) -> None:
    by_rule("by_load", load=2)
    services.apply_changes(changes=[Release(cuts[2].id)], by=None, now=MONDAY)
    assert start(cuts[2]).status == "running"


def test_a_rule_is_undone_to_the_one_before(shop: Shop) -> None:
    by_rule("by_date", ahead=10)
    edit = services.apply_changes(changes=[Dispatch(8, "by_load", 10, 20)], by=None, now=MONDAY)
    services.undo_edit(edit=edit, by=None, now=MONDAY)
    assert Dispatching.objects.get().release == "by_date"


def test_an_unknown_rule_is_refused(shop: Shop) -> None:
    with pytest.raises(Refused, match="This rule is not known"):
        by_rule("by_moon")


def test_the_list_takes_one_statement(cuts: list[Operation], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        dispatch_list(MONDAY)


@pytest.fixture
def operator(db: None) -> User:
    """Somebody of the floor."""
    return User.objects.create_user(email="op@shop.example", password="x", roles=["operator"])


def test_operators_see_the_list_and_not_the_rule(client: Any, operator: User, cuts: list[Operation]) -> None:
    client.force_login(operator)
    page = client.get("/planning/dispatch/").content.decode()
    assert "Next." in page
    assert "Save rule" not in page


def test_only_planners_set_the_rule(client: Any, operator: User, shop: Shop) -> None:
    client.force_login(operator)
    data = {"release": "by_date", "ahead_hours": 1, "load_hours": 1, "frozen_hours": 1}
    client.post("/planning/dispatch/", data)
    assert not Dispatching.objects.exists()


def test_planners_set_the_rule(client: Any, shop: Shop) -> None:
    client.force_login(User.objects.create_user(email="p@shop.example", password="x", roles=["planner"]))
    data = {"release": "by_date", "ahead_hours": 24, "load_hours": 1, "frozen_hours": 2}
    assert client.post("/planning/dispatch/", data).status_code == 302
    assert Dispatching.objects.get().frozen_hours == 2


def subscription(client: Any, user: User) -> str:
    """The address of the calendar as the page shows it."""
    client.force_login(user)
    page = client.get("/planning/dispatch/").content.decode()
    address = page.split('id="calendar-link" readonly value="')[1].split('"')[0]
    client.logout()
    return str(address)


def test_a_calendar_program_gets_the_plan(client: Any, operator: User, cuts: list[Operation]) -> None:
    answer = client.get(subscription(client, operator))
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert {str(event["uid"]) for event in events} == {f"operation-{each.id}@mto" for each in cuts}


def test_a_calendar_of_all_machines_shares_its_events_among_them(
    cuts: list[Operation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planning.selectors.dispatch.dispatch.ALL", 2)
    (bench,) = dispatch_list(MONDAY, days=14)
    assert [turn.id for turn in bench.turns] == [each.id for each in cuts[:2]]
    assert dispatch_list(MONDAY, machine="CUT-2", days=14) == []


@pytest.mark.parametrize("what", ["password", "inactive", "forged"])
def test_a_calendar_ends_with_its_person(
    client: Any, operator: User, cuts: list[Operation], what: str
) -> None:
    address = subscription(client, operator)
    if what == "forged":
        address = address.replace(".ics", "x.ics")
    elif what == "password":
        operator.set_password("another")
    operator.is_active = what != "inactive"
    operator.save()
    assert client.get(address).status_code == 404


def test_a_wall_asks_again_and_changes_only_with_the_plan(
    client: Any, operator: User, cuts: list[Operation]
) -> None:
    client.force_login(operator)
    page = client.get("/planning/dispatch/wall/").content.decode()
    seen = page.split("seen=")[1].split('"')[0]
    again = {"HTTP_HX_REQUEST": "true"}
    assert client.get(f"/planning/dispatch/wall/?seen={seen}", **again).status_code == 204
    start(cuts[0])
    assert client.get(f"/planning/dispatch/wall/?seen={seen}", **again).status_code == 200


@pytest.mark.parametrize("page", ["/planning/dispatch/", "/planning/dispatch/wall/"])
def test_a_work_centre_that_makes_no_sense_has_no_machines(client: Any, operator: User, page: str) -> None:
    client.force_login(operator)
    assert client.get(page, {"centre": "\x00 & nonsense"}).status_code == 200

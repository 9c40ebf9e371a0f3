"""The pages of what-ifs: made, changed, compared, adopted; who may, what is said."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kernel import clock
from orders.models import Role, User
from planning import services
from planning.models import Branch, Downtime, Machine, Operation, PlanVersion
from planning.selectors import minute_of
from planning.selectors.changes import Change, Down, Weigh
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning

LIST = "/planning/what-if/"
HOUR = timedelta(hours=1)
HTMX = {"HX-Request": "true", "HX-Target": "what-if-live"}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is Monday morning."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


@pytest.fixture
def planner(client: Client, shop: Shop) -> Client:
    """A browser in which a planner has signed in, of a shop with one job."""
    services.plan_jobs(moves=moves_to_planning(make_job(shop)), now=MONDAY)
    client.force_login(User.objects.create_user("planner@example.com", roles=["planner"]))
    return client


def breakdown() -> Change:
    """Of the first saw, for four hours."""
    saw = Machine.objects.get(code="CUT-1")
    return Down(saw.id, minute_of(MONDAY), minute_of(MONDAY + 4 * HOUR))


def planned(name: str = "Saw breaks") -> Branch:
    """A what-if that is planned."""
    branch = services.make_branch(name=name, by=None, changes=[breakdown()], now=MONDAY)
    services.plan_branch(branch_id=branch.id, now=MONDAY)
    return Branch.objects.get(id=branch.id)


def local(hours: int) -> str:
    """As a form sends it."""
    return f"{timezone.localtime(MONDAY + hours * HOUR):%Y-%m-%dT%H:%M}"


def test_a_what_if_is_made_by_its_name(planner: Client) -> None:
    answer = planner.post(LIST, {"name": "Saturday shift"})
    assert answer["Location"] == Branch.objects.get(name="Saturday shift").get_absolute_url()


def test_one_without_a_name_is_refused_at_the_field(planner: Client) -> None:
    answer = planner.post(LIST, {"name": ""})
    assert (answer.status_code, Branch.objects.count()) == (422, 0)


def test_the_list_shows_them_beside_the_plan_in_force(planner: Client) -> None:
    planned("Saw breaks"), planned("Saw breaks again")
    page = planner.get(LIST).content.decode()
    for words in ("Plan in force", "Saw breaks again", "Jobs on time", "Cash tied up, EUR", "WC-CUT Cut"):
        assert words in page


def test_the_list_takes_few_statements(
    planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        planned(f"Try {number}")
    with django_assert_max_num_queries(12):
        planner.get(LIST)


def test_its_page_takes_few_statements(
    planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    branch = planned()
    order = Operation.objects.earliest("id").line.order_id
    services.change_branch(branch_id=branch.id, revision=branch.revision, add=[Weigh(order, 9)], now=MONDAY)
    services.plan_branch(branch_id=branch.id, now=MONDAY)
    with django_assert_max_num_queries(12):
        page = planner.get(branch.get_absolute_url()).content.decode()
    assert "Rush" in page or "rush" in page


def test_a_change_is_added_at_its_form(planner: Client) -> None:
    branch = services.make_branch(name="Try", by=None, now=MONDAY)
    form = {"machine": Machine.objects.get(code="CUT-1").id, "starts": local(1), "ends": local(5)}
    answer = planner.post(f"{branch.get_absolute_url()}add/breakdown/", {**form, "revision": branch.revision})
    assert answer.status_code == 302
    assert [each["kind"] for each in Branch.objects.get().changes] == ["down"]


def test_a_stretch_that_ends_before_it_starts_is_refused_at_the_field(planner: Client) -> None:
    branch = services.make_branch(name="Try", by=None, now=MONDAY)
    form = {"machine": Machine.objects.get(code="CUT-1").id, "starts": local(5), "ends": local(1)}
    answer = planner.post(f"{branch.get_absolute_url()}add/breakdown/", {**form, "revision": branch.revision})
    assert answer.status_code == 422
    assert "Give an end after the start" in answer.content.decode()


@pytest.mark.parametrize(
    "kind",
    ["breakdown", "overtime", "extra-shift", "closed-day", "priority", "rush-order", "new-machine"],
)
def test_every_kind_of_change_has_its_form(planner: Client, kind: str) -> None:
    branch = services.make_branch(name="Try", by=None, now=MONDAY)
    page = planner.get(f"{branch.get_absolute_url()}add/{kind}/")
    assert "Add to what-if" in page.content.decode()


def test_an_order_that_is_not_there_is_refused(planner: Client) -> None:
    branch = services.make_branch(name="Try", by=None, now=MONDAY)
    form = {"order": "SO-0", "priority": "9", "revision": branch.revision}
    answer = planner.post(f"{branch.get_absolute_url()}add/priority/", form)
    assert "There is no open order of that number" in answer.content.decode()


def test_what_any_form_would_save_can_be_tried(planner: Client) -> None:
    saw = Machine.objects.get(code="CUT-1").id
    form = {"act": "maintenance", "machines": [saw], "starts": local(1), "ends": local(5), "try": "1"}
    answer = planner.post("/planning/downtimes/", form)
    branch = Branch.objects.get()
    assert answer["Location"] == branch.get_absolute_url()
    assert branch.name.startswith("CUT-1 stands")
    assert not Downtime.objects.exists()


def test_a_change_is_taken_out(planner: Client) -> None:
    branch = planned()
    planner.post(f"{branch.get_absolute_url()}remove/", {"revision": branch.revision, "change": "0"})
    assert Branch.objects.get().changes == []


def test_adopting_tells_what_was_done(planner: Client) -> None:
    branch = planned()
    page = planner.post(f"{branch.get_absolute_url()}adopt/", follow=True).content.decode()
    assert "The what-if is adopted" in page
    assert Downtime.objects.count() == 1


def test_where_the_plan_has_moved_since_the_page_says_what_adopting_does(planner: Client) -> None:
    branch = planned()
    PlanVersion.objects.create(kind="repaired", reason="Moved", at=MONDAY, operations=2, moved=1)
    page = planner.get(branch.get_absolute_url()).content.decode()
    assert "The plan has moved since" in page
    assert all(act in page for act in ("Adopt what-if", "Plan it again"))


def test_a_page_that_shows_it_already_is_not_drawn_again(planner: Client) -> None:
    branch = planned()
    seen = f"{branch.revision}.{branch.state}.0"
    answer = planner.get(f"{branch.get_absolute_url()}?seen={seen}", headers=HTMX)
    assert answer.status_code == 204


def test_duplicating_and_dropping(planner: Client) -> None:
    branch = planned()
    planner.post(f"{branch.get_absolute_url()}copy/")
    planner.post(f"{branch.get_absolute_url()}drop/")
    assert list(Branch.objects.order_by("id").values_list("name", "state")) == [
        ("Saw breaks", "dropped"),
        ("Saw breaks (copy)", "planning"),
    ]


@pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 200), (Role.SALES, 403), (Role.OPERATOR, 403)])
def test_only_planners_and_managers_try_what_if(client: Client, db: None, role: str, status: int) -> None:
    client.force_login(User.objects.create_user("somebody@example.com", roles=[role]))
    assert client.get(LIST).status_code == status

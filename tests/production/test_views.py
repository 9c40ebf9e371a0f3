"""The operator's pages, the work orders and the floor's panel."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders.models import OrderLine, User, WorkItem
from planning.models import Operation, Requirement
from production.models import ScrapReason, TimeEntry
from production.services import finish, release_jobs, rework_jobs, start
from tests.planning.shop import MONDAY, Shop, make_job, make_operations, require
from tests.production.floor import move_of, released

SPECIFICATION: list[dict[str, object]] = [
    {"code": "RAM_GB", "label": "Memory", "value": "64", "text": "64 GB ECC", "unit": ""}
]
HTMX = {"HX-Request": "true", "HX-Target": "terminal"}


def test_the_chooser_counts_what_waits_and_remembers_the_choice(shop: Shop, tablet: Client) -> None:
    _, (cut, _) = released(shop)
    Operation.objects.filter(id=cut.id).update(
        machine=shop.machines["CUT-1"], during=(MONDAY, MONDAY + timedelta(hours=1))
    )
    assert b"1 ready" in tablet.get("/production/").content
    tablet.get("/production/work-centre/WC-CUT/")
    assert tablet.get("/production/").headers["Location"] == "/production/work-centre/WC-CUT/"
    assert tablet.get("/production/?choose=1").status_code == 200


def test_the_terminal_shows_one_job_with_one_next_action(shop: Shop, tablet: Client) -> None:
    line, _ = released(shop, specification=SPECIFICATION)
    page = tablet.get("/production/work-centre/WC-CUT/").content.decode()
    assert page.count("btn-primary") == 1
    assert "Start operation 10" in page
    assert "64 GB ECC" in page
    assert str(line.order) in page


def test_start_answers_the_running_job_in_place(shop: Shop, tablet: Client) -> None:
    _, (cut, _) = released(shop)
    answer = tablet.post(f"/production/operations/{cut.id}/start/?operation={cut.id}", headers=HTMX)
    page = answer.content.decode()
    assert "Finish operation 10" in page
    assert "Pause operation 10" in page
    assert "<html" not in page


def test_starting_without_scripts_comes_back_to_the_job(shop: Shop, tablet: Client) -> None:
    _, (cut, _) = released(shop)
    answer = tablet.post(f"/production/operations/{cut.id}/start/")
    assert answer.headers["Location"] == f"/production/work-centre/WC-CUT/?operation={cut.id}"


def test_a_conflict_is_said_above_the_job(shop: Shop, tablet: Client, olga: User) -> None:
    _, (cut, _) = released(shop)
    start(operation=cut, by=olga)
    answer = tablet.post(f"/production/operations/{cut.id}/start/", headers=HTMX)
    assert answer.status_code == 409
    assert "Pause or finish it instead." in answer.content.decode()


def test_pause_offers_to_resume(shop: Shop, tablet: Client, olga: User) -> None:
    _, (cut, _) = released(shop)
    start(operation=cut, by=olga)
    answer = tablet.post(f"/production/operations/{cut.id}/pause/", headers=HTMX)
    assert "Resume operation 10" in answer.content.decode()


def test_a_held_job_shows_its_hold_and_no_action(shop: Shop, tablet: Client) -> None:
    line, _ = released(shop)
    OrderLine.objects.filter(id=line.id).update(held_at=MONDAY, hold_reason="Customer asks")
    page = tablet.get("/production/work-centre/WC-CUT/").content.decode()
    assert "On hold: Customer asks" in page
    assert "Start operation" not in page


def test_what_is_blocked_says_by_which_material_and_until_when(shop: Shop, tablet: Client) -> None:
    line = make_job(shop, state="production")
    cut, _ = make_operations(shop, line)
    require(cut, shop.items["steel"], "5", "2")
    Requirement.objects.update(expected_at=timezone.now() + timedelta(days=400))
    release_jobs(moves=[move_of(line)])
    page = tablet.get("/production/work-centre/WC-CUT/").content.decode()
    assert "Waits for 3\u202fkg STEEL, expected" in page


def test_material_that_is_here_but_not_issued_is_said(shop: Shop, tablet: Client) -> None:
    _, (cut, _) = released(shop)
    require(cut, shop.items["steel"], "5", "5")
    page = tablet.get("/production/work-centre/WC-CUT/").content.decode()
    assert "Issue the material below." in page
    assert "Start operation" not in page


def test_what_waits_for_the_operation_before_says_so(shop: Shop, tablet: Client) -> None:
    released(shop)
    page = tablet.get("/production/work-centre/WC-FIT/").content.decode()
    assert "Waits for Op 10 Cut" in page


def test_rework_says_what_failed(shop: Shop, tablet: Client) -> None:
    line, _ = released(shop)
    Operation.objects.filter(line=line).update(status="complete", finished_at=MONDAY)
    rework_jobs(moves=[move_of(line, "failed", "NCR-2026-00001: 2 Width: 303 mm")])
    rework = Operation.objects.get(line=line, loop=1)
    page = tablet.get(f"/production/operations/{rework.id}/", follow=True).content.decode()
    assert "Rework after NCR-2026-00001" in page
    assert "2 Width: 303 mm" in page


def test_polling_answers_nothing_while_nothing_changed(shop: Shop, tablet: Client, olga: User) -> None:
    _, (cut, _) = released(shop)
    page = tablet.get("/production/work-centre/WC-CUT/")
    seen = page.context["terminal"].version
    url = f"/production/work-centre/WC-CUT/?seen={seen}"
    assert tablet.get(url, headers=HTMX).status_code == 204
    start(operation=cut, by=olga)
    assert tablet.get(url, headers=HTMX).status_code == 200


def test_one_machine_can_be_chosen(shop: Shop, tablet: Client) -> None:
    _, (cut, _) = released(shop)
    tablet.post(f"/production/operations/{cut.id}/start/?machine=CUT-2")
    assert Operation.objects.get(id=cut.id).worked_on == shop.machines["CUT-2"]


@pytest.mark.parametrize("query", ["operation=x", "operation=999999", "page=x", "page=99", "machine=NO"])
def test_a_senseless_address_still_shows_the_page(shop: Shop, tablet: Client, query: str) -> None:
    released(shop)
    assert tablet.get(f"/production/work-centre/WC-CUT/?{query}").status_code == 200


def test_a_scanned_code_opens_the_operation_at_its_work_centre(shop: Shop, tablet: Client) -> None:
    _, (cut, _) = released(shop)
    answer = tablet.get(f"/production/operations/{cut.id}/")
    assert answer.headers["Location"] == f"/production/work-centre/WC-CUT/?operation={cut.id}"


def test_unknown_things_are_not_found(shop: Shop, tablet: Client) -> None:
    for path in (
        "work-centre/X/",
        "operations/99/",
        "work-orders/X/",
        "work-orders/X/traveller/",
        "order/X/panel/",
    ):
        assert tablet.get(f"/production/{path}").status_code == 404


def test_the_finish_form_counts_and_comes_back(
    shop: Shop, tablet: Client, olga: User, dropped: ScrapReason
) -> None:
    _, (cut, _) = released(shop, quantity=3)
    start(operation=cut, by=olga)
    assert b'value="3"' in tablet.get(f"/production/operations/{cut.id}/finish/").content
    counts = {"good": 2, "scrapped": 1, "scrap_reason": dropped.id, "note": "edge"}
    answer = tablet.post(f"/production/operations/{cut.id}/finish/", counts, follow=True)
    entry = TimeEntry.objects.get(operation=cut)
    assert "Op 20 Fit can start" in answer.content.decode()
    assert (entry.good, entry.scrapped, entry.note) == (2, 1, "edge")


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"good": "-1", "scrapped": "4"}, "greater than or equal to 0"),
        ({"good": "2", "scrapped": "0"}, "Count again"),
        ({"good": "x", "scrapped": "0"}, "Enter a whole number"),
        ({"good": "2", "scrapped": "1"}, "Scrap needs a reason"),
        ({"good": "3", "scrapped": "0", "note": "x" * 201}, "at most 200 characters"),
        ({"good": "9" * 30, "scrapped": "0"}, "Count again"),
        ({"good": "3", "scrapped": "0", "scrap_reason": "77"}, "Select a valid choice"),
    ],
)
def test_a_refused_finish_says_why_and_keeps_what_was_entered(
    shop: Shop, tablet: Client, olga: User, counts: dict[str, str], words: str
) -> None:
    _, (cut, _) = released(shop, quantity=3)
    start(operation=cut, by=olga)
    answer = tablet.post(f"/production/operations/{cut.id}/finish/", counts)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'value="{counts["good"]}"' in page
    assert Operation.objects.get(id=cut.id).status == "running"


def test_finishing_what_does_not_run_is_refused(shop: Shop, tablet: Client) -> None:
    _, (cut, _) = released(shop)
    answer = tablet.post(f"/production/operations/{cut.id}/finish/", {"good": 1, "scrapped": 0})
    assert answer.status_code == 422
    assert "Start it first." in answer.content.decode()


def test_a_planner_reads_the_terminal_but_starts_nothing(shop: Shop, client: Client, planner: User) -> None:
    _, (cut, _) = released(shop)
    client.force_login(planner)
    assert "Start operation" not in client.get("/production/work-centre/WC-CUT/").content.decode()
    assert client.post(f"/production/operations/{cut.id}/start/").status_code == 403


def test_a_customer_sees_nothing_of_the_floor(shop: Shop, client: Client) -> None:
    line, _ = released(shop)
    customer = User.objects.create_user(
        "c@example.com", "x", roles=["customer"], customer=line.order.customer
    )
    client.force_login(customer)
    assert client.get(f"/production/order/{line.order}/panel/").status_code == 403


def many(shop: Shop, jobs: int) -> None:
    """Jobs with a started, a ready and a blocked one among them."""
    for index in range(jobs):
        _, (cut, _) = released(shop)
        require(cut, shop.items["steel"], "5", "5")
        Operation.objects.filter(id=cut.id).update(
            machine=shop.machines["CUT-1"],
            during=(MONDAY + timedelta(hours=index), MONDAY + timedelta(hours=index + 1)),
        )


@pytest.mark.parametrize(
    "path",
    [
        "/production/?choose=1",
        "/production/work-centre/WC-CUT/",
        "/production/work-centre/WC-CUT/?page=2",
        "/production/work-centre/WC-FIT/",
        "/production/work-orders/",
        "/production/work-orders/?status=released&q=acme",
    ],
)
def test_lists_take_at_most_twelve_queries_at_any_size(
    shop: Shop, tablet: Client, django_assert_max_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    many(shop, 60)
    with django_assert_max_num_queries(12):
        assert tablet.get(path).status_code == 200


def test_a_job_of_another_page_takes_no_more_queries(
    shop: Shop, tablet: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many(shop, 60)
    first = Operation.objects.filter(sequence=20).first()
    assert first
    with django_assert_max_num_queries(12):
        page = tablet.get(f"/production/work-centre/WC-FIT/?page=2&operation={first.id}").context["terminal"]
    assert page.job.operation.id == first.id
    assert first.id not in [job.operation.id for job in page.queue]


def test_the_queue_has_pages(shop: Shop, tablet: Client) -> None:
    many(shop, 25)
    page = tablet.get("/production/work-centre/WC-CUT/?page=2").context["terminal"]
    assert len(page.queue) == 5
    assert page.page.paginator.count == 25


def test_work_orders_are_found_by_customer_and_number(shop: Shop, tablet: Client) -> None:
    line, _ = released(shop)
    released(shop)
    number = line.work_order.number
    page = tablet.get(f"/production/work-orders/?q={number}").content.decode()
    assert number in page
    assert page.count("row-link") == 1
    assert "No work order fits" in tablet.get("/production/work-orders/?q=zzz").content.decode()


def test_the_work_order_page_tells_who_when_and_what_was_scrapped(
    shop: Shop, tablet: Client, olga: User, dropped: ScrapReason
) -> None:
    line, (cut, _) = released(shop, quantity=2)
    start(operation=cut, by=olga)
    finish(operation=cut, good=1, scrapped=1, scrap_reason=dropped, by=olga)
    page = tablet.get(f"/production/work-orders/{line.work_order.number}/").content.decode()
    for word in ("Olga", "Dropped", "1 scrapped piece at Op 10 Cut", "Settle replacement"):
        assert word in page


def test_the_planner_settles_the_replacement(
    shop: Shop, client: Client, planner: User, dropped: ScrapReason
) -> None:
    _, (cut, _) = released(shop, quantity=2)
    start(operation=cut, by=None)
    finish(operation=cut, good=1, scrapped=1, scrap_reason=dropped, by=None)
    client.force_login(planner)
    answer = client.post(f"/production/operations/{cut.id}/settle-scrap/", follow=True)
    assert "is settled" in answer.content.decode()
    assert not WorkItem.objects.waiting().filter(key=f"scrap:{cut.id}").exists()


def test_the_traveller_carries_specification_and_a_code_per_operation(shop: Shop, tablet: Client) -> None:
    line, _ = released(shop, specification=SPECIFICATION)
    page = tablet.get(f"/production/work-orders/{line.work_order.number}/traveller/").content.decode()
    assert page.count("data:image/svg+xml") == 3
    assert "64 GB ECC" in page
    assert "revision 1" in page


def test_the_panel_is_a_part_for_htmx_and_a_page_by_itself(shop: Shop, tablet: Client) -> None:
    line, _ = released(shop)
    path = f"/production/order/{line.order}/panel/"
    part = tablet.get(path, headers={"HX-Request": "true"}).content.decode()
    assert line.work_order.number in part
    assert "<html" not in part
    assert "<html" in tablet.get(path).content.decode()


def test_the_panel_says_what_is_not_released_yet(shop: Shop, tablet: Client) -> None:
    line = make_job(shop, state="planning")
    assert b"not released to the floor yet" in tablet.get(f"/production/order/{line.order}/panel/").content

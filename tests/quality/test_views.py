"""The inspector's pages and the order's quality matrix."""

from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orders.models import OrderLine, User
from quality.models import Nonconformance
from quality.services import decide, record, use_as_is
from tests.planning.shop import MONDAY, Shop
from tests.quality.bench import GOOD, HOT, recorded, to_inspect

HTMX = {"HX-Request": "true"}


def path(inspection: object, more: str = "") -> str:
    """The address of the sheet, or of an act on it."""
    return f"/quality/inspections/{inspection}/{more}"


def test_home_lists_what_waits_and_open_ncrs(shop: Shop, tablet: Client) -> None:
    _, waiting = to_inspect(shop)
    _, failed = recorded(shop, HOT)
    decide(inspection=failed, by=None)
    page = tablet.get("/quality/").content.decode()
    assert "1 inspection waiting" in page
    assert waiting.number in page
    assert Nonconformance.objects.get().number in page


def test_the_oldest_promise_stands_first(shop: Shop, tablet: Client) -> None:
    _, late = to_inspect(shop)
    line, early = to_inspect(shop)
    OrderLine.objects.filter(id=line.id).update(promised_at=MONDAY)
    page = tablet.get("/quality/").content.decode()
    assert page.index(early.number) < page.index(late.number)


def test_the_sheet_says_what_to_measure(shop: Shop, tablet: Client) -> None:
    _, inspection = to_inspect(shop)
    page = tablet.get(path(inspection)).content.decode().replace("\u202f", " ")
    for word in (
        "Width",
        "301.5 … 302.5 mm",
        "Caliper",
        "Key",
        "≤ 85 C",
        "conforms to 64 GB",
        'inputmode="decimal"',
    ):
        assert word in page
    assert "5 characteristics to record" in page


@pytest.mark.parametrize(
    ("entered", "stored", "verdict"),
    [
        ("302.5", "302.5", "Pass"),
        ("302,51", "302.51", "Fail"),
        (" 301,5 ", "301.5", "Pass"),
        ("\u22121", "-1", "Fail"),
    ],
)
def test_a_row_is_saved_and_judged_at_once(
    shop: Shop, tablet: Client, entered: str, stored: str, verdict: str
) -> None:
    _, inspection = to_inspect(shop)
    answer = tablet.post(path(inspection, "values/1/"), {"value-1": entered}, headers=HTMX)
    page = answer.content.decode()
    assert verdict in page
    assert "4 characteristics to record" in page
    assert inspection.results.get(number=1).measured == Decimal(stored)


@pytest.mark.parametrize("entered", ["abc", "1.2.3", "1,2,3", "NaN", "1e400", "12.12345", "9" * 17])
def test_what_is_no_value_is_refused_at_its_row(shop: Shop, tablet: Client, entered: str) -> None:
    _, inspection = to_inspect(shop)
    answer = tablet.post(path(inspection, "values/1/"), {"value-1": entered}, headers=HTMX)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert inspection.results.get(number=1).measured is None


def test_an_unknown_row_is_not_found(shop: Shop, tablet: Client) -> None:
    _, inspection = to_inspect(shop)
    assert tablet.post(path(inspection, "values/9/"), {}).status_code == 404
    assert tablet.get(path("INS-0")).status_code == 404


def test_an_attribute_conforms_or_not(shop: Shop, tablet: Client) -> None:
    _, inspection = to_inspect(shop)
    tablet.post(path(inspection, "values/3/"), {"value-3": "no"}, headers=HTMX)
    memory = inspection.results.get(number=3)
    assert (memory.conforms, memory.passed) == (False, False)


def test_an_empty_value_clears_the_row(shop: Shop, tablet: Client) -> None:
    _, inspection = recorded(shop, GOOD)
    tablet.post(path(inspection, "values/1/"), {"value-1": ""}, headers=HTMX)
    assert inspection.results.get(number=1).measured is None


def test_the_whole_sheet_is_saved_without_scripts(shop: Shop, tablet: Client) -> None:
    _, inspection = to_inspect(shop)
    values = {
        "value-1": "302",
        "value-2": "70",
        "value-3": "yes",
        "value-4": "no",
        "value-5": "",
        "version": 1,
    }
    assert tablet.post(path(inspection, "values/"), values).status_code == 302
    assert inspection.results.filter(passed=True).count() == 3


def test_a_refused_sheet_keeps_what_was_entered(shop: Shop, tablet: Client) -> None:
    _, inspection = to_inspect(shop)
    answer = tablet.post(path(inspection, "values/"), {"value-1": "3o2", "value-2": "70"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="3o2"' in page
    assert 'value="70"' in page
    assert not inspection.results.filter(passed__isnull=False).exists()


def test_a_stale_sheet_is_refused(shop: Shop, tablet: Client) -> None:
    _, inspection = recorded(shop, GOOD)
    answer = tablet.post(path(inspection, "values/"), {"value-1": "1", "version": 1})
    assert answer.status_code == 422
    assert "was changed meanwhile" in answer.content.decode()


def test_the_button_says_what_deciding_does(shop: Shop, tablet: Client) -> None:
    _, good = recorded(shop, GOOD)
    _, hot = recorded(shop, HOT)
    assert "Accept – release for delivery" in tablet.get(path(good)).content.decode()
    page = tablet.get(path(hot)).content.decode()
    assert "Reject – open NCR, send back for rework" in page
    assert "Use as is" in page


def test_deciding_says_what_follows(shop: Shop, tablet: Client) -> None:
    line, inspection = recorded(shop, GOOD)
    answer = tablet.post(path(inspection, "decide/"), {"version": inspection.version}, follow=True)
    assert "is released for delivery" in answer.content.decode()
    line.refresh_from_db()
    assert line.state == "logistics"


def test_rejecting_names_the_ncr(shop: Shop, tablet: Client) -> None:
    _, inspection = recorded(shop, HOT)
    answer = tablet.post(path(inspection, "decide/"), {"version": inspection.version}, follow=True)
    assert f"{Nonconformance.objects.get()} is open" in answer.content.decode()


def test_deciding_on_older_values_is_refused(shop: Shop, tablet: Client) -> None:
    line, inspection = recorded(shop, GOOD)
    answer = tablet.post(path(inspection, "decide/"), {"version": 1})
    assert answer.status_code == 422
    assert "was changed meanwhile" in answer.content.decode()
    line.refresh_from_db()
    assert line.state == "quality"


def test_deciding_a_decided_one_is_refused(shop: Shop, tablet: Client) -> None:
    _, inspection = recorded(shop, GOOD)
    decide(inspection=inspection, by=None)
    answer = tablet.post(path(inspection, "decide/"), {})
    assert answer.status_code == 422
    assert "was accepted already" in answer.content.decode()


def test_use_as_is_needs_its_reason(shop: Shop, tablet: Client) -> None:
    _, inspection = recorded(shop, HOT)
    assert tablet.post(path(inspection, "use-as-is/"), {"reason": ""}).status_code == 422
    tablet.post(path(inspection, "use-as-is/"), {"reason": "Customer agreed"})
    ncr = Nonconformance.objects.get()
    page = tablet.get(f"/quality/nonconformances/{ncr}/").content.decode()
    assert "Customer agreed" in page
    assert "Accepted on concession" in tablet.get(path(inspection)).content.decode()


def test_a_held_job_shows_its_hold_and_takes_no_input(shop: Shop, tablet: Client) -> None:
    line, inspection = to_inspect(shop)
    OrderLine.objects.filter(id=line.id).update(held_at=MONDAY, hold_reason="Customer asks")
    page = tablet.get(path(inspection)).content.decode()
    assert "Customer asks" in page
    assert "inputmode" not in page
    answer = tablet.post(path(inspection, "values/1/"), {"value-1": "1"}, headers=HTMX)
    assert answer.status_code == 422
    assert "Resume it first." in answer.content.decode()


def test_only_inspectors_record_and_decide(shop: Shop, client: Client) -> None:
    _, inspection = to_inspect(shop)
    client.force_login(User.objects.create_user("o@example.com", "x", roles=["operator"]))
    assert "inputmode" not in client.get(path(inspection)).content.decode()
    for act in ("values/", "values/1/", "decide/", "use-as-is/"):
        assert client.post(path(inspection, act)).status_code == 403


def test_the_matrix_shows_every_loop(shop: Shop, tablet: Client, ines: User) -> None:
    line, inspection = recorded(shop, HOT)
    record(inspection=inspection, values={2: Decimal(92)}, by=ines)
    decide(inspection=inspection, by=ines)
    page = tablet.get(f"/quality/order/{line.order}/panel/", headers=HTMX).content.decode()
    for word in (inspection.number, "92\u202fC", "Ines", "Rejected", "NCR-"):
        assert word in page
    assert "<html" not in page


def test_the_ncr_leads_to_the_inspection_after_rework(shop: Shop, tablet: Client) -> None:
    _, inspection = recorded(shop, HOT)
    decide(inspection=inspection, by=None)
    page = tablet.get(f"/quality/nonconformances/{Nonconformance.objects.get()}/").content.decode()
    assert "A new inspection follows" in page
    assert "CPU temperature" in page


@pytest.mark.parametrize(
    "address",
    ["/quality/", "/quality/?page=2", "/quality/inspections/", "/quality/inspections/?status=open",
     "/quality/nonconformances/", "/quality/nonconformances/?status=closed"],
)  # fmt: skip
def test_lists_take_at_most_twelve_queries_at_any_size(
    shop: Shop, tablet: Client, django_assert_max_num_queries: DjangoAssertNumQueries, address: str
) -> None:
    for index in range(60):
        _, inspection = to_inspect(shop)
        if index % 3 == 0:
            record(inspection=inspection, values=HOT, by=None)
            use_as_is(inspection=inspection, reason="Agreed", by=None)
    with django_assert_max_num_queries(12):
        assert tablet.get(address).status_code == 200

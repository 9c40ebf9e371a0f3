"""Quotations by link and signed in: read, downloaded, compared, asked about, accepted, rejected."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from kernel import counting
from orders import services
from orders.models import Contact, Order, QuotationMessage, QuotationPaper, QuotationRevision
from orders.services import LineInput, token_of
from orders.views import links
from tests.cast import People
from tests.orders import cast, pages

pytestmark = pytest.mark.django_db

Browser = Callable[[str], Client]


@pytest.fixture
def sent(cast_of_people: People) -> QuotationRevision:
    """A revision of the customer's quotation, by the real clock."""
    customer = cast_of_people["customer"].customer
    assert customer is not None
    return pages.sent(customer).revisions.get()


def address(revision: QuotationRevision) -> str:
    """The customer's link."""
    return f"/q/{token_of(revision)}/"


def yes(revision: QuotationRevision, **more: Any) -> dict[str, Any]:
    """An acceptance as the form sends it."""
    return {"name": "Lena Brandt", "title": "Buyer", "document": revision.sha256, "sha256": "on", **more}


def test_who_holds_the_link_reads_the_quotation_and_sales_sees_the_opening(
    client: Client, sent: QuotationRevision
) -> None:
    page = client.get(address(sent))
    sent.refresh_from_db()
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)
    assert str(sent) in page.content.decode().replace("Quotation ", "")
    assert sent.opened_at


@pytest.mark.parametrize("token", ["0" * 64, "x", "%00", "A"])
def test_any_other_token_is_unknown_and_says_what_to_do(client: Client, token: str) -> None:
    page = client.get(f"/q/{token}/")
    assert (page.status_code, "copy the whole of it" in page.content.decode()) == (404, True)


@pytest.mark.parametrize("part", ["paper.pdf", "compare/A/", "accept/"])
def test_no_part_of_an_unknown_link_is_known(client: Client, part: str) -> None:
    answer = client.post if part == "accept/" else client.get
    assert answer(f"/q/{'0' * 64}/{part}").status_code == 404


def test_who_asks_too_often_waits(client: Client, sent: QuotationRevision, monkeypatch: Any) -> None:
    monkeypatch.setattr(links, "counter", counting.Counter(clock=lambda: 30.0))
    monkeypatch.setattr(links, "CALLS", 1)
    assert client.get(address(sent)).status_code == 200
    page = client.get(address(sent))
    assert (page.status_code, page["Retry-After"]) == (429, "30")


def test_the_paper_is_drawn_once_and_kept(client: Client, sent: QuotationRevision) -> None:
    first, again = (client.get(f"{address(sent)}paper.pdf").content for _ in range(2))
    assert first == again
    assert first.startswith(b"%PDF-1.7")
    assert QuotationPaper.objects.get().sha256 == hashlib.sha256(first).hexdigest()


def test_accepting_by_link_makes_the_order_and_keeps_who_when_and_what(
    client: Client, sent: QuotationRevision
) -> None:
    answer = client.post(f"{address(sent)}accept/", yes(sent))
    sent.refresh_from_db()
    assert (answer.status_code, sent.order.reference[:3]) == (302, "SO-")
    assert (sent.answered_name, sent.answered_title, sent.answered_ip) == (
        "Lena Brandt",
        "Buyer",
        "127.0.0.1",
    )
    assert sent.accepted_sha256 == sent.sha256
    assert f"It is order {sent.order.number}" in client.get(address(sent)).content.decode()


def test_accepting_twice_leads_to_the_same_order(client: Client, sent: QuotationRevision) -> None:
    for _ in range(2):
        assert client.post(f"{address(sent)}accept/", yes(sent)).status_code == 302
    assert Order.objects.filter(number__isnull=False).count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"sha256": ""}, "Tick the document"),
        ({"document": "0" * 64}, "This is not the document that was sent."),
        ({"customer_po": "4" * 41}, "at most 40 characters"),
    ],
)
def test_an_incomplete_acceptance_is_refused_and_keeps_what_was_typed(
    client: Client, sent: QuotationRevision, given: dict[str, str], words: str
) -> None:
    page = client.post(f"{address(sent)}accept/", yes(sent, **given))
    assert page.status_code == 422
    assert words in page.content.decode()
    assert "Buyer" in page.content.decode()


def test_a_customer_who_orders_by_number_must_give_one(client: Client, sent: QuotationRevision) -> None:
    customer = sent.order.customer
    type(customer).objects.filter(pk=customer.pk).update(po_required=True)
    assert client.post(f"{address(sent)}accept/", yes(sent, customer_po="")).status_code == 422
    assert client.post(f"{address(sent)}accept/", yes(sent, customer_po="PO 9")).status_code == 302


def test_options_and_quantities_are_chosen_in_the_form(client: Client) -> None:
    product = cast.published_desk()
    lines = [
        LineInput(product, 2),
        LineInput(product, 1, optional=True),
        LineInput(product, 1, alternatives=[5]),
    ]
    draft = services.create_quotation(customer=cast.customer(), lines=lines, by=None)
    sent = services.send_quotation(order=draft, by=None).revisions.get()
    assert "Take option 20" in client.get(address(sent)).content.decode()
    client.post(f"{address(sent)}accept/", yes(sent, **{"quantity.30": "5"}))
    rows = draft.lines.values_list("quantity", "state")
    assert list(rows) == [(2, "planning"), (1, "declined"), (5, "planning")]


def test_an_expired_link_shows_what_to_do_and_no_other_revision(
    client: Client, sent: QuotationRevision
) -> None:
    services.expire_quotations(now=sent.sent_at + timedelta(days=40))
    page = client.get(address(sent)).content.decode()
    assert "has expired" in page
    assert "Ask us for a new revision" in page
    assert "Accept quotation" not in page
    assert client.post(f"{address(sent)}accept/", yes(sent)).status_code == 409


def test_a_superseded_link_says_so(client: Client, sent: QuotationRevision) -> None:
    services.revise_quotation(order=sent.order, by=None)
    assert "We are revising this quotation" in client.get(address(sent)).content.decode()
    services.send_quotation(order=sent.order, by=None)
    assert "superseded by a later revision" in client.get(address(sent)).content.decode()
    assert client.get(f"{address(sent)}compare/B/").status_code == 404


def test_alternatives_are_compared_on_the_customers_page(client: Client, sent: QuotationRevision) -> None:
    order, product = sent.order, sent.order.lines.get().product
    services.revise_quotation(order=order, by=None)
    wanted = [LineInput(product, 3, {"TOP": "STEEL", "LEGS": "IRON"}), LineInput(product, 1)]
    services.change_quotation(order=order, lines=wanted, by=None, version=None)
    services.send_quotation(order=order, by=None, beside=True)
    page = client.get(f"{address(sent)}compare/B/").content.decode()
    assert "Oak" in page
    assert "Steel" in page
    assert "added" in page


def test_rejecting_keeps_the_reason(client: Client, sent: QuotationRevision) -> None:
    answer = client.post(
        f"{address(sent)}reject/", {"lost_reason": "price", "name": "Lena", "text": "Too dear"}
    )
    sent.refresh_from_db()
    assert (answer.status_code, sent.status, sent.order.state) == (302, "declined", "declined")
    assert client.post(f"{address(sent)}reject/", {"name": "Lena"}).status_code == 422


def test_a_question_and_our_answer_stand_on_the_customers_page(
    client: Client, sent: QuotationRevision, browser_of: Browser
) -> None:
    client.post(f"{address(sent)}ask/", {"text": "Is <b>oak</b> possible?", "name": "Lena"})
    sales = browser_of("sales")
    assert "asks about" in sales.get("/").content.decode()
    sales.post(f"/orders/{sent.order.reference}/quotation/reply/", {"text": "Yes, it is."})
    page = client.get(address(sent)).content.decode()
    assert "Yes, it is." in page
    assert "Is &lt;b&gt;oak" in page
    assert QuotationMessage.objects.filter(ours=True).count() == 1


def test_sales_sees_link_paper_and_answers(sent: QuotationRevision, browser_of: Browser) -> None:
    page = browser_of("sales").get(f"/orders/{sent.order.reference}/quotation/").content.decode()
    assert f"http://testserver{address(sent)}" in page
    assert "not opened yet" in page


def test_who_may_not_see_money_sees_neither_total_nor_link(
    sent: QuotationRevision, browser_of: Browser
) -> None:
    page = browser_of("planner").get(f"/orders/{sent.order.reference}/quotation/").content.decode()
    assert "Revision A" in page
    assert "/q/" not in page
    assert "EUR" not in page
    assert browser_of("planner").get(f"/orders/{sent.order.reference}/quotation/A/").status_code == 403


def test_a_customer_who_is_signed_in_reads_and_accepts_the_own_one_only(
    sent: QuotationRevision, browser_of: Browser
) -> None:
    base = f"/orders/{sent.order.reference}/quotation/A/"
    assert browser_of("stranger").get(base).status_code == 404
    assert browser_of("stranger").get(f"{base}paper.pdf").status_code == 404
    mine = browser_of("customer")
    assert mine.get(f"/orders/{sent.order.reference}/quotation/")["Location"] == base
    assert mine.post(f"{base}accept/", yes(sent)).status_code == 302
    sent.refresh_from_db()
    assert sent.status == "accepted"
    assert sent.answered_by


def test_the_link_is_mailed_to_the_contact(sent: QuotationRevision, browser_of: Browser) -> None:
    contact = Contact.objects.create(customer=sent.order.customer, name="Lena", email="lena@c.example")
    Order.objects.filter(pk=sent.order.pk).update(contact=contact)
    browser_of("sales").post(f"/orders/{sent.order.reference}/quotation/mail/", {"letter": "A"})
    (message,) = mail.outbox
    assert message.to == ["lena@c.example"]
    assert address(sent) in message.body


def test_terms_are_saved_and_what_does_not_add_up_stands_at_its_row(
    cast_of_people: People, browser_of: Browser
) -> None:
    customer = cast_of_people["customer"].customer
    assert customer is not None
    order = pages.draft(customer)
    rows = {"plan-TOTAL_FORMS": "2", "plan-INITIAL_FORMS": "0", "payment_terms": "30 days net"}
    rows |= {"plan-0-percent": "30", "plan-0-event": "confirmed", "version": str(order.version)}
    sales, url = browser_of("sales"), f"/orders/{order.reference}/terms/"
    short = sales.post(url, rows)
    assert (short.status_code, "Add 70 %." in short.content.decode()) == (422, True)
    rows |= {"plan-1-percent": "70", "plan-1-event": "delivered", "plan-1-days_net": "30"}
    assert sales.post(url, rows).status_code == 302
    assert [str(row) for row in order.payment_plan.all()] == [
        "30.00 % at Order confirmation",
        "70.00 % at Delivery",
    ]


def test_further_quantities_are_typed_as_a_list(cast_of_people: People, browser_of: Browser) -> None:
    customer = cast_of_people["customer"].customer
    assert customer is not None
    order = pages.draft(customer)
    sales, url = browser_of("sales"), f"/orders/{order.reference}/edit/"
    fields = {"act": "save", "version": "1", "quantity": "1", "ship_policy": "complete", "incoterm": "DAP"}
    wrong = sales.post(url, {**fields, "alternatives": "5, many"})
    assert (wrong.status_code, "“many” is no quantity" in wrong.content.decode()) == (422, True)
    sales.post(url, {**fields, "alternatives": "20; 5", "optional": "on"})
    line = order.lines.get()
    assert (line.optional, [row["quantity"] for row in line.alternatives]) == (True, [5, 20])


def test_a_quotation_with_choices_is_not_confirmed_behind_the_customers_back(
    cast_of_people: People, browser_of: Browser
) -> None:
    customer = cast_of_people["customer"].customer
    assert customer is not None
    lines = [LineInput(cast.published_desk(), 1, alternatives=[5])]
    order = services.send_quotation(
        order=services.create_quotation(customer=customer, lines=lines, by=None), by=None
    )
    page = browser_of("sales").get(f"/orders/{order.reference}/").content.decode()
    assert "It leaves the customer a choice" in page


def test_every_answer_page_takes_few_statements(
    client: Client, sent: QuotationRevision, django_assert_max_num_queries: Any
) -> None:
    client.get(address(sent))
    with django_assert_max_num_queries(8):
        client.get(address(sent))

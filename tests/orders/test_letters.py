"""Quotations by link in the customer's language, with the total of what the customer picks."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from kernel.tongue import say, speaking
from orders import services
from orders.engine.choosing import picked, total_of
from orders.engine.german import IN_GERMAN, phrasebook_of
from orders.models import QuotationRevision, TaxRule
from orders.services import LineInput, token_of
from tests.orders import cast

SAID = re.compile(r'{% say "([^"]+)"')
TEMPLATES = ("revision", "compare", "link_unknown", "letter", "_thread")
CONTENT = {
    "currency": "EUR",
    "lines": [
        {"position": 10, "optional": False, "total": "100.00", "quantity": 1, "tax_percent": "19.00",
         "tax_wording": "VAT 19 %",
         "alternatives": [{"quantity": 5, "unit_price": "90.00", "total": "450.00"}]},
        {"position": 20, "optional": True, "total": "30.05", "quantity": 1, "tax_percent": "19.00",
         "tax_wording": "VAT 19 %", "alternatives": []},
    ],
}  # fmt: skip


def revision(language: str = "de", *lines: LineInput) -> QuotationRevision:
    """Something sent to a customer who reads this language."""
    wanted = lines or (LineInput(cast.published_desk(), 2),)
    made = services.create_quotation(customer=cast.customer(language=language), lines=wanted, by=None)
    return services.send_quotation(order=made, by=None).revisions.get()


def choosy() -> QuotationRevision:
    """A revision with an option line and a further quantity, at 19 % tax."""
    TaxRule.objects.create(percent=19, wording="USt. 19 %", valid_from="2020-01-01")
    product = cast.published_desk()
    return revision("de", LineInput(product, 1, optional=True), LineInput(product, 1, alternatives=[5]))


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_phrase_of_the_customers_pages_is_known_in_german(name: str) -> None:
    text = Path(settings.BASE_DIR, "templates", "orders", f"{name}.html").read_text()
    assert [phrase for phrase in SAID.findall(text) if phrase not in IN_GERMAN.phrases] == []


@pytest.mark.parametrize("english", IN_GERMAN.phrases)
def test_a_phrase_names_the_same_facts_in_both_languages(english: str) -> None:
    fact = re.compile(r"{(\w+)}")
    assert {*fact.findall(IN_GERMAN.phrases[english])} <= {*fact.findall(english)}


def test_a_complete_sentence_is_found_by_its_pattern() -> None:
    text = "Q-1 rev A has expired. Use the link that came with the newest one."
    assert IN_GERMAN.say(text) == "Q-1 rev A ist abgelaufen. Nutzen Sie den Link, der mit der neuesten kam."


def test_what_nobody_translated_stays_as_it_is() -> None:
    with speaking(IN_GERMAN):
        assert say("{x} of a stranger") == "{x} of a stranger"
    assert say("Terms") == "Terms"


@pytest.mark.parametrize(("code", "word"), [("de-AT", "Bedingungen"), ("fr", "Terms"), ("", "Terms")])
def test_german_is_spoken_to_all_who_read_german(code: str, word: str) -> None:
    assert phrasebook_of(code).say("Terms") == word


@pytest.mark.parametrize(
    ("options", "quantities", "net", "tax"),
    [([], {}, "100.00", "19.00"), ([20], {}, "130.05", "24.71"), ([20], {10: 5}, "480.05", "91.21"),
     ([99], {10: 7}, "100.00", "19.00")],
)  # fmt: skip
def test_the_total_follows_the_choices(options: Any, quantities: Any, net: str, tax: str) -> None:
    total = total_of(picked(CONTENT, options, quantities), "EUR")
    assert (total.net, total.taxes[0].amount) == (Decimal(net), Decimal(tax))
    assert total.gross == Decimal(net) + Decimal(tax)


def test_a_line_whose_tax_is_unknown_leaves_the_total_net() -> None:
    rows = [{"total": "10.00"}, {"total": "5.00", "tax_percent": "19.00", "tax_wording": "VAT"}]
    assert total_of(rows, "EUR").gross is None


@pytest.mark.django_db
def test_a_german_customer_reads_german_and_an_english_one_english(client: Client) -> None:
    german = client.get(f"/q/{token_of(revision('de'))}/").content.decode()
    english = client.get(f"/q/{token_of(revision('en'))}/").content.decode()
    assert ('<html lang="de">' in german, "Angebot annehmen" in german, "Accept" in german) == (
        True,
        True,
        False,
    )
    assert ('<html lang="en">' in english, "Accept quotation" in english) == (True, True)
    assert "800,00\u202fEUR" in german


@pytest.mark.django_db
def test_a_refusal_comes_back_in_german(client: Client) -> None:
    sent = revision("de")
    page = client.post(f"/q/{token_of(sent)}/accept/", {"document": "0" * 64, "sha256": "on", "name": "Lena"})
    assert page.status_code == 422
    assert "Das ist nicht das Dokument, das wir gesendet haben." in page.content.decode()


@pytest.mark.django_db
def test_what_is_stored_by_a_german_answer_is_english(client: Client) -> None:
    sent = revision("de")
    client.post(f"/q/{token_of(sent)}/reject/", {"lost_reason": "price", "name": "Lena", "text": "Zu teuer"})
    line = sent.order.lines.get()
    assert line.moves.latest("id").reason == "Price: Zu teuer"


@pytest.mark.django_db
def test_an_unknown_link_speaks_the_language_of_the_browser(client: Client) -> None:
    page = client.get("/q/nothing/", headers={"Accept-Language": "de-DE,de;q=0.9"})
    assert (page.status_code, "Diesen Link kennen wir nicht" in page.content.decode()) == (404, True)


@pytest.mark.django_db
def test_the_total_of_the_choices_comes_as_a_part_of_the_page(client: Client) -> None:
    url = f"/q/{token_of(choosy())}/total/"
    asked = {"HX-Request": "true", "HX-Target": "chosen"}
    part = client.post(url, {"take.10": "on", "quantity.20": "5"}, headers=asked).content.decode()
    assert ("<html" in part, "2.400,00" in part, "456,00" in part, "2.856,00" in part) == (
        False,
        True,
        True,
        True,
    )


@pytest.mark.django_db
def test_without_scripts_the_page_keeps_choices_and_name(client: Client) -> None:
    sent = choosy()
    page = client.post(f"/q/{token_of(sent)}/total/", {"take.10": "on", "name": "Lena"}).content.decode()
    assert re.search(r'name="take.10"[^>]*checked', page)
    assert 'value="Lena"' in page
    sent.refresh_from_db()
    assert sent.open

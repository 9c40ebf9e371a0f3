"""Quotations on paper, in English and German: the content that was sent in, PDF bytes out."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kernel.money import Money
from kernel.papers import draw

TEMPLATE = Path(__file__).with_name("quotation.typ")
LANGUAGES = ("en", "de")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Each word in English and in German.
WORDS: dict[str, tuple[str, str]] = {
    "title": ("Quotation", "Angebot"),
    "revision": ("Revision", "Revision"),
    "for": ("Quotation for", "Angebot für"),
    "date": ("Date", "Datum"),
    "valid_until": ("Valid until", "Gültig bis"),
    "customer_po": ("Your reference", "Ihr Zeichen"),
    "contact": ("Attention", "Zu Händen"),
    "requested_date": ("Requested date", "Wunschtermin"),
    "delivery_time": ("Delivery time", "Lieferzeit"),
    "ship_to": ("Deliver to", "Lieferung an"),
    "incoterm": ("Incoterms 2020", "Incoterms 2020"),
    "line": ("Line", "Pos."),
    "product": ("Product", "Produkt"),
    "quantity": ("Quantity", "Menge"),
    "unit_price": ("Unit price", "Einzelpreis"),
    "amount": ("Amount", "Betrag"),
    "pieces": ("pcs", "Stück"),
    "choose_quantity": ("or choose", "oder wahlweise"),
    "each": ("each", "je Stück"),
    "total": ("Total, net", "Summe netto"),
    "gross": ("Total with tax", "Gesamtbetrag"),
    "net_note": (
        "Prices are net; tax is added where it applies.",
        "Alle Preise netto zuzüglich gesetzlicher Umsatzsteuer.",
    ),
    "options": (
        "Options – not part of the total, take what you like",
        "Optionen – nicht in der Summe enthalten, frei wählbar",
    ),
    "payment": ("Payment", "Zahlung"),
    "of_price": ("of the price", "des Preises"),
    "of_rest": ("of the remaining price", "des verbleibenden Preises"),
    "at_once": ("due at once", "sofort fällig"),
    "net": ("days net", "Tage netto"),
    "confirmed": ("at order confirmation", "bei Auftragsbestätigung"),
    "material": ("when the material is in house", "bei Materialeingang"),
    "ready": ("when ready to ship", "bei Versandbereitschaft"),
    "shipped": ("at shipment", "bei Versand"),
    "delivered": ("at delivery", "bei Lieferung"),
    "note": ("Note", "Hinweis"),
    "page": ("Page", "Seite"),
    "of": ("of", "von"),
    "document": ("Document", "Dokument"),
}


def quotation_paper(content: Mapping[str, Any], *, language: str, sha256: str) -> bytes:
    """The quotation as PDF/A-2b in `language` (English where it is none of LANGUAGES).

    `content` is what a revision keeps (orders.selectors.quotations.content_of), `sha256` its fingerprint,
    printed in every footer.
    """
    spoken = LANGUAGES.index(language[:2]) if language[:2] in LANGUAGES else 0
    words = {name: both[spoken] for name, both in WORDS.items()}
    return draw(TEMPLATE, _facts(content, words, LANGUAGES[spoken], sha256))


def payment_in_words(part: Mapping[str, Any], currency: str, *, language: str = "en", rest: bool) -> str:
    """One part of a payment plan as a customer reads it; `rest` where a fixed amount was taken off before."""
    spoken = LANGUAGES.index(language)
    share = (
        money(part["amount"], currency, language)
        if part["amount"]
        else f"{_percent(part['percent'], language)} {WORDS['of_rest' if rest else 'of_price'][spoken]}"
    )
    days = part["days_net"]
    due = f"{days} {WORDS['net'][spoken]}" if days else WORDS["at_once"][spoken]
    return f"{share} {WORDS[part['event']][spoken]}, {due}"


def money(amount: str, currency: str, language: str) -> str:
    """`EUR 1 234.50`, in German `1.234,50 EUR`."""
    return Money(Decimal(amount), currency).format(language)


def _facts(content: Mapping[str, Any], words: dict[str, str], language: str, sha256: str) -> dict[str, Any]:
    currency = content["currency"]
    lines = [_line(row, words, currency, language) for row in content["lines"]]
    rest = any(part["amount"] for part in content["payment_plan"])
    plan = [
        payment_in_words(part, currency, language=language, rest=rest) for part in content["payment_plan"]
    ]
    days = {name: _day(content[name], language) for name in ("date", "valid_until", "requested_date")}
    return {
        **content,
        **days,
        "words": words,
        "language": language,
        "sha256": sha256,
        "incoterm": f"{content['incoterm']} {content['incoterm_place']}".strip(),
        "lines": [line for line in lines if not line["optional"]],
        "options": [line for line in lines if line["optional"]],
        "total": money(content["total"], currency, language),
        "taxes": [
            {"text": row["text"], "amount": money(row["amount"], currency, language)}
            for row in content["taxes"]
        ],
        "gross": money(content["gross"], currency, language) if content["gross"] else "",
        "payment": [text for text in (content["payment_terms"], *plan) if text],
    }


def _line(row: Mapping[str, Any], words: dict[str, str], currency: str, language: str) -> dict[str, Any]:
    return {
        **row,
        "quantity": f"{row['quantity']} {words['pieces']}",
        "unit_price": money(row["unit_price"], currency, language),
        "total": money(row["total"], currency, language),
        "requested_date": _day(row["requested_date"], language),
        "alternatives": [
            f"{words['choose_quantity']} {other['quantity']} {words['pieces']}: "
            f"{money(other['unit_price'], currency, language)} {words['each']}, "
            f"{money(other['total'], currency, language)}"
            for other in row["alternatives"]
        ],
    }


def _day(text: str, language: str) -> str:
    if not text:
        return ""
    day = date.fromisoformat(text)
    return f"{day:%d.%m.%Y}" if language == "de" else f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _percent(text: str, language: str) -> str:
    value = f"{Decimal(text).normalize():f}"
    return f"{value.replace('.', ',') if language == 'de' else value} %"

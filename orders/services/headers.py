"""What a quotation says besides its lines, and what is wrong with it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kernel.errors import Refused
from orders.models import Address, Contact, Customer, Incoterm, ShipPolicy
from orders.services.locking import today

FIELDS = (
    "requested_date",
    "customer_po",
    "contact",
    "ship_to",
    "ship_policy",
    "incoterm",
    "incoterm_place",
    "note",
)
LONGEST = {"customer_po": 40, "incoterm_place": 80, "note": 2000}


@dataclass(frozen=True)
class Header:
    """The head of a quotation; dates are days in the shop's calendar, no currency means the customer's."""

    requested_date: date | None = None
    customer_po: str = ""
    currency: str = ""
    contact: Contact | None = None
    ship_to: Address | None = None
    ship_policy: str = ShipPolicy.COMPLETE
    incoterm: str = Incoterm.DAP
    incoterm_place: str = ""
    note: str = ""

    def columns(self) -> dict[str, Any]:
        """The values as the order stores them."""
        given = {name: getattr(self, name) for name in FIELDS}
        return {name: value.strip() if type(value) is str else value for name, value in given.items()}


NOTHING_SAID = Header()


def with_only_address(customer: Customer, header: Header) -> Header:
    """Where no delivery address was named and the customer has just one, it is that one."""
    if header.ship_to is not None:
        return header
    known = list(customer.addresses.filter(kind=Address.Kind.DELIVERY)[:2])
    return replace(header, ship_to=known[0]) if len(known) == 1 else header


def check_header(*, customer: Customer, header: Header, currency: str, now: datetime) -> None:
    """Refused, at the field, for a foreign or inactive party, wrong currency, past date, overlong text."""
    if not customer.active:
        raise Refused(f"{customer} is not active.", field="customer", remedy="Reactivate the customer first.")
    if currency != customer.currency:
        raise Refused(
            f"{customer} is quoted in {customer.currency}, not in {currency[:10]}.",
            field="currency",
            remedy=f"Use {customer.currency}.",
        )
    for field, party in (("contact", header.contact), ("ship_to", header.ship_to)):
        if party is not None and party.customer_id != customer.pk:
            raise Refused(f"{party} does not belong to {customer}.", field=field, remedy="Choose another.")
    check_date(header.requested_date, now, "requested_date")
    check_words(header)


def check_date(day: date | None, now: datetime, field: str) -> None:
    """Refused where the wished day is past, or more than ten years ahead."""
    if day is not None and day < today(now):
        raise Refused(
            f"The requested date {day:%d.%m.%Y} is past.", field=field, remedy="Give today or a later day."
        )
    if day is not None and day.year > today(now).year + 10:
        raise Refused(f"The requested date {day:%d.%m.%Y} is too far ahead.", field=field)


def check_text(text: str, longest: int, field: str) -> None:
    """Refused where the text would not fit."""
    if len(text.strip()) > longest:
        raise Refused(
            f"{len(text.strip())} characters are too many.",
            field=field,
            remedy=f"Give at most {longest} characters.",
        )


def check_words(header: Header) -> None:
    """Refused for text that does not fit its field, or a code that is none."""
    for field, longest in LONGEST.items():
        check_text(getattr(header, field), longest, field)
    for field, choices in (("ship_policy", ShipPolicy), ("incoterm", Incoterm)):
        value = getattr(header, field)
        if value not in choices.values:
            known = ", ".join(choices.values)
            raise Refused(f"“{str(value)[:20]}” is not known.", field=field, remedy=f"Use one of {known}.")

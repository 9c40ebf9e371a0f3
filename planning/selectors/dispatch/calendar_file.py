"""What is planned on machines as an iCalendar file (RFC 5545), for any calendar program."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac
from icalendar import Calendar, Event

from orders.models import User
from planning.selectors.dispatch.dispatch import Bench, Turn

SALT: Final = "planning.calendar-file"
MADE_BY: Final = "-//MTO//Dispatch//EN"


def calendar_file(benches: Iterable[Bench], now: datetime) -> bytes:
    """An event for every operation that has a time; its uid stays, so that programs move it with the plan."""
    found = Calendar()
    found.add("prodid", MADE_BY)
    found.add("version", "2.0")
    found.add("x-wr-calname", "Dispatch")
    for bench in benches:
        for turn in bench.turns:
            if turn.start is not None and turn.end is not None and turn.end > turn.start:
                found.add_component(_event(bench, turn, now))
    return bytes(found.to_ical())


def _event(bench: Bench, turn: Turn, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"operation-{turn.id}@mto")
    event.add("dtstamp", now)
    event.add("dtstart", turn.start)
    event.add("dtend", turn.end)
    event.add("summary", f"{bench.machine}: {turn.reference} line {turn.position} {turn}")
    event.add("location", f"{bench.centre}, {bench.machine}")
    event.add("description", f"{turn.quantity} × {turn.product} for {turn.customer}. {turn.why}.")
    return event


def calendar_token(user: User, centre: str, machine: str) -> str:
    """A link's token: calendar programs cannot sign in, so it names and proves the person."""
    return signing.dumps([user.pk, _proof(user), centre, machine], salt=SALT, compress=True)


def read_calendar_token(token: str) -> tuple[User, str, str] | None:
    """Person, work centre and machine of a token; None where it is forged, or the person left.

    Another password ends all links of that person.
    """
    try:
        number, proof, centre, machine = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=number, is_active=True).first()
    known = user is not None and constant_time_compare(_proof(user), str(proof))
    return (user, centre, machine) if user is not None and known else None


def _proof(user: User) -> str:
    """Changes with the password of the person."""
    return salted_hmac(SALT, user.get_session_auth_hash()).hexdigest()[:16]

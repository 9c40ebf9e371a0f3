"""Stretches in which something or somebody is away: what makes sense, and how one ends early."""

from datetime import datetime, timedelta
from typing import Final

from kernel.errors import Refused
from planning.models import Span

LONGEST: Final = timedelta(days=365)


def check_span(starts: datetime, ends: datetime, now: datetime, *, awaited: str, longer: str) -> None:
    """Refuse a stretch that ends before it starts, is over, or lasts more than a year.

    `awaited` and `longer` end the remedies: the time that is asked for, and what to do for longer.
    """
    if ends <= starts:
        raise Refused("It ends before it starts.", field="ends", remedy="Give an end after the start.")
    if ends <= now:
        raise Refused("It is over already.", field="ends", remedy=f"Give the time {awaited}.")
    if ends - starts > LONGEST:
        remedy = f"Give a sooner end, or {longer}."
        raise Refused("It lasts longer than a year.", field="ends", remedy=remedy)


def cut_short(span: Span, now: datetime) -> None:
    """End it now; one that has not begun is deleted."""
    if span.starts >= now:
        span.delete()
        return
    span.ends = now
    span.save(update_fields=["ends"])

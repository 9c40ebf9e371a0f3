"""Operations without a place: what to do about each reason."""

from typing import Final

from django.urls import reverse

ACTS: Final = (
    ("machine that may do it", "Look at machines", "planning:resources"),
    ("which nobody has", "Look at people", "planning:people"),
    ("Check the shifts of both", "Look at people", "planning:people"),
    ("of which there is none", "Look at tools", "planning:tools"),
    ("calendar", "Look at calendars", "planning:calendars"),
    ("longer than any stretch", "Look at calendars", "planning:calendars"),
)
"""What the planner's sentences say, and where that is mended."""


def act_of(reason: str) -> tuple[str, str]:
    """The verb and the address for a reason; empty where only the order itself can be looked at."""
    return next(((verb, reverse(page)) for words, verb, page in ACTS if words in reason), ("", ""))

"""Parts of pages that are drawn once and kept: the rows of a list seldom differ from those shown before."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import LazyObject
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kernel import formats
from kernel.marks import Step
from kernel.tongue import GERMAN, language

Facts = tuple[tuple[str, Hashable], ...]


@lru_cache(maxsize=8192)
def part_html(template: str, facts: Facts, today: date, spoken: str) -> SafeString:
    """A template drawn from plain values; the same values on the same day in one language are drawn once.

    `today` stands in the key because days are told relative to it, and the language that is `spoken` as well:
    what names hours or the person who asks has no place in such a part.
    """
    return render_to_string(template, dict(facts))


def plain(facts: Mapping[str, Any]) -> Facts:
    """The facts behind lazy ones: a part that is kept must not keep the request of its first reader."""
    return tuple((name, _behind(value)) for name, value in facts.items())


def _behind(value: Any) -> Hashable:
    if isinstance(value, LazyObject):
        hash(value)
        return value._wrapped  # type: ignore[no-any-return]
    return value  # type: ignore[no-any-return]


@lru_cache(maxsize=256)
def rail_html(steps: tuple[Step, ...], compact: bool) -> SafeString:
    """The rail of these steps as HTML; there are few different ones."""
    reached = [step for step in steps if step.standing in ("current", "blocked")]
    done = sum(step.standing == "done" for step in steps)
    context = {
        "steps": steps,
        "compact": compact,
        "summary": _rail_summary(steps, reached, done),
        "place": f"{done + len(reached)}/{len(steps)}",
    }
    return render_to_string("components/rail.html", context)


def _rail_summary(steps: Sequence[Step], reached: Sequence[Step], done: int) -> str:
    if reached:
        blocked = " (on hold)" if reached[0].standing == "blocked" else ""
        return f"{reached[0].label}{blocked}, stage {done + 1} of {len(steps)}"
    return "All stages done" if steps and done == len(steps) else "Not under way"


@lru_cache(maxsize=2048)
def day_html(shown: date, today: date, spoken: str) -> SafeString:
    """A day in words of the language that is `spoken`, its week and weekday in full as the title."""
    words = formats.absolute(shown, today=today)
    return format_html(
        '<time class="when" datetime="{}" title="{}">{}</time>', shown, full_words(shown), words
    )


def full_words(moment: date | datetime) -> str:
    """The whole moment, for titles."""
    if language() == GERMAN:
        return (
            f"{timezone.localtime(moment):%d.%m.%Y, %H:%M}"
            if isinstance(moment, datetime)
            else f"{moment:%d.%m.%Y}"
        )
    if isinstance(moment, datetime):
        return f"{timezone.localtime(moment):%A %d %B %Y, %H:%M %Z}"
    return f"{moment:%A %d %B %Y}, week {moment.isocalendar().week}"

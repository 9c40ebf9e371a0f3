"""The language of a page: English, unless it is drawn for somebody who reads another one."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property

from kernel.wording import continental

ENGLISH, GERMAN = "en", "de"
SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z])")
FACT = re.compile(r"\\\{(\w+)\\\}")


@dataclass(frozen=True)
class Phrasebook:
    """English phrases in another language; `{name}` in both stands for the same fact."""

    language: str
    phrases: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """The phrases with facts, to find in sentences that are complete already."""
        return tuple(
            (re.compile(FACT.sub(r"(?P<\1>.+?)", re.escape(english))), other)
            for english, other in self.phrases.items()
            if "{" in english
        )

    def say(self, english: str) -> str:
        """The phrase, or each of its sentences, in this language; what is not in the book stays as it is."""
        if not self.phrases:
            return english
        known = self.phrases.get(english)
        if known is not None:
            return known
        for pattern, other in self.patterns:
            found = pattern.fullmatch(english)
            if found:
                return other.format(**found.groupdict())
        sentences = SENTENCES.split(english)
        return " ".join(map(self.say, sentences)) if len(sentences) > 1 else english


PLAIN = Phrasebook(ENGLISH)
_BOOK: ContextVar[Phrasebook] = ContextVar("phrasebook", default=PLAIN)


@contextmanager
def speaking(book: Phrasebook) -> Iterator[None]:
    """Pages, forms, figures and days made inside speak the language of the book.

    For drawing only: what is stored is always English.
    """
    before = _BOOK.set(book)
    try:
        yield
    finally:
        _BOOK.reset(before)


def language() -> str:
    """The language spoken now."""
    return _BOOK.get().language


def say(english: str, **facts: object) -> str:
    """The phrase in the language spoken now, with its facts filled in."""
    text = _BOOK.get().say(english)
    return text.format(**facts) if facts else text


def figures(text: str) -> str:
    """A grouped number as the language spoken now writes it: 1.234,5 in German."""
    return continental(text) if language() == GERMAN else text

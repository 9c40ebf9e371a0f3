"""Words and figures as people read them: the nearest valid word, digit groups."""

from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches

THIN_SPACE = "\u202f"
"""The narrow space that does not break: between digit groups, and between a figure and its unit."""

MINUS = "\u2212"
LONGEST_WORD = 64


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate a person most likely meant by `word`, case aside; None if none is near."""
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    if len(word) > LONGEST_WORD:
        return None
    close = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def did_you_mean(word: str, candidates: Iterable[str], otherwise: str = "") -> str:
    """A remedy sentence that names the nearest candidate, or `otherwise`."""
    found = nearest(word, candidates)
    return f"Did you mean {found}?" if found else otherwise


def plain(number: Decimal) -> str:
    """A number without exponent and without trailing zeros: 1E+3 is '1000', 2.50 is '2.5'."""
    digits = format(number, "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits in {"-0", ""} else digits


def grouped(digits: str) -> str:
    """Group the whole part of a plain number by thousands with thin spaces, with a true minus sign."""
    sign, unsigned = (MINUS, digits[1:]) if digits.startswith("-") else ("", digits)
    whole, point, rest = unsigned.partition(".")
    return sign + f"{int(whole):,}".replace(",", THIN_SPACE) + point + rest


def continental(digits: str) -> str:
    """A grouped number as it is written in German: 1.234,50."""
    whole, point, rest = digits.partition(".")
    return whole.replace(THIN_SPACE, ".") + ("," if point else "") + rest

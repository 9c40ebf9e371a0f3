"""Does a result meet its characteristic, and what follows for the whole inspection?"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from kernel.wording import THIN_SPACE, plain


class Verdict(Enum):
    """What the results of an inspection add up to."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Asked:
    """What one characteristic asks: limits in `unit` (inclusive; None: open), or to conform to `expected`."""

    number: int
    label: str
    measured: bool
    lower: Decimal | None = None
    upper: Decimal | None = None
    expected: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Found:
    """What the inspector found: a value in the characteristic's unit, or whether it conforms."""

    value: Decimal | None = None
    conforms: bool | None = None


def judge(asked: Asked, found: Found) -> bool | None:
    """True where the finding meets the characteristic, False where not, None while nothing is recorded.

    A value on a limit is within it.
    """
    if not asked.measured:
        return found.conforms
    if found.value is None:
        return None
    above = asked.lower is None or found.value >= asked.lower
    below = asked.upper is None or found.value <= asked.upper
    return above and below


def conclude(judgements: Iterable[bool | None]) -> Verdict:
    """Undecided while one is missing, rejected where one fails, accepted otherwise (also without any)."""
    listed = list(judgements)
    if any(judgement is None for judgement in listed):
        return Verdict.UNDECIDED
    return Verdict.ACCEPTED if all(listed) else Verdict.REJECTED


def limits(asked: Asked) -> str:
    """What is allowed, in words: `1.1 … 1.3 mm`, `≤ 85 °C`, `conforms to 64 GB`, `recorded`."""
    if not asked.measured:
        return f"conforms to {asked.expected}" if asked.expected else "conforms"
    unit = f"{THIN_SPACE}{asked.unit}" if asked.unit else ""
    if asked.lower is not None and asked.upper is not None:
        return f"{plain(asked.lower)} … {plain(asked.upper)}{unit}"
    if asked.lower is not None:
        return f"≥ {plain(asked.lower)}{unit}"
    if asked.upper is not None:
        return f"≤ {plain(asked.upper)}{unit}"
    return "recorded"


def finding(asked: Asked, found: Found) -> str:
    """What was found, in words: `91 °C`, `conforms`, `does not conform`, `not recorded`."""
    if asked.measured and found.value is not None:
        unit = f"{THIN_SPACE}{asked.unit}" if asked.unit else ""
        return f"{plain(found.value)}{unit}"
    if not asked.measured and found.conforms is not None:
        return "conforms" if found.conforms else "does not conform"
    return "not recorded"

"""What a click is answered with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from orders.engine.logic.answers import Domains
from orders.engine.reading import Problem, Stored

Literal = tuple[int, bool]
"""A feature of the solver and whether it is chosen or excluded."""


class Slot(NamedTuple):
    """One thing that can be clicked: an option by its code, yes or no, "given" for a text, "" for nothing."""

    code: str
    option: str


class Standing(IntEnum):
    """How an option stands: SWITCH is possible if only the choice made beside it is changed."""

    VALID = 0
    CHOSEN = 1
    IMPLIED = 2
    BLOCKED = 3
    SWITCH = 4


class Reason(NamedTuple):
    """A rule that takes part: its number (0 for a budget or the tree), its words, the row it stands in."""

    number: int
    text: str
    rule: str


class Made(NamedTuple):
    """A choice in words."""

    slot: Slot
    label: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an option is blocked: rules and earlier choices, none of which could be left out."""

    slot: Slot
    label: str
    reasons: tuple[Reason, ...]
    choices: tuple[Made, ...]


@dataclass(frozen=True, slots=True)
class Fix:
    """A way to make a blocked option possible: what to give up, what stands there instead.

    `choices` are the user's choices after accepting it, with the option taken.
    """

    label: str
    give_up: tuple[Made, ...]
    becomes: tuple[Made, ...]
    choices: Mapping[str, Stored]


@dataclass(frozen=True, slots=True)
class Clash:
    """A choice that contradicts earlier ones, and why; the answer was made without it."""

    explanation: Explanation
    fixes: tuple[Fix, ...]


class Range(NamedTuple):
    """Numbers still possible, both ends included."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """The answer: how each slot stands (in the order of `Decider.slots`), what is wrong, what was understood.

    `taken` holds what each choice says to the solver, `domains` what it leaves of each feature.
    """

    choices: Mapping[str, Stored]
    states: NDArray[np.uint8]
    taken: Mapping[str, tuple[Literal, ...]]
    domains: Domains
    problems: tuple[Problem, ...] = ()
    clashes: tuple[Clash, ...] = ()

    @property
    def chosen(self) -> dict[int, bool]:
        """What the choices say to the solver."""
        return dict(literal for literals in self.taken.values() for literal in literals)

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong so far."""
        return not (self.problems or self.clashes)


@dataclass(frozen=True, slots=True)
class Completion:
    """All choices, those made and the best for the rest; `exact` where it is proved to be the best."""

    choices: Mapping[str, Stored]
    aim: str
    value: Decimal | None = None
    unit: str = ""
    exact: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class PriceSpan:
    """The least and the most a unit can still cost; bounds, attained where `exact`."""

    low: Decimal
    high: Decimal
    currency: str
    exact: bool
    missing: tuple[str, ...] = field(default=())

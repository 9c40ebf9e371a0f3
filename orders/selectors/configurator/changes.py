"""What a click changed, in as few characters as a page of many thousand options needs."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from orders.engine.deciding import Decision, Standing

STATES = {
    Standing.VALID: "valid",
    Standing.CHOSEN: "chosen",
    Standing.IMPLIED: "implied",
    Standing.BLOCKED: "blocked",
    Standing.SWITCH: "valid",
}
SEEN = np.array(
    [Standing.VALID, Standing.CHOSEN, Standing.IMPLIED, Standing.BLOCKED, Standing.VALID], np.uint8
)
"""By standing, the one that looks the same."""
DIGITS = 36


def told(before: Decision | None, after: Decision, shown: NDArray[np.bool_] | None = None) -> str:
    """`blocked:3 0+5;valid:c`: slots by their new state, only those that look otherwise than before.

    Without `before` all that are not simply valid; of `shown` slots only, where the page draws a part. Slots
    are written as `coded` says.
    """
    new = SEEN[after.states]
    old = np.zeros_like(new) if before is None else SEEN[before.states]
    moved = np.flatnonzero(old != new if shown is None else (old != new) & shown)
    states = new[moved]
    parts = (
        f"{STATES[Standing(state)]}:{coded(moved[states == state])}" for state in np.unique(states).tolist()
    )
    return ";".join(parts)


def counted(decision: Decision, shown: NDArray[np.bool_]) -> list[tuple[str, int]]:
    """How many slots that are not shown stand in each state that is not simply valid."""
    numbers = np.bincount(SEEN[decision.states[~shown]], minlength=len(SEEN)).tolist()
    states = (Standing.CHOSEN, Standing.IMPLIED, Standing.BLOCKED)
    return [(STATES[state], numbers[state]) for state in states if numbers[state]]


def coded(places: NDArray[np.intp]) -> str:
    """Ascending numbers as runs `gap` or `gap+more` in base 36, with blanks between them.

    The gap is what lies between a run and the end of the one before, `more` how many follow its first.
    """
    if not len(places):
        return ""
    breaks = np.flatnonzero(np.diff(places) > 1)
    first = places[np.concatenate(([0], breaks + 1))]
    last = places[np.concatenate((breaks, [len(places) - 1]))]
    gaps = first - np.concatenate(([0], last[:-1] + 1))
    return " ".join(_runs(gaps.tolist(), (last - first).tolist()))


def _runs(gaps: list[int], more: list[int]) -> Iterator[str]:
    for gap, follow in zip(gaps, more, strict=True):
        yield _digits(gap) + (f"+{_digits(follow)}" if follow else "")


def _digits(number: int) -> str:
    return np.base_repr(number, DIGITS).lower()

"""Who becomes late by some changes, before anything is stored."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from kernel.jit import BoolArray, Table
from planning.selectors.changes import Change, Names, Standing, check_changes
from planning.selectors.effects.differences import Difference, Effect, JobEffect, difference
from planning.selectors.order_book.known import known_book
from planning.selectors.order_book.ledger import Ledger, altered


def effect_of(
    changes: Sequence[Change],
    now: datetime,
    book: Ledger | None = None,
    *,
    about: int = 0,
    alone: bool = False,
) -> Effect:
    """What these changes would do if they were made now; with `about` also to the job with this line id.

    Changes that take room push work to the right of the plan in force, and nothing else moves. Where one
    gives room, everything is compared as soon as it can be done in the order of the plan, so that reserves
    count on both sides; or that job `alone` looks for better places. Jobs that weigh more overtake others
    where that pays. The order book may be some seconds old; what is made is reckoned anew.
    """
    names = Names(changes)
    check_changes(changes, names, now)
    book = book or known_book(now)
    after = altered(book, changes)
    slots, done = _plans(book, after, changes, about, alone)
    outcome = Standing(after.rows, after.problem.operations, done, after.resources.index)
    warnings = [warning for each in changes for warning in each.warnings(outcome, names)]
    found = difference((book, slots), (after, done), about)
    return found.told([each.words(names) for each in changes], warnings)


def trials(changes: Sequence[Change], book: Ledger, about: int, ways: Sequence[bool]) -> list[Difference]:
    """The same in numbers, for each way (`alone` or not): for who tries many changes and tells of few.

    Nothing is checked: whoever tells of them checks them before.
    """
    after = altered(book, changes)
    plans = (_plans(book, after, changes, about, alone) for alone in ways)
    return [difference((book, slots), (after, done), about) for slots, done in plans]


def compared(
    words: Sequence[str],
    warnings: Sequence[str],
    first: tuple[Ledger, Table],
    second: tuple[Ledger, Table],
    about: int = 0,
) -> Effect:
    """The effect, from two order books and the SLOT rows of a plan of each."""
    return difference(first, second, about).told(words, warnings)


def _plans(
    book: Ledger, after: Ledger, changes: Sequence[Change], about: int, alone: bool
) -> tuple[Table, Table]:
    """The SLOT rows that are compared: those of the order book and those of the altered one."""
    room = any(each.room for each in changes)
    if room and not alone:
        return book.soonest, book.known.in_turn(after.problem, after.standing)
    if (seeking := _heavier(book, after) | (_of(after, about) & room)).any():
        return book.standing, book.known.repaired(after.problem, after.standing, seeking)
    if all(each.still for each in changes):
        return book.standing, book.standing
    return book.standing, book.known.pushed(after.problem, after.standing)


def _of(book: Ledger, line: int) -> BoolArray:
    """Which operations of the problem are of this job."""
    found = np.zeros(len(book.problem), np.bool_)
    found[: len(book.rows)] = book.rows["line"] == line
    return found


def _heavier(book: Ledger, after: Ledger) -> BoolArray:
    """Which operations of the altered book weigh more than before."""
    more = np.zeros(len(after.problem), np.bool_)
    if len(book.rows) == len(after.rows):
        more[: len(after.rows)] = after.rows["weight"] > book.rows["weight"]
    return more


__all__ = ["Difference", "Effect", "JobEffect", "compared", "effect_of", "trials"]

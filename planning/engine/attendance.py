"""Who attends which operation of a plan: people of crews, by their skills, their shifts and what is next.

Interval scheduling with eligible machines (Kolen, Lenstra, Papadimitriou and Spieksma, Interval scheduling: a
survey, Naval Research Logistics 54, 2007), which is NP-hard where people differ. A sweep by start asks those
first who can do little else; whom all are too busy for goes through an ejection pool (Nagata and Braysy, A
powerful route minimization heuristic, Operations Research Letters 37, 2009): it takes the place of what was
turned out least often so far, and that looks for people in its turn. People of one kind share their work by
colouring an interval graph, which always succeeds.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray, Table, fields, kernel, part
from planning.engine.calendars import Windows, find_window

ATTENDED: Final = fields("start", "end", "skill", "calendar", "work", "home")
"""What somebody attends from start to end: `skill` is what it asks for, `calendar` that of the machine (-1:
any time), `work` the minutes in which both must be there, `home` the machine: who is usually there is asked
first."""

TURNS: Final = 30_000
"""So often work is turned out for other work; a shop may lack people, then nothing helps."""

NOT_NEEDED: Final = -1


class Nobody(IntEnum):
    """Why nobody attends an operation; the number stands in place of the person."""

    UNABLE = -2
    """No crew has what it asks for."""
    AWAY = -3
    """None of those who can is at work then, long enough."""
    BUSY = -4
    """All who can attend something else."""


UNABLE, AWAY, BUSY = int(Nobody.UNABLE), int(Nobody.AWAY), int(Nobody.BUSY)


class Kind(NamedTuple):
    """Equal people of one crew: the number of their calendar, how many there are, what they can do."""

    crew: int
    calendar: int
    size: int
    skills: frozenset[int]


class Staff(NamedTuple):
    """The kernels' view of kinds of people; calendar c is windows[ptr[c]:ptr[c + 1]].

    `able` lists the kinds that have skill s in able[able_ptr[s]:able_ptr[s + 1]], who can do little else
    first; `rare` tells how little that is.
    """

    windows: Windows
    ptr: IntArray
    calendar: IntArray
    crew: IntArray
    size: IntArray
    able: IntArray
    able_ptr: IntArray
    rare: IntArray


class Turnout(NamedTuple):
    """Rows by start as the kernels see them: row r lasts over the starts of rows first[r]:last[r].

    No row before r ends later than reach[r]; `kind` is who attends each, taken[k, r] how many of kind k are
    busy as row r starts, `counts` how often a row was in the pool.
    """

    rows: Table
    first: IntArray
    last: IntArray
    reach: IntArray
    kind: IntArray
    taken: IntArray
    counts: IntArray


def staff_of(windows: Windows, ptr: IntArray, kinds: Sequence[Kind]) -> Staff:
    """These kinds of people for the kernels."""
    order = sorted(range(len(kinds)), key=lambda each: len(kinds[each].skills))
    many = max((skill for kind in kinds for skill in kind.skills), default=-1) + 1
    able = [[each for each in order if skill in kinds[each].skills] for skill in range(many)]
    return Staff(
        windows=windows,
        ptr=ptr.astype(np.int64),
        calendar=np.array([kind.calendar for kind in kinds], np.int64),
        crew=np.array([kind.crew for kind in kinds], np.int64),
        size=np.array([kind.size for kind in kinds], np.int64),
        able=np.array([each for row in able for each in row], np.int64),
        able_ptr=np.cumsum([0, *map(len, able)]).astype(np.int64),
        rare=np.array([len(kind.skills) for kind in kinds], np.int64),
    )


def attend(wanted: Table, staff: Staff) -> IntArray:
    """The person for each ATTENDED row, counted kind by kind; or why there is Nobody.

    Nobody attends two rows at once; everybody has the skill and is there as it starts, as it ends and as long
    as it needs in between. What ends as it starts needs nobody: NOT_NEEDED. The same rows give the same
    people; a row asks first for who is usually at its machine, so what stays seldom changes hands.
    """
    order = np.lexsort((np.arange(len(wanted)), wanted["end"], wanted["start"])).astype(np.int64)
    rows = wanted[order]
    turnout = Turnout(
        rows=rows,
        first=np.searchsorted(rows["start"], rows["start"]).astype(np.int64),
        last=np.searchsorted(rows["start"], rows["end"]).astype(np.int64),
        reach=np.maximum.accumulate(rows["end"]),
        kind=np.full(len(rows), NOT_NEEDED),
        taken=np.zeros((len(staff.size), len(rows)), np.int64),
        counts=np.ones(len(rows), np.int64),
    )
    sweep(turnout, staff)
    short = np.flatnonzero(turnout.kind == BUSY)
    if short.size:
        pool, best = np.zeros(len(rows), np.int64), turnout.kind.copy()
        pool[: short.size] = short
        eject(turnout, staff, pool, short.size, best)
        turnout.kind[:] = best
    found = turnout.kind.copy()
    ends = np.cumsum(staff.size)
    seat(rows, staff, turnout.kind, ends - staff.size, np.full(int(staff.size.sum()), -(2**62)), found)
    people = np.empty(len(rows), np.int64)
    people[order] = found
    return people


@part
def present(windows: Windows, low: int, high: int, moment: int) -> bool:
    """Whether a calendar is open in this minute."""
    row = find_window(windows, low, high, moment)
    return bool(row < high and windows[row].start <= moment)


@part
def together(windows: Windows, ptr: IntArray, one: int, other: int, start: int, end: int) -> int:
    """Minutes from start to end in which both calendars are open."""
    here, high = find_window(windows, ptr[one], ptr[one + 1], start), ptr[one + 1]
    there, last = find_window(windows, ptr[other], ptr[other + 1], start), ptr[other + 1]
    minutes = 0
    while here < high and there < last and windows[here].start < end:
        begin, stop = max(windows[here].start, start), min(windows[here].end, end)
        minutes += max(0, min(stop, windows[there].end) - max(begin, windows[there].start))
        if windows[there].end < windows[here].end:
            there += 1
        else:
            here += 1
    return int(minutes)


@part
def there(rows: Table, staff: Staff, row: int, kind: int) -> bool:
    """Whether these people are at work for a row: as it starts, as it ends, and long enough in between."""
    one, calendar = rows[row], staff.calendar[kind]
    if one.calendar < 0:
        return True
    low, high = staff.ptr[calendar], staff.ptr[calendar + 1]
    if not present(staff.windows, low, high, one.start):
        return False
    if not present(staff.windows, low, high, one.end - 1):
        return False
    return bool(together(staff.windows, staff.ptr, calendar, one.calendar, one.start, one.end) >= one.work)


@part
def far(home: int, crew: int) -> int:
    """How far a crew is from being the usual one at a machine: the highest random weight is near."""
    mixed = (home + 1) * 2654435761 + (crew + 1) * 40503
    return int(((mixed ^ (mixed >> 15)) * 2246822519) & 0xFFFFFFFF)


@part
def put(turnout: Turnout, row: int, kind: int, more: int) -> None:
    """One more of a kind is busy with a row, or one less."""
    for at in range(turnout.first[row], turnout.last[row]):
        turnout.taken[kind, at] += more


@part
def choose(turnout: Turnout, staff: Staff, row: int) -> int:
    """The best kind of which somebody is free for a row; where nobody is, why."""
    one, found, why, rarest, nearest = turnout.rows[row], -1, UNABLE, 0, 0
    if one.skill + 1 >= len(staff.able_ptr):
        return UNABLE
    for at in range(staff.able_ptr[one.skill], staff.able_ptr[one.skill + 1]):
        kind, why = staff.able[at], min(why, AWAY)
        free = turnout.taken[kind, row] < staff.size[kind]
        if found >= 0 and (not free or staff.rare[kind] > rarest):
            continue
        if staff.size[kind] < 1 or not there(turnout.rows, staff, row, kind):
            continue
        why, away = BUSY, far(one.home, staff.crew[kind])
        if free and (found < 0 or away < nearest):
            found, rarest, nearest = kind, staff.rare[kind], away
    return int(found) if found >= 0 else int(why)


@kernel
def sweep(turnout: Turnout, staff: Staff) -> None:
    """Give every row a kind of people, by start."""
    for row in range(len(turnout.rows)):
        if turnout.rows[row].start < turnout.rows[row].end:
            kind = choose(turnout, staff, row)
            turnout.kind[row] = kind
            if kind >= 0:
                put(turnout, row, kind, 1)


@part
def in_the_way(turnout: Turnout, kind: int, at: int) -> int:
    """Which row of a kind that lasts over the start of row `at` was in the pool least often; the longest."""
    rows, found, moment = turnout.rows, -1, turnout.rows[at].start
    row = at
    while row + 1 < len(rows) and rows[row + 1].start == moment:
        row += 1
    while row >= 0 and turnout.reach[row] > moment:
        if turnout.kind[row] == kind and rows[row].end > moment:
            less = found < 0 or turnout.counts[row] < turnout.counts[found]
            same = found >= 0 and turnout.counts[row] == turnout.counts[found]
            if less or (same and turnout.last[row] > turnout.last[found]):
                found = row
        row -= 1
    return found


@part
def price(turnout: Turnout, staff: Staff, row: int, kind: int, most: int) -> int:
    """What it counts to turn others of this kind out for a row; more than `most` is not looked at."""
    at, found = turnout.first[row], 0
    while at < turnout.last[row] and found <= most:
        if turnout.taken[kind, at] < staff.size[kind]:
            at += 1
            continue
        other = in_the_way(turnout, kind, at)
        found += turnout.counts[other]
        at = turnout.last[other]
    return int(found)


@part
def cheapest(turnout: Turnout, staff: Staff, row: int) -> int:
    """The kind of people whose work is turned out most easily for a row."""
    one, found, least, nearest = turnout.rows[row], -1, 2**40, 0
    for at in range(staff.able_ptr[one.skill], staff.able_ptr[one.skill + 1]):
        kind = staff.able[at]
        if staff.size[kind] < 1 or not there(turnout.rows, staff, row, kind):
            continue
        cost, away = price(turnout, staff, row, kind, least), far(one.home, staff.crew[kind])
        if cost < least or (cost == least and away < nearest):
            found, least, nearest = kind, cost, away
    return int(found)


@kernel
def eject(turnout: Turnout, staff: Staff, pool: IntArray, short: int, best: IntArray) -> None:
    """Find people for the first `short` rows of the pool, a queue; others are turned out for them.

    `best` gets the kinds with which the fewest rows were left over.
    """
    first, least = 0, short
    for _ in range(TURNS):
        if short == 0:
            return
        row = pool[first]
        first, short = (first + 1) % len(pool), short - 1
        turnout.counts[row] += 1
        kind, at = cheapest(turnout, staff, row), turnout.first[row]
        while at < turnout.last[row]:
            if turnout.taken[kind, at] < staff.size[kind]:
                at += 1
                continue
            other = in_the_way(turnout, kind, at)
            put(turnout, other, kind, -1)
            turnout.kind[other], pool[(first + short) % len(pool)] = BUSY, other
            short += 1
        turnout.kind[row] = kind
        put(turnout, row, kind, 1)
        if short < least:
            least = short
            for each in range(len(best)):
                best[each] = turnout.kind[each]


@kernel
def seat(rows: Table, staff: Staff, kind: IntArray, first: IntArray, free: IntArray, found: IntArray) -> None:
    """Turn kinds into people, for rows by start: the one who is usually at the machine, or the next one."""
    for row in range(len(rows)):
        mine = kind[row]
        if mine < 0:
            continue
        usual = ((rows[row].home + 1) * 2654435761 >> 7) % staff.size[mine]
        for step in range(staff.size[mine]):
            who = first[mine] + (usual + step) % staff.size[mine]
            if free[who] <= rows[row].start:
                free[who], found[row] = rows[row].end, who
                break

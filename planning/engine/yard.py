"""The whole shop for serial planning: machines, people, tools and racks, with every feature of a problem."""

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray, Table, fields
from planning.engine.calendars import Windows, numbered
from planning.engine.problem import Problem
from planning.engine.shop import Shop, open_shop

NEED: Final = fields("skill", "quantity", "transfer", "pauses")
STAY: Final = fields("start", "end", "operation", "load")
"""Somebody's stay on a track; on a rack with its `load`, the operation being the one that came first."""


class Yard(NamedTuple):
    """The kernels' view beside `Shop`: calendars met by people, and tracks for everything that is held.

    Calendar c is windows[ptr[c]:ptr[c + 1]]; met[machine * (crews + 1) + crew + 1] is the calendar of a
    machine while one of the crew attends it (crew -1: nobody needed). Tracks are machines, then people, then
    units of tools. The people with skill s are able[able_ptr[s]:able_ptr[s + 1]]; `crew_of` tells each one's
    crew. The units of tool t are the tracks from units[t] to units[t + 1]. Track k keeps its stays in
    stays[offset[k]:offset[k] + length[k]]. Of placed operations `given` are the set-up minutes, `used` the
    calendar, `persons` who attends (or -1), and `unit` beside `held` the tracks of their tools.
    """

    windows: Windows
    ptr: IntArray
    met: IntArray
    crews: int
    size: IntArray
    needs: Table
    able: IntArray
    able_ptr: IntArray
    crew_of: IntArray
    people: int
    held: IntArray
    held_ptr: IntArray
    units: IntArray
    stays: Table
    offset: IntArray
    length: IntArray
    given: IntArray
    used: IntArray
    persons: IntArray
    unit: IntArray


def open_yard(problem: Problem) -> tuple[Shop, Yard]:
    """The shop of a problem and its yard, nothing placed yet."""
    shop, machines, count = open_shop(problem), len(problem.machines), len(problem)
    windows, ptr, met = meetings(problem)
    crew_of = np.repeat(np.arange(len(problem.crews)), problem.crews["size"])
    able, able_ptr = _able(problem, crew_of)
    first_unit = machines + len(crew_of)
    units = first_unit + np.concatenate([[0], np.cumsum(problem.tools["size"])])
    needs = np.zeros(count, NEED)
    for name in ("skill", "quantity", "transfer", "pauses"):
        needs[name] = problem.operations[name]
    length = _most_stays(problem, shop, crew_of, units)
    offset = np.cumsum(length) - length
    held_ptr = problem.held.ptr if len(problem.held.ptr) == count + 1 else np.zeros(count + 1, np.int64)
    return shop, Yard(
        windows=windows,
        ptr=ptr,
        met=met,
        crews=len(problem.crews),
        size=problem.machines["size"].astype(np.int64),
        needs=needs,
        able=able,
        able_ptr=able_ptr,
        crew_of=crew_of.astype(np.int64),
        people=machines,
        held=problem.held.value,
        held_ptr=held_ptr,
        units=units.astype(np.int64),
        stays=np.zeros(int(length.sum()) + 1, STAY),
        offset=offset.astype(np.int64),
        length=np.zeros(len(length), np.int64),
        given=np.zeros(count, np.int64),
        used=np.zeros(count, np.int64),
        persons=np.full(count, -1, np.int64),
        unit=np.full(len(problem.held.value), -1, np.int64),
    )


def meetings(problem: Problem) -> tuple[Windows, IntArray, IntArray]:
    """Calendars of machines alone and together with each crew, and which is whose; as in Yard."""
    own = [problem.windows[low:high] for low, high in pairwise(problem.window_ptr.tolist())]
    pairs: dict[tuple[int, int], int] = {}
    met = np.zeros((len(problem.machines), len(problem.crews) + 1), np.int64)
    for machine, calendar in enumerate(problem.machines["calendar"].tolist()):
        met[machine, 0] = pairs.setdefault((calendar, -1), len(pairs))
        for crew, theirs in enumerate(problem.crews["calendar"].tolist()):
            met[machine, crew + 1] = pairs.setdefault((calendar, theirs), len(pairs))
    tables = [own[one] if other < 0 else in_common(own[one], own[other]) for one, other in pairs]
    ptr = np.cumsum([0, *(len(each) for each in tables)], dtype=np.int64)
    windows = np.concatenate([problem.windows[:0], *tables])
    return numbered(windows), ptr, met.ravel()


def in_common(one: Windows, other: Windows) -> Windows:
    """The time that two calendars have in common, `before` not filled."""
    first = np.searchsorted(other["end"], one["start"], side="right")
    many = np.maximum(np.searchsorted(other["start"], one["end"], side="left") - first, 0)
    mine = np.repeat(np.arange(len(one)), many)
    theirs = np.arange(len(mine)) - np.repeat(np.cumsum(many) - many, many) + first[mine]
    found = np.zeros(len(mine), one.dtype)
    found["start"] = np.maximum(one["start"][mine], other["start"][theirs])
    found["end"] = np.minimum(one["end"][mine], other["end"][theirs])
    return found


def _able(problem: Problem, crew_of: IntArray) -> tuple[IntArray, IntArray]:
    """The people who have each skill that an operation asks for or somebody has."""
    asked, known = problem.operations["skill"].max(initial=-1), problem.skills.value.max(initial=-1)
    skills = int(max(asked, known)) + 1
    crews = [
        set(problem.skills.value[problem.skills.ptr[each] : problem.skills.ptr[each + 1]].tolist())
        for each in range(len(problem.crews))
    ]
    # Who can do little else comes first, so that the others are free for what only they can do.
    people = sorted(enumerate(crew_of.tolist()), key=lambda each: len(crews[each[1]]))
    rows = [[who for who, crew in people if skill in crews[crew]] for skill in range(skills)]
    ptr = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    return np.array([who for row in rows for who in row], np.int64), ptr


def _most_stays(problem: Problem, shop: Shop, crew_of: IntArray, units: IntArray) -> IntArray:
    """How many stays each track may get."""
    machines = len(problem.machines)
    most = np.zeros(int(units[-1]), np.int64)
    pools = shop.tasks["pool"]
    for pool, uses in enumerate(np.bincount(pools[pools >= 0], minlength=len(shop.pools)).tolist()):
        most[shop.members[shop.pools["first"][pool] : shop.pools["last"][pool]]] += uses
    most[machines : machines + len(crew_of)] = int((problem.operations["skill"] >= 0).sum())
    for tool, uses in enumerate(np.bincount(problem.held.value, minlength=len(problem.tools)).tolist()):
        most[units[tool] : units[tool + 1]] = uses
    return most + 1

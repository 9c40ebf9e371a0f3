"""A plan that is known: what pushing, drawing forward and repairing say of small alterations of it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from kernel.jit import BoolArray, IntArray, Table, fields
from planning.engine.busy import by_job
from planning.engine.features import INSERTION, features
from planning.engine.problem import Problem
from planning.engine.repair import (
    begun_of,
    filled,
    giving_way,
    hit,
    hit_among,
    in_turn,
    keep,
    opened,
    pushed,
    repair,
)
from planning.engine.ripple import (
    Again,
    Lines,
    followed,
    lined_up,
    marked,
    merged,
    relined,
    ripple,
    turned,
    unequal,
)
from planning.engine.seats import AHEAD, KEPT, OUT
from planning.engine.shop import PINNED, STARTED, Shop, lasting_of, task_rows
from planning.engine.standing import score
from planning.engine.turns import homeless, homeless_among, let_go, turn_keys

BEGUN: Final = fields("free", "family")


@dataclass(frozen=True, eq=False)
class Known:
    """A problem with the plan that stands (SLOT rows), and what is derived of both, once.

    `pushed`, `in_turn` and `repaired` answer for another problem and plan exactly what the functions of the
    same names do (`repaired`: the slots of `repair`). That takes time in proportion to what is reached where
    the other problem differs in few operations, in jobs, or in working hours, and shares its graph, pools and
    runs with this one; any other problem is reckoned in full.
    """

    problem: Problem
    standing: Table

    def pushed(self, problem: Problem, standing: Table) -> Table:
        """See repair.pushed."""
        if (other := self.altered(problem, standing)) is None:
            return pushed(problem, standing)
        return other.filled(self.homes, other.let_go(other.lost))

    def in_turn(self, problem: Problem, standing: Table) -> Table:
        """See repair.in_turn."""
        if (other := self.altered(problem, standing)) is None:
            return in_turn(problem, standing)
        return other.kept(self.soon, other.let_go(other.lost))

    def repaired(self, problem: Problem, standing: Table, about: BoolArray) -> Table:
        """The slots of repair.repair."""
        if (other := self.altered(problem, standing)) is None:
            return repair(problem, standing, about).slots
        return other.repaired(about)

    def altered(self, problem: Problem, standing: Table) -> "Altered | None":
        """What differs there; None where it is another shop."""
        mine = self.problem
        shared = ("now", "frozen", "after", "lags", "pools", "runs")
        if any(getattr(problem, name) is not getattr(mine, name) for name in shared[2:]) or not self.fast:
            return None
        if any(getattr(problem, name) != getattr(mine, name) for name in shared[:2]):
            return None
        if len(problem.jobs) != len(mine.jobs) or len(problem.machines) != len(mine.machines):
            return None
        same = ("family", "single", "size")
        if any((problem.machines[name] != mine.machines[name]).any() for name in same):
            return None
        rows = differing(problem.operations, mine.operations)
        gates = np.flatnonzero(problem.jobs["release"] != mine.jobs["release"])
        if gates.size:
            rows = np.union1d(rows, np.flatnonzero(np.isin(problem.operations["job"], gates)))
        if not _alike(problem, mine, rows):
            return None
        return Altered(self, problem, standing, rows)

    @cached_property
    def fast(self) -> bool:
        """Whether it is built by turns."""
        return features(self.problem) <= INSERTION

    @cached_property
    def shop(self) -> Shop:
        """As the kernels read it."""
        return opened(self.problem)

    @cached_property
    def place(self) -> IntArray:
        """The place of each operation in the order of the shop."""
        return _inverse(self.shop.order)

    @cached_property
    def lost(self) -> BoolArray:
        """Operations without a place."""
        return homeless(self.shop, self.standing)

    @cached_property
    def struck(self) -> BoolArray:
        """Operations that cannot be done where they stand."""
        return hit(self.shop, self.standing, self.begun[1]["free"].copy())

    @cached_property
    def waiting(self) -> BoolArray:
        """Operations without a place, or whose material or gate is later than it."""
        return self.lost | _held_up(self.shop.tasks, self.standing, self.shop.now)

    @cached_property
    def begun(self) -> tuple[Table, Table]:
        """Slots of what has started; BEGUN rows of the machines behind it."""
        return _begun(self.shop, np.flatnonzero(self.shop.tasks["fixing"] == STARTED))

    @cached_property
    def homes(self) -> "Base":
        """The plan in which everybody with a place keeps turn and machine, and moves right where it must."""
        return Base.of(self, let_go(self.shop, self.lost.astype(np.int64) * OUT), True)

    @cached_property
    def rest(self) -> "Base":
        """The same without those that wait."""
        if (self.waiting == self.lost).all():
            return self.homes
        return Base.of(self, let_go(self.shop, self.waiting.astype(np.int64) * OUT), True)

    @cached_property
    def soon(self) -> "Base":
        """The plan in which everybody with a place begins as soon as it can."""
        return Base.of(self, self.homes.marks, False)

    @cached_property
    def giving_way(self) -> Table:
        """The slots when machines give way."""
        return giving_way(self.problem, self.shop, self.standing, self.rest.marks)

    @cached_property
    def by_due(self) -> IntArray:
        """The order in which gaps are filled."""
        rank = self.problem.jobs["due"][self.problem.operations["job"]].copy()
        return by_job(self.problem, self.shop.order, rank)


@dataclass(frozen=True, eq=False)
class Base:
    """A plan by turns: its marks, the moments and the order of turns, the slots, and who is behind whom."""

    marks: IntArray
    keys: IntArray
    order: IntArray
    place: IntArray
    slots: Table
    lines: Lines
    patient: bool

    @classmethod
    def of(cls, known: Known, marks: IntArray, patient: bool) -> "Base":
        """The plan that `keep` makes with these marks."""
        shop, standing = known.shop, known.standing
        keys = turn_keys(shop, standing, marks)
        order = np.lexsort((-marks, keys))
        slots, begun = known.begun[0].copy(), known.begun[1]
        free, family = begun["free"].copy(), begun["family"].copy()
        keep(shop, standing, order, marks, slots, free, family, patient)
        first = (begun["free"].copy(), begun["family"].copy())
        lines = lined_up(shop, standing, marks, order, slots, *first)
        return cls(marks, keys, order, _inverse(order), slots, lines, patient)


class Altered:
    """Another problem and plan near a known one: `rows` are the operations that differ in the problem."""

    def __init__(self, known: Known, problem: Problem, standing: Table, rows: IntArray) -> None:
        self.known, self.problem, self.standing = known, problem, standing
        self.elsewhere = _other_hours(problem, known.problem)
        self.shop = self._shop(rows)
        touched = np.union1d(rows, differing(standing, known.standing))
        self.touched = touched
        self.lost = self._patched(known.lost, homeless_among(self.shop, standing, touched))
        held = _held_up(self.shop.tasks[touched], standing[touched], self.shop.now)
        self.waiting = self._patched(known.waiting, self.lost[touched] | held)
        self.begun = self._begun()

    def _shop(self, rows: IntArray) -> Shop:
        """The shop; only what differs is built anew."""
        shop, problem = self.known.shop, self.problem
        if not rows.size and not self.elsewhere.size:
            return shop._replace(jobs=problem.jobs)
        machines = shop.machines.copy()
        calendar = problem.machines["calendar"]
        machines["low"], machines["high"] = problem.window_ptr[calendar], problem.window_ptr[calendar + 1]
        tasks, mine = shop.tasks.copy(), task_rows(problem, machines, problem.operations[rows])
        for name in ("first_before", "last_before", "first_after", "last_after"):
            mine[name] = tasks[name][rows]
        pinned = mine["fixing"] == PINNED
        mine["release"][pinned] = np.maximum(mine["release"], mine["start"])[pinned]
        mine["lasting"] = lasting_of(problem, mine, machines, shop.pools, shop.members)
        tasks[rows] = mine
        if self.elsewhere.size:
            tasks["lasting"] = lasting_of(problem, tasks, machines, shop.pools, shop.members)
        return shop._replace(tasks=tasks, machines=machines, windows=problem.windows, jobs=problem.jobs)

    def _patched(self, before: BoolArray, touched: BoolArray) -> BoolArray:
        found = before.copy()
        found[self.touched] = touched
        return found

    def _begun(self) -> tuple[Table, Table]:
        """As Known.begun."""
        tasks, before = self.shop.tasks["fixing"], self.known.shop.tasks["fixing"]
        rows = np.flatnonzero(tasks == STARTED)
        same = not (np.isin(self.touched, rows).any() or (before[self.touched] == STARTED).any())
        if same and not np.isin(self.shop.tasks["machine"][rows], self.elsewhere).any():
            return self.known.begun
        return _begun(self.shop, rows)

    def let_go(self, out: BoolArray) -> IntArray:
        """The marks when these operations lose their places."""
        for mine, base in ((self.known.lost, self.known.homes), (self.known.waiting, self.known.rest)):
            fixing = self.known.shop.tasks["fixing"][self.touched] == STARTED
            begun = self.shop.tasks["fixing"][self.touched] == STARTED
            if (out == mine).all() and (fixing == begun).all():
                return base.marks
        return let_go(self.shop, out.astype(np.int64) * OUT)

    def kept(self, base: Base, marks: IntArray) -> Table:
        """What `keep` makes with these marks, from a known plan by turns."""
        known, shop, standing = self.known, self.shop, self.standing
        others = marks != base.marks
        others[self.touched] = True
        if self.elsewhere.size:
            # The turns of those that are not kept depend on the hours of their machines.
            others |= (marks != KEPT) | (standing["machine"] < 0)
        chosen = followed(shop, np.flatnonzero(others))
        again = np.zeros(len(shop.tasks), np.bool_)
        again[chosen] = True
        keys = base.keys.copy()
        turned(shop, standing, marks, chosen[np.argsort(known.place[chosen])], keys)
        chosen = chosen[np.lexsort((chosen, -marks[chosen], keys[chosen]))]
        order, rank, spot = merged(base.order, again, chosen, keys, marks)
        new = Again(chosen, again, rank, spot, base.place)
        old = base.lines
        lines = Lines(old.ptr, old.line, *(each.copy() for each in old[2:]))
        dirty = np.isin(standing["machine"], self.elsewhere) if self.elsewhere.size else again.copy()
        slots = self._slots(base, chosen, dirty)
        relined(shop, standing, marks, lines, new, dirty)
        begun, before = self.begun[1], known.begun[1]
        heads = lines.first[(begun["free"] != before["free"]) | (begun["family"] != before["family"])]
        dirty[heads[heads >= 0]] = True
        free, family = begun["free"].copy(), begun["family"].copy()
        ripple(shop, standing, marks, order, lines, new, slots, begun, free, family, dirty, base.patient)
        return slots

    def _slots(self, base: Base, chosen: IntArray, dirty: BoolArray) -> Table:
        """The known slots, without those of the chosen; what has started stands where it is now."""
        slots, mine, theirs = base.slots.copy(), self.begun[0], self.known.begun[0]
        started = np.flatnonzero((mine["machine"] >= 0) | (theirs["machine"] >= 0))
        rows = np.union1d(chosen, started)
        ends = slots["end"][rows]
        slots[rows] = mine[rows]
        for row in rows[slots["end"][rows] != ends].tolist():
            task = self.shop.tasks[row]
            dirty[self.shop.after[task["first_after"] : task["last_after"]]] = True
        return slots

    def filled(self, base: Base, marks: IntArray) -> Table:
        """The slots of one way: the kept and those ahead in turn, then the rest into the gaps."""
        return filled(self.problem, self.shop, self.kept(base, marks), marks == OUT, self._by_due())

    def _by_due(self) -> IntArray | None:
        same = (self.problem.jobs["due"] == self.known.problem.jobs["due"]).all()
        return self.known.by_due if same else None

    def repaired(self, about: BoolArray) -> Table:
        """The best of the ways of `repair`."""
        shop, standing, base = self.shop, self.standing, self.known.rest
        rest, struck = self.let_go(self.waiting), self._struck()
        tried = [self.filled(base, rest)]
        if struck.any():
            tried.append(self._giving_way(rest))
            tried.append(self.filled(base, self.let_go(self.waiting | struck)))
        if self.lost.any():
            ahead = marked(shop, np.flatnonzero(self.lost), AHEAD)
            tried.append(self.filled(base, np.maximum(rest, ahead)))
        if about.any():
            rows = np.flatnonzero(about)
            tried += [self.filled(base, np.maximum(rest, marked(shop, rows, how))) for how in (OUT, AHEAD)]
        return min(tried, key=lambda slots: score(shop, slots, standing))

    def _giving_way(self, rest: IntArray) -> Table:
        """The way in which machines give way: weights change nothing of it."""
        if self.touched.size or self.elsewhere.size or self._by_due() is None:
            return giving_way(self.problem, self.shop, self.standing, rest)
        return self.known.giving_way.copy()

    def _struck(self) -> BoolArray:
        mine, theirs = self.begun[1]["free"], self.known.begun[1]["free"]
        machines = np.union1d(self.elsewhere, np.flatnonzero(mine != theirs))
        rows = self.touched
        if machines.size:
            rows = np.union1d(rows, np.flatnonzero(np.isin(self.standing["machine"], machines)))
        found = self.known.struck.copy()
        found[rows] = hit_among(self.shop, self.standing, mine.copy(), rows)
        return found


def differing(one: Table, other: Table) -> IntArray:
    """The rows in which two tables of whole numbers differ."""
    if one is other or not len(one):
        return np.empty(0, np.int64)
    wide = [np.ascontiguousarray(each).view(np.int64).reshape(len(each), -1) for each in (one, other)]
    return unequal(*wide)


def _alike(problem: Problem, mine: Problem, rows: IntArray) -> bool:
    """Whether nothing differs but what concerns the rows alone."""
    if not features(problem.among(rows)) <= INSERTION:
        return False
    one, other = problem.operations[rows], mine.operations[rows]
    by_machine = (one["first_run"] >= 0) | (other["first_run"] >= 0)
    names = ("first_run", "quantity", "done", "pool")
    return not any((one[name] != other[name])[by_machine].any() for name in names)


def _other_hours(problem: Problem, mine: Problem) -> IntArray:
    """The machines that work at other hours."""
    if problem.windows is mine.windows and (problem.machines["calendar"] == mine.machines["calendar"]).all():
        return np.empty(0, np.int64)
    found = []
    for machine, (one, other) in enumerate(
        zip(problem.machines["calendar"].tolist(), mine.machines["calendar"].tolist(), strict=True)
    ):
        hours = problem.windows[problem.window_ptr[one] : problem.window_ptr[one + 1]]
        theirs = mine.windows[mine.window_ptr[other] : mine.window_ptr[other + 1]]
        if not np.array_equal(hours, theirs):
            found.append(machine)
    return np.array(found, np.int64)


def _held_up(tasks: Table, standing: Table, now: int) -> BoolArray:
    """What stands before its material or gate."""
    found: BoolArray = (tasks["release"] > standing["start"]) & (standing["start"] >= now)
    return found


def _begun(shop: Shop, rows: IntArray) -> tuple[Table, Table]:
    slots, free, family = begun_of(shop, rows)
    machines = np.zeros(len(free), BEGUN)
    machines["free"], machines["family"] = free, family
    return slots, machines


def _inverse(order: IntArray) -> IntArray:
    found = np.empty(len(order), np.int64)
    found[order] = np.arange(len(order))
    return found

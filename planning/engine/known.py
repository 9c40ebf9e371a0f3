"""A plan that is known: what pushing, drawing forward and repairing say of small alterations of it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from kernel.jit import BoolArray, IntArray, Table, fields
from planning.engine.facts import Facts, Otherwise, inverse
from planning.engine.features import INSERTION, features
from planning.engine.near_known import NearKnown
from planning.engine.problem import Problem
from planning.engine.repair import begun_of, filled, giving_way, hit, hit_among, in_turn, keep, pushed, repair
from planning.engine.ripple import Again, Lines, followed, lined_up, marked, merged, relined, ripple, turned
from planning.engine.seats import AHEAD, KEPT, OUT
from planning.engine.shop import STARTED, Shop
from planning.engine.standing import score
from planning.engine.turns import turn_keys

BEGUN: Final = fields("free", "family")


@dataclass(frozen=True, eq=False)
class Known(Facts):
    """A problem with the plan that stands (SLOT rows), and what is derived of both, once.

    `pushed`, `in_turn` and `repaired` answer for another problem and plan exactly what the functions of the
    same names do (`repaired`: the slots of `repair`). That takes time in proportion to what is reached where
    the other problem differs in few operations, in jobs, or in working hours, and shares its graph, pools and
    runs with this one; any other problem is reckoned in full.
    """

    def pushed(self, problem: Problem, standing: Table) -> Table:
        """See repair.pushed."""
        if not self.fast:
            return self.serial.pushed(problem, standing)
        if (other := self.altered(problem, standing)) is None:
            return pushed(problem, standing)
        return other.filled(self.homes, other.let_go(other.lost))

    def in_turn(self, problem: Problem, standing: Table) -> Table:
        """See repair.in_turn."""
        if not self.fast:
            return self.serial.in_turn(problem, standing)
        if (other := self.altered(problem, standing)) is None:
            return in_turn(problem, standing)
        return other.kept(self.soon, other.let_go(other.lost))

    def repaired(self, problem: Problem, standing: Table, about: BoolArray) -> Table:
        """The slots of repair.repair."""
        if not self.fast:
            return self.serial.repaired(problem, standing, about)
        if (other := self.altered(problem, standing)) is None:
            return repair(problem, standing, about).slots
        return other.repaired(about)

    def altered(self, problem: Problem, standing: Table) -> "Altered | None":
        """What differs there; None where it is another shop."""
        rows = self.rows_of(problem) if self.fast else None
        if rows is None or not features(problem.among(rows)) <= INSERTION:
            return None
        return Altered(self, problem, standing, rows)

    @cached_property
    def fast(self) -> bool:
        """Whether it is built by turns."""
        return features(self.problem) <= INSERTION

    @cached_property
    def serial(self) -> NearKnown:
        """The same where plans are built serially."""
        return NearKnown(self.problem, self.standing)

    @cached_property
    def struck(self) -> BoolArray:
        """Operations that cannot be done where they stand."""
        return hit(self.shop, self.standing, self.begun[1]["free"].copy())

    @cached_property
    def begun(self) -> tuple[Table, Table]:
        """Slots of what has started; BEGUN rows of the machines behind it."""
        return _begun(self.shop, np.flatnonzero(self.shop.tasks["fixing"] == STARTED))

    @cached_property
    def homes(self) -> "Base":
        """The plan in which everybody with a place keeps turn and machine, and moves right where it must."""
        return Base.of(self, self.without_lost, True)

    @cached_property
    def rest(self) -> "Base":
        """The same without those that wait."""
        if self.without_waiting is self.without_lost:
            return self.homes
        return Base.of(self, self.without_waiting, True)

    @cached_property
    def soon(self) -> "Base":
        """The plan in which everybody with a place begins as soon as it can."""
        return Base.of(self, self.without_lost, False)

    @cached_property
    def giving_way(self) -> Table:
        """The slots when machines give way."""
        return giving_way(self.problem, self.shop, self.standing, self.without_waiting)


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
        return cls(marks, keys, order, inverse(order), slots, lines, patient)


class Altered(Otherwise):
    """Another problem and plan near a known one that is built by turns."""

    def __init__(self, known: Known, problem: Problem, standing: Table, rows: IntArray) -> None:
        super().__init__(known, problem, standing, rows)
        self.known = known
        self.begun = self._begun()

    def _begun(self) -> tuple[Table, Table]:
        """As Known.begun."""
        tasks, before = self.shop.tasks["fixing"], self.known.shop.tasks["fixing"]
        rows = np.flatnonzero(tasks == STARTED)
        same = not (np.isin(self.touched, rows).any() or (before[self.touched] == STARTED).any())
        if same and not np.isin(self.shop.tasks["machine"][rows], self.elsewhere).any():
            return self.known.begun
        return _begun(self.shop, rows)

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
        return filled(self.problem, self.shop, self.kept(base, marks), marks == OUT, self.by_due())

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
        if self.touched.size or self.elsewhere.size or self.by_due() is None:
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


def _begun(shop: Shop, rows: IntArray) -> tuple[Table, Table]:
    slots, free, family = begun_of(shop, rows)
    machines = np.zeros(len(free), BEGUN)
    machines["free"], machines["family"] = free, family
    return slots, machines

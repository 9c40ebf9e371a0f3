"""A plan that is known and built serially: small alterations of it are reckoned only where they reach."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final

import numpy as np

from kernel.jit import BoolArray, IntArray, Table
from planning.engine.calendars import NEVER
from planning.engine.facts import Facts, Otherwise, hours_of, inverse, other_hours
from planning.engine.features import Feature, features
from planning.engine.near import ahead_of_others, at_once, bind, kept_of, patient
from planning.engine.problem import Problem
from planning.engine.reach import BRIEF, Before, Course, Reach, follow, slips
from planning.engine.realise import REBUILT, Turns
from planning.engine.repair import in_turn, pushed, repair
from planning.engine.ripple import followed, merged, turned
from planning.engine.seats import AHEAD, KEPT, OUT
from planning.engine.serial import PAD
from planning.engine.shop import FAR, FREE, PINNED, STARTED, Shop, empty_slots
from planning.engine.standing import score
from planning.engine.turns import let_go, turn_keys
from planning.engine.yard import STAY, Yard, meetings, open_yard

NOT_FOLLOWED: Final = frozenset({Feature.BATCHES, Feature.MATERIALS})
"""What lies on racks together, or shares stock, is reckoned in full."""

SPARE: Final = 32
"""How many operations may be bound to other machines than so far: tracks have room for so many more stays."""

GRAIN: Final = 60
STRETCHES: Final = 4096
"""What is touched is known by the hour, or in so many stretches."""

LISTS: Final = ("given", "used", "persons", "unit")
"""What a yard and a known plan tell of placed operations."""

MADE: Final = (*LISTS, "slots", "early", "begins", "opening")
ALTERED: Final = ("dirty", "first", "last", "flags", "looked", "open")
"""What `follow` writes of a plan, and of a reach."""


@dataclass(frozen=True, eq=False)
class NearKnown(Facts):
    """The same as Known for problems that are built serially."""

    pins_wait: ClassVar[bool] = False

    def pushed(self, problem: Problem, standing: Table) -> Table:
        """See repair.pushed."""
        other = self.altered(problem, standing)
        found = None if other is None else other.way(self.homes, other.let_go(other.lost))
        return pushed(problem, standing) if found is None else found

    def in_turn(self, problem: Problem, standing: Table) -> Table:
        """See repair.in_turn."""
        other = self.altered(problem, standing)
        found = None if other is None else other.way(self.soon, other.let_go(other.lost))
        return in_turn(problem, standing) if found is None else found

    def repaired(self, problem: Problem, standing: Table, about: BoolArray) -> Table:
        """The slots of repair.repair."""
        other = self.altered(problem, standing)
        found = None if other is None else other.repaired(about)
        return repair(problem, standing, about).slots if found is None else found

    def altered(self, problem: Problem, standing: Table) -> "NearAltered | None":
        """What differs there; None where it is another shop."""
        mine, rows = self.problem, self.rows_of(problem)
        if rows is None or (self.used | features(problem.among(rows))) & NOT_FOLLOWED:
            return None
        if any(getattr(problem, name) is not getattr(mine, name) for name in ("held", "changeover")):
            return None
        people = ((problem.crews["size"], mine.crews["size"]), (problem.tools, mine.tools))
        skills = zip(problem.skills, mine.skills, strict=True)
        if not all(np.array_equal(one, other) for one, other in (*people, *skills)):
            return None
        if (problem.operations["skill"][rows] != mine.operations["skill"][rows]).any():
            return None
        other = NearAltered(self, problem, standing, rows)
        pools = (each.tasks["pool"][other.touched] for each in (self.shop, other.shop))
        elsewhere = int(np.not_equal(*pools).sum())
        return None if elsewhere > SPARE or (other.lots and other.hours) else other

    @cached_property
    def used(self) -> frozenset[Feature]:
        """What the problem asks for."""
        return features(self.problem)

    @cached_property
    def homes(self) -> "NearBase | None":
        """The plan in which everybody with a place keeps turn and machine, and moves right where it must."""
        return NearBase.of(self, self.without_lost, True, False)

    @cached_property
    def rest(self) -> "NearBase | None":
        """The same without those that wait."""
        if self.without_waiting is self.without_lost:
            return self.homes
        return NearBase.of(self, self.without_waiting, True, False)

    @cached_property
    def strict(self) -> "NearBase | None":
        """The same, where those that cannot begin where they stand get what is left."""
        return NearBase.of(self, self.without_waiting, True, True)

    @cached_property
    def soon(self) -> "NearBase | None":
        """The plan in which everybody with a place begins as soon as it can."""
        return NearBase.of(self, self.without_lost, False, False)


@dataclass(frozen=True, eq=False)
class NearBase:
    """A serial plan: marks, moments and order of turns, the shop, the empty yard, what was made.

    `room` is how many stays its yard may have.
    """

    marks: IntArray
    keys: IntArray
    order: IntArray
    shop: Shop
    yard: Yard
    room: int
    made: Before
    patient: bool
    strict: bool

    @classmethod
    def of(cls, known: NearKnown, marks: IntArray, patient: bool, strict: bool) -> "NearBase | None":
        """The plan that Near makes with these marks; None where pinned operations slip again and again."""
        standing, (shop, yard) = known.standing, open_yard(known.problem)
        yard = widened(yard)
        keys = turn_keys(shop, standing, marks)
        order = np.lexsort((-marks, keys))
        own = turns_of(shop, standing, marks, order, patient, strict)
        nothing = nothing_made(yard, own.pins)
        course = course_of(shop, standing, own, known.by_due, nothing.early, patient)
        tasks = shop.tasks.copy()
        bind(shop, tasks, standing, np.flatnonzero(kept_of(shop, standing, marks)))
        shop = shop._replace(tasks=tasks)
        reach = reach_of(yard, nothing, np.ones(len(tasks), np.bool_))
        found = settled(shop, yard, course, nothing, reach, own.order)
        if found is None:
            return None
        made = packed(yard, found[1])
        made = made._replace(brief=brief_of(shop, yard, course, made))
        room, yard = len(yard.stays), yard._replace(stays=yard.stays[:0].copy())
        return cls(marks, keys, order, shop, yard, room, made, patient, strict)


class NearAltered(Otherwise):
    """Another problem and plan near a known one that is built serially."""

    def __init__(self, known: NearKnown, problem: Problem, standing: Table, rows: IntArray) -> None:
        super().__init__(known, problem, standing, rows)
        self.known = known
        self.crews = other_hours(problem, known.problem, "crews")
        self.hours = bool(self.elsewhere.size or self.crews.size)
        self.lots = Feature.TRANSFER in known.used | features(problem.among(rows))

    def way(self, base: NearBase | None, marks: IntArray) -> Table | None:
        """The slots of Near with these marks, from a known plan; None where it has to be built in full."""
        shop, standing = self.shop, self.standing
        if base is None:
            return None
        others = marks != base.marks
        others[self.touched] = True
        differ = np.flatnonzero(others)
        if self.elsewhere.size:
            # The turns of those that are not kept depend on the hours of their machines.
            others |= (marks != KEPT) | (standing["machine"] < 0)
        keys, chosen = self._keys(base, marks, np.flatnonzero(others))
        dirty = np.zeros(len(marks), np.bool_)
        dirty[chosen] = True
        order = merged(base.order, dirty, chosen, keys, marks)[0]
        own = turns_of(shop, standing, marks, order, base.patient, base.strict)
        course = course_of(shop, standing, own, self._by_due(), base.made.early, base.patient)
        dirty[differ] = True
        if self.lots:
            dirty[followed(shop, self.touched)] = True
        if self.by_due() is None:
            dirty |= ~base.made.early
        yard, reach = self._yard(base), self._reach(base, dirty)
        found = settled(self._bound(base, marks, differ), yard, course, base.made, reach, own.order)
        return None if found is None else found[0]

    def _keys(self, base: NearBase, marks: IntArray, others: IntArray) -> tuple[IntArray, IntArray]:
        """The moments of the turns, and the operations in order that have another one or another mark."""
        shop = self.shop
        if (marks[others] == AHEAD).any():
            yard = self._yard(base)
            own = {name: getattr(yard, name).copy() for name in LISTS}
            shop = ahead_of_others(shop, yard._replace(**own), shop.tasks["release"].copy(), marks)
        chosen = followed(shop, others)
        keys = base.keys.copy()
        turned(shop, self.standing, marks, chosen[np.argsort(self.known.place[chosen])], keys)
        chosen = chosen[(keys[chosen] != base.keys[chosen]) | (marks[chosen] != base.marks[chosen])]
        return keys, chosen[np.lexsort((chosen, -marks[chosen], keys[chosen]))]

    def _by_due(self) -> IntArray:
        found = self.by_due()
        return NearKnown(self.problem, self.standing).by_due if found is None else found

    def _bound(self, base: NearBase, marks: IntArray, differ: IntArray) -> Shop:
        """The shop in which the kept are bound to their machines."""
        tasks = base.shop.tasks.copy()
        tasks[differ] = self.shop.tasks[differ]
        bind(self.shop, tasks, self.standing, differ[kept_of(self.shop, self.standing, marks)[differ]])
        return self.shop._replace(tasks=tasks)

    def _yard(self, base: NearBase) -> Yard:
        """An empty yard with hours and needs as they are here."""
        yard, needs = base.yard, base.yard.needs.copy()
        for name in ("skill", "quantity", "transfer", "pauses"):
            needs[name][self.touched] = self.problem.operations[name][self.touched]
        found = yard._replace(
            needs=needs, stays=np.zeros(base.room, STAY), length=np.zeros(len(yard.length), np.int64)
        )
        if self.hours:
            windows, ptr, met = meetings(self.problem)
            found = found._replace(windows=windows, ptr=ptr, met=met)
        return found

    def _reach(self, base: NearBase, dirty: BoolArray) -> Reach:
        """Nothing touched but where machines and people work at other hours."""
        yard, before = base.yard, self.known.problem
        reach = reach_of(yard, base.made, dirty)
        people = np.flatnonzero(np.isin(yard.crew_of, self.crews))
        tracks = [(each, "machines", each) for each in self.elsewhere.tolist()]
        tracks += [(yard.people + who, "crews", int(yard.crew_of[who])) for who in people.tolist()]
        for track, kind, row in tracks:
            mine, theirs = (hours_of(each, kind, row) for each in (self.problem, before))
            for start, end in unlike(mine, theirs):
                low, high = (
                    max(0, min(reach.wide - 1, (at - reach.origin) // reach.grain)) for at in (start, end)
                )
                reach.flags[track * reach.wide + low : track * reach.wide + high + 1] = True
                reach.first[track] = min(int(reach.first[track]), start)
                reach.last[track] = max(int(reach.last[track]), end)
        return reach

    def repaired(self, about: BoolArray) -> Table | None:
        """The best of the ways of near.repaired; None where one has to be built in full."""
        known, rest = self.known, self.waiting.astype(np.int64) * OUT
        asked = [(known.rest, rest), (known.strict, rest)]
        if self.lost.any():
            asked.append((known.rest, np.where(self.lost, AHEAD, rest)))
        if about.any():
            asked += [(known.rest, np.where(about, how, rest)) for how in (OUT, AHEAD)]
        tried = []
        for base, marks in asked:
            if (found := self.way(base, let_go(self.shop, marks))) is None:
                return None
            tried.append(found)
        return min(tried, key=lambda slots: score(self.shop, slots, self.standing))


def turns_of(
    shop: Shop, standing: Table, marks: IntArray, order: IntArray, waits: bool, strict: bool
) -> Turns:
    """The turns that Near gives in this order."""
    ready = shop.tasks["release"].copy()
    if waits:
        return patient(shop, standing, marks, order, ready, strict=strict)
    own = at_once(shop, marks, order, ready)
    return own._replace(latest=np.full(len(marks), FAR), enough=np.full(len(marks), NEVER))


def course_of(
    shop: Shop, standing: Table, own: Turns, by_due: IntArray, early: BoolArray, waits: bool
) -> Course:
    """The turns as they are taken. Where everybody begins as soon as it can there is no rest.

    Those in order that were not `early` so far count as the rest until they are.
    """
    kinds = shop.tasks["fixing"][own.order]
    begun = own.order[kinds == STARTED]
    if waits:
        begun = begun[np.argsort(standing["start"][begun], kind="stable")]
    order = np.concatenate([begun, own.order[kinds == PINNED], own.order[kinds == FREE]])
    turn = len(order) + inverse(by_due)
    places = np.flatnonzero(early[order])
    turn[order[places]] = places
    return Course(order, by_due if waits else by_due[:0], turn, own.ready, own.latest, own.enough, own.pins)


def widened(yard: Yard) -> Yard:
    """The empty yard with more room on its tracks."""
    more = SPARE * np.arange(len(yard.offset))
    stays = np.zeros(len(yard.stays) + SPARE * len(more), STAY)
    return yard._replace(stays=stays, offset=yard.offset + more)


def nothing_made(yard: Yard, pins: IntArray) -> Before:
    """A plan in which nobody has a place."""
    count, tracks = len(yard.persons), np.zeros(len(yard.offset), np.int64)
    given, used, begins, opening = (np.zeros(count, np.int64) for _ in range(4))
    nobody, none = np.full(count, -1, np.int64), np.full(len(yard.held), -1, np.int64)
    placed = (empty_slots(count), given, used, nobody, none, np.zeros(count, np.bool_))
    rest = (np.zeros(count, BRIEF), np.zeros(0, STAY), tracks, tracks)
    return Before(*placed, begins, opening, pins, *rest)


def packed(yard: Yard, made: Before) -> Before:
    """What was made with the stays of the yard, no room between its tracks."""
    offset = np.cumsum(yard.length) - yard.length
    tracks = zip(yard.offset.tolist(), yard.length.tolist(), strict=True)
    stays = np.concatenate([yard.stays[first : first + many] for first, many in tracks])
    return made._replace(stays=stays, offset=offset, length=yard.length.copy())


def brief_of(shop: Shop, yard: Yard, course: Course, made: Before) -> Table:
    """In short on what the place of each operation depends."""
    slots, brief = made.slots, np.zeros(len(made.slots), BRIEF)
    pools = shop.pools[shop.tasks["pool"]]
    lone = pools["last"] - pools["first"] == 1
    enough = np.where(made.early, course.enough, NEVER)
    brief["begin"], brief["until"] = made.begins, np.maximum(slots["end"], enough)
    brief["machine"] = np.where(slots["machine"] < 0, -2, np.where(lone, slots["machine"], -1))
    brief["skill"], brief["person"], brief["opening"] = yard.needs["skill"], made.persons, made.opening
    brief["content"], brief["tools"] = lone & (slots["end"] <= enough), np.diff(yard.held_ptr)
    return brief


def reach_of(yard: Yard, made: Before, dirty: BoolArray) -> Reach:
    """Nothing touched, but that these operations are dirty."""
    tracks, placed = len(yard.offset), made.slots[made.slots["machine"] >= 0]
    origin = int(placed["start"].min()) if len(placed) else 0
    span = int(placed["end"].max(initial=origin)) - origin
    grain = max(GRAIN, span // STRETCHES)
    wide = span // grain + 2
    first, last, flags = np.full(tracks, FAR), np.full(tracks, NEVER), np.zeros(tracks * wide, np.bool_)
    looked, opened = np.zeros(len(dirty), np.bool_), np.zeros(tracks, np.bool_)
    return Reach(dirty, first, last, flags, looked, opened, wide, grain, origin)


def settled(
    shop: Shop, yard: Yard, course: Course, before: Before, reach: Reach, own: IntArray
) -> tuple[Table, Before] | None:
    """The slots once no pinned operation slips, and how they were made; None where they slip for too long.

    The yard and the pins of the course are altered.
    """
    pad, pinned = np.zeros(PAD, np.int64), shop.tasks["fixing"] == PINNED
    for _ in range(REBUILT):
        fresh = reach._replace(**{name: getattr(reach, name).copy() for name in ALTERED})
        fresh.dirty[pinned] |= course.pins[pinned] != before.pins[pinned]
        made = before._replace(**{name: getattr(before, name).copy() for name in MADE}, pins=course.pins)
        yard = yard._replace(**{name: getattr(made, name) for name in LISTS})
        follow(shop, yard, made.slots, course, before, made, fresh, pad)
        slots, pins = made.slots.copy(), course.pins.copy()
        # Where everybody has a place only what is pinned can have to wait.
        look = own if (slots["machine"][own] < 0).any() else own[pinned[own]]
        if not slips(shop, yard._replace(persons=yard.persons.copy()), slots, look, pins):
            return slots, made
        course.pins[:], yard.length[:] = pins, 0
    return None


def unlike(one: Table, other: Table) -> list[tuple[int, int]]:
    """The spans in which one of two calendars works and the other does not."""
    edges = np.unique(np.concatenate([each[name] for each in (one, other) for name in ("start", "end")]))
    works = []
    for each in (one, other):
        at = np.searchsorted(each["end"], edges[:-1], side="right")
        start = np.append(each["start"], FAR)[at]
        works.append(start <= edges[:-1])
    rows = np.flatnonzero(works[0] != works[1])
    return list(zip(edges[rows].tolist(), edges[rows + 1].tolist(), strict=True))

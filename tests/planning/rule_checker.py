"""The rules of the whole shop, checked on a plan with plain arithmetic: nothing here is the engine's."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from planning.engine import Fixing, Plan, Problem

Span = tuple[int, int]


def row(ragged: Any, at: int) -> list[int]:
    """One list of many."""
    return ragged.value[ragged.ptr[at] : ragged.ptr[at + 1]].tolist() if len(ragged.ptr) > 1 else []


class Rules:
    """A plan and what it must keep; `broken` lists every rule that it breaks."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan, self.ops = problem, plan, problem.operations
        self.placed = [at for at in range(len(problem)) if plan.machine[at] >= 0]
        self.crew = [crew for crew, each in enumerate(problem.crews) for _ in range(int(each["size"]))]

    def broken(self) -> list[str]:
        checks = (self.places, self.times, self.order, self.machines, self.people, self.tools, self.stock)
        return [f"{self.problem.name(at)} {what}" for check in checks for at, what in check()]

    def calendar(self, number: int) -> list[Span]:
        first, last = self.problem.window_ptr[number], self.problem.window_ptr[number + 1]
        return [(int(a), int(b)) for a, b, _ in self.problem.windows[first:last]]

    def open(self, at: int) -> list[Span]:
        """When machine and person of an operation are both there."""
        mine = self.calendar(int(self.problem.machines["calendar"][self.plan.machine[at]]))
        who = int(self.plan.persons[at]) if len(self.plan.persons) else -1
        if who < 0:
            return mine
        theirs = self.calendar(int(self.problem.crews["calendar"][self.crew[who]]))
        both = [(max(a, c), min(b, d)) for a, b in mine for c, d in theirs]
        return sorted((a, b) for a, b in both if a < b)

    def run(self, at: int, machine: int) -> int:
        """Minutes for what is left to do, on this machine."""
        op, run = self.ops[at], int(self.ops["run"][at])
        if op["first_run"] >= 0 and op["fixing"] != Fixing.STARTED:
            run = int(self.problem.runs[op["first_run"] + row(self.problem.pools, op["pool"]).index(machine)])
        left = -(-run * int(op["quantity"] - op["done"]) // int(op["quantity"]))
        size = int(self.problem.machines["size"][machine])
        return left * -(-int(op["quantity"]) // size) if size else left

    def places(self) -> Iterator[tuple[int, str]]:
        for at in range(len(self.problem)):
            op, machine = self.ops[at], int(self.plan.machine[at])
            if machine < 0:
                if self.plan.reason[at] == 0:
                    yield at, "has neither place nor reason"
                continue
            allowed = [int(op["machine"])] if op["fixing"] else row(self.problem.pools, int(op["pool"]))
            if machine not in allowed:
                yield at, "is on a machine that may not do it"
            gate = max(self.problem.now, int(op["release"]), int(self.problem.jobs["release"][op["job"]]))
            if op["fixing"] == Fixing.PINNED:
                gate = max(gate, int(op["start"]))
            if self.plan.start[at] < (self.problem.now if op["fixing"] == Fixing.STARTED else gate):
                yield at, "starts before its time"

    def times(self) -> Iterator[tuple[int, str]]:
        for at in self.placed:
            op, hours = self.ops[at], self.open(at)
            start, ready, end = (int(each[at]) for each in (self.plan.start, self.plan.ready, self.plan.end))
            run = self.run(at, int(self.plan.machine[at]))
            done = end - ready if op["unattended"] else worked(hours, ready, end)
            if done != run:
                yield at, f"runs {done} minutes instead of {run}"
            attended = ready if op["unattended"] else end
            paused = worked(hours, start, attended) != attended - start
            if paused and not op["pauses"] and op["fixing"] != Fixing.STARTED:
                yield at, "pauses though it must not"
            if attended > start and not worked(hours, start, start + 1):
                yield at, "starts while nobody is there"

    def order(self) -> Iterator[tuple[int, str]]:
        for at in self.placed:
            if self.ops["fixing"][at] == Fixing.STARTED:
                continue
            first = int(self.problem.after.ptr[at])
            for number, before in enumerate(row(self.problem.after, at)):
                lag = int(self.problem.lags[first + number]) if self.problem.lags.size else 0
                if self.plan.machine[before] < 0:
                    yield at, "is planned though what it waits for is not"
                elif not self.lots(before, at):
                    if self.plan.start[at] < self.plan.end[before] + lag:
                        yield at, f"starts before {before} has ended"
                else:
                    yield from self.lot_by_lot(before, at, lag)

    def lots(self, before: int, at: int) -> bool:
        one, other, size = self.ops[before], self.ops[at], self.problem.machines["size"]
        racks = size[self.plan.machine[before]] or size[self.plan.machine[at]]
        fixed = Fixing.STARTED in (one["fixing"], other["fixing"])
        same = one["quantity"] == other["quantity"]
        return bool(same and 0 < one["transfer"] < one["quantity"] and not racks and not fixed)

    def lot_by_lot(self, before: int, at: int, lag: int) -> Iterator[tuple[int, str]]:
        quantity, lot = int(self.ops["quantity"][before]), int(self.ops["transfer"][before])
        for begun in range(0, quantity, lot):
            done = min(begun + lot, quantity)
            made = self.moment(
                before, -(-self.run(before, int(self.plan.machine[before])) * done // quantity)
            )
            need = self.run(at, int(self.plan.machine[at])) * begun // quantity
            taken = self.moment(at, need)
            if not self.ops["unattended"][at]:
                taken = next(max(a, taken) for a, b in self.open(at) if b > taken)
            if taken < made + lag:
                yield at, f"needs piece {begun + 1} before it is there"

    def moment(self, at: int, minutes: int) -> int:
        """When so much of the run is done."""
        ready = int(self.plan.ready[at])
        if self.ops["unattended"][at] or not minutes:
            return ready + minutes
        for start, end in self.open(at):
            here = max(0, end - max(start, ready))
            if here >= minutes:
                return max(start, ready) + minutes
            minutes -= here
        raise AssertionError("the run does not fit into the calendar")

    def machines(self) -> Iterator[tuple[int, str]]:
        for number, machine in enumerate(self.problem.machines):
            mine = [at for at in self.placed if self.plan.machine[at] == number]
            mine = [at for at in mine if self.plan.end[at] > self.plan.start[at]]
            mine.sort(key=lambda at: int(self.plan.start[at]))
            if not machine["single"]:
                continue
            loads: dict[Span, list[int]] = {}
            for at in mine:
                key = (int(self.plan.start[at]), int(self.plan.end[at]))
                loads.setdefault(key if machine["size"] else (*key, at), []).append(at)  # type: ignore[arg-type]
            yield from self.sequence(number, list(loads.values()))

    def sequence(self, number: int, loads: list[list[int]]) -> Iterator[tuple[int, str]]:
        size, family = (
            int(self.problem.machines["size"][number]),
            int(self.problem.machines["family"][number]),
        )
        for one, other in pairwise(loads):
            if self.plan.end[one[0]] > self.plan.start[other[0]]:
                yield other[0], f"overlaps on machine {number}"
        for load in loads:
            pieces = sum(int(self.ops["quantity"][at]) for at in load)
            if len(load) > 1 and (pieces > size or len({int(self.ops["family"][at]) for at in load}) > 1):
                yield load[0], "shares its rack with what does not fit"
            needs = min(self.setup(at, family) for at in load)
            at = load[0]
            given = worked(self.open(at), int(self.plan.start[at]), int(self.plan.ready[at]))
            if given < needs and self.ops["fixing"][at] != Fixing.STARTED:
                yield at, f"is not set up on machine {number}"
            family = int(self.ops["family"][at])

    def setup(self, at: int, family: int) -> int:
        own, mine = int(self.ops["setup"][at]), int(self.ops["family"][at])
        if family >= 0 and mine >= 0 and self.problem.changeover.size:
            known = int(self.problem.changeover[family, mine])
            return known if known >= 0 else (0 if family == mine else own)
        return 0 if family >= 0 and family == mine else own

    def people(self) -> Iterator[tuple[int, str]]:
        busy: dict[int, set[Span]] = {}
        for at in self.placed:
            if self.ops["skill"][at] < 0:
                continue
            who = int(self.plan.persons[at])
            if who < 0 or int(self.ops["skill"][at]) not in row(self.problem.skills, self.crew[who]):
                yield at, "is attended by nobody who can"
                continue
            end = self.plan.ready[at] if self.ops["unattended"][at] else self.plan.end[at]
            span = (int(self.plan.start[at]), int(end))
            if span[0] == span[1]:
                continue
            size = self.problem.machines["size"][self.plan.machine[at]]
            if any(
                a < span[1] and span[0] < b for a, b in busy.get(who, ()) if not (size and (a, b) == span)
            ):
                yield at, f"takes person {who} from something else"
            busy.setdefault(who, set()).add(span)

    def tools(self) -> Iterator[tuple[int, str]]:
        for tool, each in enumerate(self.problem.tools):
            users = [at for at in self.placed if tool in row(self.problem.held, at)]
            for at in users:
                moment = self.plan.start[at]
                holding = [one for one in users if self.plan.start[one] <= moment < self.plan.end[one]]
                if len(holding) > each["size"]:
                    yield at, f"takes tool {tool} that is not free"

    def stock(self) -> Iterator[tuple[int, str]]:
        for number, material in enumerate(self.problem.materials):
            early = 0
            for at in self.placed:
                for take in row(self.problem.takes, at):
                    rows = self.problem.take_rows[take]
                    started = self.ops["fixing"][at] == Fixing.STARTED
                    if rows["material"] == number and self.plan.start[at] < material["lead"] and not started:
                        early += int(rows["quantity"])
            if early > material["onhand"]:
                yield 0, f"more of material {number} is taken than there is"


def worked(hours: list[Span], first: int, last: int) -> int:
    """Working minutes between two moments."""
    return sum(max(0, min(end, last) - max(start, first)) for start, end in hours)

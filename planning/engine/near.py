"""Insertion and repair with every feature: what stands is kept where it is, the rest is built serially."""

from dataclasses import replace

import numpy as np

from kernel.jit import BoolArray, IntArray, Table
from planning.engine.busy import by_job
from planning.engine.calendars import NEVER
from planning.engine.crowd import crowded
from planning.engine.lacking import why_without
from planning.engine.material import granted, latest_starts, serve
from planning.engine.problem import Problem
from planning.engine.realise import Turns, added, realised
from planning.engine.result import Plan, finished_plan
from planning.engine.seats import AHEAD, KEPT, OUT
from planning.engine.shop import FAR, FREE, STARTED, Shop
from planning.engine.standing import score
from planning.engine.turns import homeless, let_go, turns
from planning.engine.yard import Yard, open_yard


def inserted(problem: Problem, busy: Table) -> Plan:
    """A plan of new work around BUSY rows, job by job in the order given; nothing busy moves.

    Raises ValueError for stretches of a machine that overlap.
    """
    shop, yard = open_yard(problem)
    ready = granted(problem, shop)
    around, yard = crowded(problem, shop, yard, busy)
    order = by_job(problem, shop.order, problem.operations["job"].copy())
    slots, _ = added(around, yard, Turns(order, ready, ready), ready)
    count = len(problem)
    return told(problem, shop, (slots[:count].copy(), yard.persons[:count].copy()), "serial insertion")


def told(problem: Problem, shop: Shop, found: tuple[Table, IntArray], how: str) -> Plan:
    """The plan of these slots and persons, with what is lacking where one has no place."""
    made = replace(finished_plan(problem, shop, found[0], how), persons=found[1])
    return replace(made, notes=why_without(problem, made))


class Near:
    """Ways to repair one plan serially; each returns slots and persons."""

    def __init__(self, problem: Problem, standing: Table) -> None:
        self.problem, self.standing = problem, standing
        self.shop, self.yard = open_yard(problem)
        self.ready = granted_near(problem, self.shop, standing)
        fixed = self.shop.tasks["fixing"]
        self.lost = homeless(self.shop, standing)
        late = self.ready > standing["start"]
        self.waiting: BoolArray = self.lost | (late & (standing["start"] >= problem.now) & (fixed == FREE))
        self.urgency = problem.jobs["due"][problem.operations["job"]]

    def way(self, marks: IntArray, *, strict: bool = False, delay: int = 0) -> tuple[Table, IntArray]:
        """The kept take their turn where they stand, those ahead before them, the others get what is left.

        If `strict` the kept that cannot start where they stand get what is left, too. Those ahead of others
        get their turn `delay` minutes later than they could.
        """
        marks = let_go(self.shop, marks)
        ahead = ahead_of_others(self.shop, self.yard, self.ready, marks, delay)
        in_turn = turns(ahead, self.standing, marks)
        begun = self.shop.tasks["fixing"] == STARTED
        in_turn = in_turn[np.argsort(np.where(begun, self.standing["start"], FAR)[in_turn], kind="stable")]
        own = patient(self.shop, self.standing, marks, in_turn, self.ready, strict=strict)
        own = own._replace(rest=by_job(self.problem, self.shop.order, self.urgency.copy()))
        return realised(self._bound(marks), self.yard, own)

    def soon(self) -> Table:
        """The slots when everybody keeps its turn and begins as soon as it can; the lost get no place."""
        marks = let_go(self.shop, self.lost.astype(np.int64) * OUT)
        own = at_once(self.shop, marks, turns(self.shop, self.standing, marks), self.ready)
        return realised(self._bound(marks), self.yard, own)[0]

    def _bound(self, marks: IntArray) -> Shop:
        """The shop in which the kept are bound to the machines on which they stand."""
        rows = np.flatnonzero(kept_of(self.shop, self.standing, marks))
        tasks = self.shop.tasks.copy()
        bind(self.shop, tasks, self.standing, rows)
        return self.shop._replace(tasks=tasks)


def ahead_of_others(shop: Shop, yard: Yard, ready: IntArray, marks: IntArray, delay: int = 0) -> Shop:
    """The shop in which those ahead of others come in when they could if nobody else were there."""
    ahead, begun = marks == AHEAD, shop.tasks["fixing"] != FREE
    if not ahead.any():
        return shop
    order = shop.order[(ahead | begun)[shop.order]]
    pins = np.maximum(shop.tasks["start"], ready)
    alone = realised(shop, yard, Turns(order, ready, pins))[0]
    tasks, known = shop.tasks.copy(), ahead & (alone["machine"] >= 0)
    tasks["release"][known] = alone["start"][known]
    tasks["lasting"][known] = (alone["end"] - alone["start"])[known]
    tasks["release"] += np.where(ahead, delay, 0)
    return shop._replace(tasks=tasks)


def kept_of(shop: Shop, standing: Table, marks: IntArray) -> BoolArray:
    """Which operations are kept on the machines on which they stand."""
    found: BoolArray = (marks == KEPT) & (standing["machine"] >= 0) & (shop.tasks["fixing"] == FREE)
    return found


def at_once(shop: Shop, marks: IntArray, in_turn: IntArray, ready: IntArray) -> Turns:
    """Turns in this order in which everybody that is not let go begins as soon as it can."""
    order = in_turn[(marks[in_turn] != OUT) | (shop.tasks["fixing"][in_turn] != FREE)]
    return Turns(order, ready, np.maximum(shop.tasks["start"], ready))


def patient(
    shop: Shop, standing: Table, marks: IntArray, in_turn: IntArray, ready: IntArray, *, strict: bool
) -> Turns:
    """The same in which the kept do not begin before they stand, or only then if `strict`."""
    kept = kept_of(shop, standing, marks)
    stays = np.where(kept, standing["start"], NEVER)
    return at_once(shop, marks, in_turn, ready)._replace(
        ready=np.maximum(ready, stays),
        latest=np.where(kept & strict, stays, FAR),
        enough=standing["end"].copy(),
    )


def repaired(problem: Problem, standing: Table, about: BoolArray | None) -> Plan:
    """A feasible plan near `standing`; see repair. Every feature is honoured."""
    near = Near(problem, standing)
    rest = near.waiting.astype(np.int64) * OUT
    tried = [near.way(rest), near.way(rest, strict=True)]
    if near.lost.any():
        tried.append(near.way(np.where(near.lost, AHEAD, rest)))
    if about is not None and about.any():
        tried += [near.way(np.where(about, how, rest)) for how in (OUT, AHEAD)]
    best = min(tried, key=lambda found: score(near.shop, found[0], standing))
    return told(problem, near.shop, best, "serial repair")


def granted_near(problem: Problem, shop: Shop, standing: Table) -> IntArray:
    """Per operation the minute its material is there: first to those that stand ahead of the purchase."""
    ready = shop.tasks["release"].copy()
    if not problem.takes.value.size:
        return ready
    wanting = np.flatnonzero((np.diff(problem.takes.ptr) > 0) & (shop.tasks["fixing"] != STARTED))
    lead = np.zeros(len(problem), np.int64)
    owner = np.repeat(np.arange(len(problem)), np.diff(problem.takes.ptr))
    rows = problem.take_rows["material"][problem.takes.value]
    np.maximum.at(lead, owner, problem.materials["lead"][rows])
    start = standing["start"]
    has = (standing["machine"] >= 0) & (start < lead)
    turn = np.where(has, start, latest_starts(shop, 1.0))
    order = wanting[np.lexsort((turn[wanting], ~has[wanting]))]
    # Who stands behind the purchase needs no stock.
    beyond = (standing["machine"] >= 0) & (start >= lead)
    ready[beyond] = np.maximum(ready, np.minimum(lead, start))[beyond]
    stock = problem.materials["onhand"].copy()
    serve(order, problem.takes.ptr, problem.take_rows, problem.materials, stock, ready)
    return ready


def bind(shop: Shop, tasks: Table, standing: Table, rows: IntArray) -> None:
    """Write into the tasks of these operations the machine on which each stands as the one that may do it."""
    machine, mine = standing["machine"][rows], tasks[rows]
    differ = np.flatnonzero(mine["first_run"] >= 0)
    pools = shop.pools[mine["pool"][differ]]
    for at in range(int((pools["last"] - pools["first"]).max(initial=0))):
        member = shop.members[np.minimum(pools["first"] + at, len(shop.members) - 1)]
        here = (pools["first"] + at < pools["last"]) & (member == machine[differ])
        mine["run"][differ[here]] = shop.runs[mine["first_run"][differ[here]] + at]
    mine["first_run"] = -1
    mine["pool"] = len(shop.pools) - len(shop.machines) + machine
    tasks[rows] = mine

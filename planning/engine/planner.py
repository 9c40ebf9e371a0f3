"""The planner: a small grid of dispatching rules, the best of them is the plan; and its warm-up."""

from typing import Final

import numpy as np

from kernel.jit import Table
from planning.engine.assembly import Resources, assemble
from planning.engine.busy import Busy
from planning.engine.calendars import add_work, next_working, subtract_work, windows_of, work_between
from planning.engine.dispatch import Desk, dispatch, set_up_desk
from planning.engine.features import DISPATCH, refuse
from planning.engine.insert import insert
from planning.engine.material import granted
from planning.engine.problem import Problem
from planning.engine.repair import repair
from planning.engine.result import Plan, cost, finished_plan
from planning.engine.rows import Job, Machine, Material, Operation
from planning.engine.rule import Rule
from planning.engine.shop import Shop, open_shop
from planning.engine.standing import standing_slots

GRID: Final = (
    Rule(reach=1.0, lead=1.4, saving=8.0),
    Rule(reach=2.0, lead=1.0, saving=3.0),
    Rule(reach=2.0, lead=2.0, saving=8.0),
    Rule(reach=4.0, lead=1.0, saving=3.0),
    Rule(reach=6.0, lead=0.8, saving=8.0),
    Rule(reach=8.0, lead=0.5, saving=3.0),
    Rule(reach=8.0, lead=1.0, saving=3.0),
    Rule(reach=8.0, lead=1.2, saving=1.0),
    Rule(reach=12.0, lead=1.2, saving=1.0),
    Rule(reach=16.0, lead=1.0, saving=3.0),
)
"""Spread over tight and loose order books, rare and frequent set-ups; which one wins differs by shop."""


REGRANTED: Final = 6
"""How often stock is given out anew after the grid."""


def schedule(problem: Problem, *, grid: tuple[Rule, ...] = GRID) -> Plan:
    """A finite-capacity plan of the whole problem: the best rule of `grid` by lateness, then by makespan.

    Deterministic. Operations that cannot be placed are reported with their reason, never dropped.
    """
    refuse(problem, DISPATCH, "Dispatching")
    shop = open_shop(problem)
    desk = set_up_desk(shop)
    ready = granted(problem, shop)
    saves = bool(((shop.tasks["setup"] > 0) & (shop.tasks["family"] >= 0)).any() or shop.changeover.size)
    rules = grid if saves else tuple(dict.fromkeys(rule._replace(saving=0.0) for rule in grid))
    plans = [dispatch(shop, desk, rule, ready) for rule in rules]
    costs = [cost(shop, slots) for slots in plans]
    best = int(np.lexsort(np.array(costs, dtype=np.int64).T[::-1])[0])
    reach, lead, saving = rules[best]
    slots = plans[best]
    if problem.takes.value.size and len(grid) > 1:
        slots = _granted_anew(problem, shop, desk, rules[best], slots)
    return finished_plan(problem, shop, slots, f"ATCS reach {reach:g}, lead {lead:g}, set-up {saving:g}")


def _granted_anew(problem: Problem, shop: Shop, desk: Desk, rule: Rule, slots: Table) -> Table:
    """The best of some plans whose stock goes to those who could use it in the plan before."""
    best, tried = cost(shop, slots), slots
    for _ in range(REGRANTED):
        tried = dispatch(shop, desk, rule, granted(problem, shop, tried))
        if cost(shop, tried) < best:
            best, slots = cost(shop, tried), tried
    return slots


def warm_up() -> None:
    """Compile every kernel, or read it from the cache: workers call it once when they start."""
    week = windows_of([(0, 480), (960, 1440)])
    next_working(week, 0)
    work_between(week, add_work(week, 0, 1), subtract_work(week, 1440, 1))
    jobs, machines = [Job(due=480)], [Machine(calendar=0)]
    work = [Operation(job=0, machines=(0,), run=10), Operation(job=0, machines=(0,), run=10)]
    work[0] = work[0]._replace(takes=((0, 1),))
    problem = assemble(
        now=0,
        calendars=[week],
        machines=machines,
        jobs=jobs,
        operations=work,
        resources=Resources(materials=[Material(onhand=1, lead=60)]),
    )
    schedule(problem)
    plain = assemble(now=0, calendars=[week], machines=machines, jobs=jobs, operations=work[1:])
    insert(plain, [Busy(machine=0, start=0, end=30)])
    late = standing_slots(*(np.array([minute], np.int64) for minute in (0, -20, -10)))
    repair(plain, late, np.array([True]))

"""The planner: the first plan of any problem; and its warm-up."""

from functools import cache

import numpy as np

from planning.engine.assembly import Resources, assemble
from planning.engine.attendance import ATTENDED, Kind, attend, staff_of
from planning.engine.busy import Busy, busy_of
from planning.engine.calendars import add_work, next_working, subtract_work, windows_of, work_between
from planning.engine.features import DISPATCH, features
from planning.engine.grid import GRID, dispatched
from planning.engine.insert import insert
from planning.engine.known import Known
from planning.engine.problem import Problem
from planning.engine.repair import repair
from planning.engine.result import Plan
from planning.engine.rows import Crew, Job, Machine, Material, Operation
from planning.engine.rule import Rule
from planning.engine.serial_search import serial_plan
from planning.engine.standing import standing_slots


def schedule(problem: Problem, *, grid: tuple[Rule, ...] = GRID) -> Plan:
    """A finite-capacity plan of the whole problem: the best rule of `grid` by lateness, then by makespan.

    Deterministic. Operations that cannot be placed are reported with their reason, never dropped. People,
    tools, racks, lots and unbroken runs are planned serially, in the order of the best rule without them.
    """
    if not features(problem) <= DISPATCH:
        return serial_plan(problem)
    return dispatched(problem, grid)


@cache
def warm_up() -> None:
    """Compile every kernel, or read it from the cache: once in a process, as it starts or before it waits."""
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
    Known(plain, late).repaired(plain, late, np.array([True]))
    warm_up_serial()


def warm_up_serial() -> None:
    """The same for the kernels of serial planning."""
    whole = assemble(
        now=0,
        calendars=[windows_of([(0, 480), (960, 1440)])],
        machines=[Machine(calendar=0)],
        jobs=[Job(due=480)],
        operations=[Operation(job=0, machines=(0,), run=10, skill=0)],
        resources=Resources(crews=[Crew(0, 1, (0,))]),
    )
    made = schedule(whole)
    insert(whole, busy_of(made))
    slots = standing_slots(made.machine, made.start, made.end)
    repair(whole, slots)
    Known(whole, slots).repaired(whole, slots, np.array([True]))
    alone = staff_of(whole.windows, whole.window_ptr, [Kind(0, 0, 1, frozenset((0,)))])
    attend(np.array([(0, 10, 0, 0, 10, 0), (0, 10, 0, 0, 10, 0)], ATTENDED), alone)

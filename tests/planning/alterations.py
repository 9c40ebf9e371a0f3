"""Random small alterations of random shops: dates, gates, weights, pins, hours, places."""

import random
from copy import copy
from itertools import pairwise

import numpy as np

from kernel.jit import Table
from planning import engine
from planning.engine import NEVER, Fixing, Problem
from planning.engine.calendars import joined, without


def stood(problem: Problem, seed: random.Random) -> Table:
    """A plan of the shop, as it came or with some operations shifted or without a place."""
    plan = engine.schedule(problem)
    slots = engine.standing_slots(plan.machine.copy(), plan.start.copy(), plan.end.copy())
    for row in range(len(problem) if seed.random() < 0.6 else 0):
        if seed.random() < 0.3 and slots["machine"][row] >= 0:
            later = seed.randint(-60, 300)
            for name in ("start", "ready", "end"):
                slots[name][row] += later
        if seed.random() < 0.05:
            slots[row] = (-1, NEVER, NEVER, NEVER)
    return slots


def altered_a_little(problem: Problem, slots: Table, seed: random.Random) -> tuple[Problem, Table]:
    """Up to three things are otherwise."""
    found, there = copy(problem), slots.copy()
    object.__setattr__(found, "operations", problem.operations.copy())
    object.__setattr__(found, "jobs", problem.jobs.copy())
    for _ in range(seed.randint(0, 3)):
        seed.choice((_released, _pinned, _weighed, _hours, _lasting, _away))(found, there, seed)
    return found, there


def _released(problem: Problem, _slots: Table, seed: random.Random) -> None:
    problem.operations["release"][seed.randrange(len(problem))] = seed.randint(-200, 900)


def _weighed(problem: Problem, _slots: Table, seed: random.Random) -> None:
    job = problem.jobs[seed.randrange(len(problem.jobs))]
    job["weight"], job["due"] = seed.choice([0, 1, 3, 9]), seed.choice([job["due"], seed.randint(0, 2000)])
    job["release"] = seed.choice([NEVER, seed.randint(0, 800)])


def _pinned(problem: Problem, slots: Table, seed: random.Random) -> None:
    row = seed.randrange(len(problem))
    operation, pool = problem.operations[row], int(problem.operations["pool"][row])
    if pool < 0 or operation["fixing"] == Fixing.STARTED:
        return
    machines = problem.pools.value[problem.pools.ptr[pool] : problem.pools.ptr[pool + 1]].tolist()
    if not machines:
        return
    machine, start = seed.choice(machines), seed.randint(-50, 1200)
    operation["fixing"], operation["machine"], operation["start"] = Fixing.PINNED, machine, start
    length = max(1, int(slots["end"][row] - slots["start"][row])) if slots["machine"][row] >= 0 else 1
    slots[row] = (machine, start - 1, start - 1, start - 1 + length)


def _lasting(problem: Problem, _slots: Table, seed: random.Random) -> None:
    operation = problem.operations[seed.randrange(len(problem))]
    operation[seed.choice(["run", "setup"])] = seed.choice([0, seed.randint(1, 300)])


def _hours(problem: Problem, _slots: Table, seed: random.Random) -> None:
    _works_otherwise(problem, "machines", seed)


def _away(problem: Problem, _slots: Table, seed: random.Random) -> None:
    if len(problem.crews):
        _works_otherwise(problem, "crews", seed)


def _works_otherwise(problem: Problem, kind: str, seed: random.Random) -> None:
    rows, ptr = getattr(problem, kind).copy(), problem.window_ptr.tolist()
    hours, row = [problem.windows[low:high] for low, high in pairwise(ptr)], seed.randrange(len(rows))
    first = seed.randint(0, 900)
    otherwise = joined if seed.random() < 0.6 else without
    own = otherwise(hours[rows["calendar"][row]], [(first, first + seed.randint(1, 300))])
    rows["calendar"][row] = len(hours)
    object.__setattr__(problem, kind, rows)
    object.__setattr__(problem, "windows", np.concatenate([*hours, own]))
    object.__setattr__(problem, "window_ptr", np.array([*ptr, ptr[-1] + len(own)], np.int64))

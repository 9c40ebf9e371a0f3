"""The problem of an order book that is altered a little: only what the changes concern is derived anew."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from kernel.jit import BoolArray, IntArray, Table
from planning import engine
from planning.selectors.changes import RawBook
from planning.selectors.order_book.book import Held
from planning.selectors.order_book.floor import floor_of, seats_of
from planning.selectors.order_book.problem import job_rows, operation_rows, shop_of
from planning.selectors.shop.people import SkillBook
from planning.selectors.shop.resources import Resources

LIGHT: Final = ("promised", "forecast", "held", "weight", "not_before", "transfer")
"""Columns of the order book that say nothing about machines, families, people, tools, or the graph."""

CARRIED: Final = ("job", "pool", "family", "first_run", "skill")


class Read(NamedTuple):
    """The order book as it was read: the problem with what it was built of."""

    problem: engine.Problem
    rows: Table
    links: Table
    short: Table
    held: Sequence[Held]
    resources: Resources
    skills: SkillBook


def nearby(book: Read, raw: RawBook, resources: Resources) -> engine.Problem | None:
    """Exactly the problem that problem_of builds of the altered book and resources; None: more is altered.

    It shares its graph, pools and runs with that of the book.
    """
    if raw.links is not book.links or not _same_but_hours(book.resources, resources):
        return None
    light, late = _light(book.rows, raw.rows), _late(book.short, raw.short)
    if light is None or late is None:
        return None
    changed = np.isin(book.rows["id"], late) if late.size else np.zeros(len(book.rows), np.bool_)
    changed[light] = True
    if resources is not book.resources:
        changed |= _running_elsewhere(book, resources)
    problem = book.problem
    shop = problem
    if resources is not book.resources:
        shop = shop_of(resources, problem.now, book.skills.among(resources.people))
    if not changed.any():
        return problem.having(problem.operations, problem.jobs, shop)
    return _derived(book, raw, resources, changed, shop)


def _derived(
    book: Read, raw: RawBook, resources: Resources, changed: BoolArray, shop: engine.Problem
) -> engine.Problem:
    """The problem with the jobs of what changed built anew."""
    problem, count = book.problem, len(raw.rows)
    own = problem.operations["job"][:count]
    wanted = np.zeros(len(problem.jobs), np.bool_)
    wanted[own[changed]] = True
    mine = np.flatnonzero(wanted[own])
    floor = floor_of(raw.rows[mine], resources, problem.now)
    short = raw.short[np.isin(raw.short["operation"], raw.rows["id"][mine])]
    operations, jobs = problem.operations.copy(), problem.jobs.copy()
    rows = operation_rows(floor, operations["pool"][mine], short)
    for name in CARRIED:
        rows[name] = operations[name][mine]
    operations[mine] = rows
    jobs[np.flatnonzero(wanted)] = job_rows(floor)
    return problem.having(operations, jobs, shop)


def _light(before: Table, after: Table) -> IntArray | None:
    """The rows that differ in LIGHT columns; None where others do."""
    if len(before) != len(after):
        return None
    rows = engine.differing(before, after)
    names = [name for name in before.dtype.names or () if name not in LIGHT]
    return None if any((before[name][rows] != after[name][rows]).any() for name in names) else rows


def _late(before: Table, after: Table) -> IntArray | None:
    """The operations whose material comes at another time; None where anything else differs."""
    if len(before) != len(after):
        return None
    rows = engine.differing(before, after)
    if any((before[name][rows] != after[name][rows]).any() for name in ("id", "operation")):
        return None
    found: IntArray = after["operation"][rows]
    return found


def _running_elsewhere(book: Read, resources: Resources) -> BoolArray:
    """Operations worked on at machines with other hours: what is left of them may differ."""
    others = {
        machine_id
        for machine_id in book.resources.machine_ids
        if not np.array_equal(resources.windows_of(machine_id), book.resources.windows_of(machine_id))
    }
    found: BoolArray = np.isin(book.rows["worked_on"], sorted(others))
    return found & (seats_of(book.rows["worked_on"], resources) >= 0)


def _same_but_hours(one: Resources, other: Resources) -> bool:
    """Whether machines, people and tools are the same and only work at other hours."""
    if one is other:
        return True
    names = ("machine_ids", "machine_codes", "pools", "changeovers", "frozen_hours")
    people = ("skills", "tools", "tool_ids")
    machines = [tuple(each._replace(calendar=0) for each in known.machines) for known in (one, other)]
    return (
        all(getattr(one, name) == getattr(other, name) for name in names)
        and all(getattr(one.people, name) == getattr(other.people, name) for name in people)
        and all(
            np.array_equal(getattr(one, name), getattr(other, name))
            for name in ("speeds", "day_minutes", "day_starts")
        )
        and machines[0] == machines[1]
    )

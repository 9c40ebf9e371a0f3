"""A plan carried onto the floor, and the floor's plan carried back."""

import numpy as np

from kernel.jit import IntArray, Table, kernel
from planning.engine.axis import end_of, work_at
from planning.engine.floor import Floor
from planning.engine.places import supply
from planning.engine.problem import Problem
from planning.engine.result import Plan, finished_plan
from planning.engine.ruin import enrol, unit_cost
from planning.engine.shop import empty_slots, open_shop
from planning.engine.tracks import link
from planning.engine.view import cost_of, mark_of, nodes_of, sides_of, steps_of, tracks_of


def carry_in(floor: Floor, plan: Plan) -> None:
    """Put what the plan has placed onto the empty floor."""
    placed = np.flatnonzero(plan.placed)
    order = placed[np.lexsort((plan.end[placed], plan.start[placed]))]
    lay_out(floor.view, order.astype(np.int64), plan.machine, plan.start, plan.ready, plan.end)
    steps, nodes = floor["steps"], floor["nodes"][: len(floor["steps"])]
    # Jobs of which something has no place stay as they are; so do those without operations.
    floor["mark"][np.diff(floor["unit_ptr"]) == 0] = -1
    floor["mark"][steps["unit"][nodes["track"] < 0]] = -1
    reckon(floor.view)


@kernel
def lay_out(
    view: Table, order: IntArray, machine: IntArray, start: IntArray, ready: IntArray, end: IntArray
) -> None:
    """Link operations in the order of their starts, each behind what is on its machine."""
    floor = view[0]
    for operation in order:
        row = nodes_of(floor)[operation]
        row.track = machine[operation]
        track = tracks_of(floor)[row.track]
        row.start, row.end = start[operation], end[operation]
        row.begin = work_at(floor, track.calendar, row.start)
        row.stop = work_at(floor, track.calendar, row.end)
        row.setup = work_at(floor, track.calendar, ready[operation]) - row.begin
        sides_of(floor)[operation].ready = ready[operation]
        sides_of(floor)[operation].taken = row.start
        floor.length = 0
        link(floor, operation, nodes_of(floor)[floor.base + 2 * row.track + 1].prev if track.single else -1)
        supply(floor, operation, -1)


@kernel
def reckon(view: Table) -> float:
    """Work out what every unit costs, and which are late; returns the sum."""
    floor = view[0]
    total = 0.0
    for unit in range(floor.units):
        if mark_of(floor)[unit] < 0:
            continue
        cost_of(floor)[unit] = unit_cost(floor, unit)
        total += cost_of(floor)[unit]
        enrol(floor, unit)
    return total


@kernel
def set_up_ends(view: Table) -> None:
    """Work out when the set-ups of attended operations end."""
    floor = view[0]
    for operation in range(floor.base):
        row, side = nodes_of(floor)[operation], sides_of(floor)[operation]
        step = steps_of(floor)[operation]
        if row.track >= 0 and not step.unattended and not step.fixed:
            side.ready = end_of(floor, row.begin + row.setup) if row.setup > 0 else row.start


def carry_out(problem: Problem, floor: Floor, method: str) -> Plan:
    """The plan that stands on the floor."""
    set_up_ends(floor.view)
    slots = empty_slots(len(problem))
    nodes = floor["nodes"][: len(problem)]
    placed = nodes["track"] >= 0
    slots["machine"] = nodes["track"]
    for name, column in (("start", nodes["start"]), ("end", nodes["end"])):
        slots[name][placed] = column[placed]
    slots["ready"][placed] = floor["sides"]["ready"][: len(problem)][placed]
    return finished_plan(problem, open_shop(problem), slots, method)

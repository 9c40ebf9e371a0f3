"""The CP-SAT model of a small shop.

One start per task, shared by its alternatives; the end is linear in the choice; blocked times are fixed
intervals.
Measured on flexible shops this form beats an end variable with conditional equalities by far.
"""

from dataclasses import dataclass

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import CpModel, IntervalVar, IntVar, LinearExprT

from planning.engine.exact.problem import Objective, Placement, SmallShop, Task

LATEST = 1 << 40


@dataclass(frozen=True)
class Model:
    """The model with what is needed to read a solution: starts, and each task's choice by machine."""

    cp: CpModel
    starts: tuple[IntVar, ...]
    choices: tuple[dict[int, IntVar], ...]
    value: IntVar

    def hint(self, placement: Placement, value: int) -> None:
        """Begin at a plan already known."""
        self.cp.clear_hints()  # type: ignore[no-untyped-call]
        for start, at in zip(self.starts, placement.starts, strict=True):
            self.cp.add_hint(start, at)
        for choice, machine in zip(self.choices, placement.machines, strict=True):
            for other, literal in choice.items() if len(choice) > 1 else ():
                self.cp.add_hint(literal, int(other == machine))
        self.cp.add_hint(self.value, value)


def build(shop: SmallShop, objective: Objective, horizon: int) -> Model:
    """The model of a shop whose plan ends by the horizon."""
    cp = CpModel()
    starts = tuple(
        cp.new_int_var(min(task.release, horizon), horizon, f"s{number}")
        for number, task in enumerate(shop.tasks)
    )
    choices = tuple(_choice(cp, task) for task in shop.tasks)
    parts: list[list[LinearExprT]] = [
        [start, *(time * choice[machine] for machine, time in task.ways)]
        for start, choice, task in zip(starts, choices, shop.tasks, strict=True)
    ]
    for machine in sorted({machine for task in shop.tasks for machine, _ in task.ways} - shop.unlimited):
        _machine(cp, shop, machine, starts, choices, parts)
    ends = tuple(cp_model.LinearExpr.sum(part) for part in parts)
    for number, task in enumerate(shop.tasks):
        cp.add(starts[number] >= task.release)
        cp.add(ends[number] <= horizon)
        for each in task.after:
            cp.add(starts[number] >= ends[each])
    value = _makespan(cp, ends, horizon) if objective == "makespan" else _tardiness(cp, shop, ends, horizon)
    cp.minimize(value)
    return Model(cp, starts, choices, value)


def _choice(cp: CpModel, task: Task) -> dict[int, IntVar]:
    """A literal per machine, of which one is true; a constant where there is no choice."""
    if len(task.ways) == 1:
        return {task.ways[0][0]: cp.new_constant(1)}
    literals = {machine: cp.new_bool_var("") for machine, _ in task.ways}
    cp.add_exactly_one(literals.values())
    return literals


def _machine(
    cp: CpModel,
    shop: SmallShop,
    machine: int,
    starts: tuple[IntVar, ...],
    choices: tuple[dict[int, IntVar], ...],
    parts: list[list[LinearExprT]],
) -> None:
    """A machine does one thing at a time, none when it is blocked; set-ups are added to the ends' parts."""
    mine = [
        (number, time) for number, task in enumerate(shop.tasks) for way, time in task.ways if way == machine
    ]
    setups = _sequence(cp, shop, machine, [number for number, _ in mine], starts, choices)
    intervals: list[IntervalVar] = []
    for number, time in mine:
        start, chosen = starts[number], choices[number][machine]
        if number in setups:
            end = cp.new_int_var(0, LATEST, "")
            parts[number].append(setups[number])
            intervals.append(cp.new_optional_interval_var(start, time + setups[number], end, chosen, ""))
        elif len(shop.tasks[number].ways) == 1:
            intervals.append(cp.new_fixed_size_interval_var(start, time, ""))
        else:
            intervals.append(cp.new_optional_fixed_size_interval_var(start, time, chosen, ""))
    for begin, stop in _merged(shop.blocked.get(machine, ())):
        intervals.append(cp.new_fixed_size_interval_var(begin, stop - begin, ""))
    cp.add_no_overlap(intervals)


def _merged(spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Blocked times sorted, overlapping ones joined."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(span for span in spans if span[1] > span[0]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


def _sequence(
    cp: CpModel,
    shop: SmallShop,
    machine: int,
    mine: list[int],
    starts: tuple[IntVar, ...],
    choices: tuple[dict[int, IntVar], ...],
) -> dict[int, IntVar]:
    """The set-up of each of a machine's tasks, where it has any: a circuit over them from and to node 0."""
    matrix = shop.setups.get(machine)
    if matrix is None:
        return {}
    standing = shop.standing.get(machine)
    arcs: list[tuple[int, int, LinearExprT]] = [(0, 0, cp.new_bool_var(""))]
    costs: dict[int, list[LinearExprT]] = {number: [] for number in mine}
    for node, number in enumerate(mine, 1):
        first, last, family = cp.new_bool_var(""), cp.new_bool_var(""), shop.tasks[number].family
        chosen = choices[number][machine]
        arcs += [(0, node, first), (node, 0, last), (node, node, chosen.negated())]
        if standing is not None:
            costs[number].append(matrix[standing][family] * first)
        for other, follower in enumerate(mine, 1):
            if other != node:
                literal = cp.new_bool_var("")
                arcs.append((node, other, literal))
                costs[follower].append(matrix[family][shop.tasks[follower].family] * literal)
                time = dict(shop.tasks[number].ways)[machine]
                cp.add(starts[follower] >= starts[number] + time).only_enforce_if(literal)
    cp.add_circuit(arcs)  # type: ignore[arg-type]
    longest = max((max(row) for row in matrix), default=0)
    setups = {number: cp.new_int_var(0, longest, "") for number in mine}
    for number in mine:
        cp.add(setups[number] == cp_model.LinearExpr.sum(costs[number]))
    return setups


def _makespan(cp: CpModel, ends: tuple[LinearExprT, ...], horizon: int) -> IntVar:
    """The last end."""
    value = cp.new_int_var(0, horizon, "makespan")
    for end in ends:
        cp.add(value >= end)
    return value


def _tardiness(cp: CpModel, shop: SmallShop, ends: tuple[LinearExprT, ...], horizon: int) -> IntVar:
    """The sum of weighted lateness by the clock.

    An end is at or before a step of the clock, or it is as late as the clock from that step on says.
    """
    late: list[LinearExprT] = []
    most, last = 0, shop.clock_time(horizon)
    for due in shop.dues:
        over = cp.new_int_var(0, max(last - due.due, 0), "")
        late.append(due.weight * over)
        most += due.weight * max(last - due.due, 0)
        steps = [(since, ahead) for since, ahead in shop.clock if since < horizon]
        relevant = [
            (since, ahead)
            for at, (since, ahead) in enumerate(steps)
            if at + 1 == len(steps) or steps[at + 1][0] + ahead > due.due
        ]
        for number in due.tasks:
            for since, ahead in relevant:
                lateness = cp.add(over >= ends[number] + ahead - due.due)
                if since > 0:
                    early = cp.new_bool_var("")
                    cp.add(ends[number] <= since).only_enforce_if(early)
                    lateness.only_enforce_if(early.negated())
    value = cp.new_int_var(0, most, "tardiness")
    cp.add(value >= cp_model.LinearExpr.sum(late))
    return value

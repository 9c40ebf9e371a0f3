"""The CP-SAT model of a small shop.

One start per task, shared by its alternatives; the end is linear in the choice; blocked times are fixed
intervals.
Measured on flexible shops this form beats an end variable with conditional equalities by far.
"""

from dataclasses import dataclass

from ortools.sat.python import cp_model
from ortools.sat.python.cp_model import CpModel, IntervalVar, IntVar, LinearExprT

from planning.engine.exact.problem import Objective, Placement, SmallShop, Task


@dataclass(frozen=True)
class Model:
    """The model with what is needed to read a solution: starts, and each task's choice by machine."""

    cp: CpModel
    starts: tuple[IntVar, ...]
    ends: tuple[LinearExprT, ...]
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
        cp.new_int_var(task.release, horizon, f"s{number}") for number, task in enumerate(shop.tasks)
    )
    choices = tuple(_choice(cp, task) for task in shop.tasks)
    ends = tuple(
        start + cp_model.LinearExpr.sum([time * choice[machine] for machine, time in task.ways])
        for start, choice, task in zip(starts, choices, shop.tasks, strict=True)
    )
    for number, task in enumerate(shop.tasks):
        cp.add(ends[number] <= horizon)
        for each in task.after:
            cp.add(starts[number] >= ends[each])
    _machines(cp, shop, starts, choices)
    value = _makespan(cp, ends, horizon) if objective == "makespan" else _tardiness(cp, shop, ends, horizon)
    cp.minimize(value)
    return Model(cp, starts, ends, choices, value)


def _choice(cp: CpModel, task: Task) -> dict[int, IntVar]:
    """A literal per machine, of which one is true; a constant where there is no choice."""
    if len(task.ways) == 1:
        return {task.ways[0][0]: cp.new_constant(1)}
    literals: dict[int, IntVar] = {machine: cp.new_bool_var("") for machine, _ in task.ways}
    cp.add_exactly_one(literals.values())
    return literals


def _machines(
    cp: CpModel, shop: SmallShop, starts: tuple[IntVar, ...], choices: tuple[dict[int, IntVar], ...]
) -> None:
    """No machine does two things at once, nor any when it is blocked; set-ups lie between tasks."""
    intervals: dict[int, list[tuple[int, IntervalVar, int]]] = {}
    for number, task in enumerate(shop.tasks):
        for machine, time in task.ways:
            interval = (
                cp.new_fixed_size_interval_var(starts[number], time, "")
                if len(task.ways) == 1
                else cp.new_optional_fixed_size_interval_var(
                    starts[number], time, choices[number][machine], ""
                )
            )
            intervals.setdefault(machine, []).append((number, interval, time))
    for machine, entries in intervals.items():
        idle = [
            cp.new_fixed_size_interval_var(start, stop - start, "")
            for start, stop in _merged(shop.blocked.get(machine, ()))
        ]
        cp.add_no_overlap([*(interval for _, interval, _ in entries), *idle])
        if machine in shop.setups:
            _sequence(cp, shop, machine, [(number, time) for number, _, time in entries], starts, choices)


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
    entries: list[tuple[int, int]],
    starts: tuple[IntVar, ...],
    choices: tuple[dict[int, IntVar], ...],
) -> None:
    """A machine's tasks as a circuit from and to node 0; every arc keeps its set-up time free."""
    matrix, standing = shop.setups[machine], shop.standing.get(machine)
    arcs: list[tuple[int, int, LinearExprT]] = [(0, 0, cp.new_bool_var(""))]
    for node, (number, time) in enumerate(entries, 1):
        family = shop.tasks[number].family
        first, last = cp.new_bool_var(""), cp.new_bool_var("")
        arcs += [(0, node, first), (node, 0, last)]
        if standing is not None:
            cp.add(starts[number] >= matrix[standing][family]).only_enforce_if(first)
        chosen = choices[number][machine]
        arcs.append((node, node, chosen.negated()))
        for other, (follower, _) in enumerate(entries, 1):
            if other != node:
                literal = cp.new_bool_var("")
                arcs.append((node, other, literal))
                gap = time + matrix[family][shop.tasks[follower].family]
                cp.add(starts[follower] >= starts[number] + gap).only_enforce_if(literal)
    cp.add_circuit(arcs)  # type: ignore[arg-type]


def _makespan(cp: CpModel, ends: tuple[LinearExprT, ...], horizon: int) -> IntVar:
    """The last end."""
    value = cp.new_int_var(0, horizon, "makespan")
    for end in ends:
        cp.add(value >= end)
    return value


def _tardiness(cp: CpModel, shop: SmallShop, ends: tuple[LinearExprT, ...], horizon: int) -> IntVar:
    """The sum of weighted lateness of the tasks that are due."""
    late: list[LinearExprT] = []
    most = 0
    for task, end in zip(shop.tasks, ends, strict=True):
        if task.due is not None and task.weight > 0:
            over = cp.new_int_var(0, max(horizon - task.due, 0), "")
            cp.add(over >= end - task.due)
            late.append(task.weight * over)
            most += task.weight * max(horizon - task.due, 0)
    value = cp.new_int_var(0, most, "tardiness")
    cp.add(value >= cp_model.LinearExpr.sum(late))
    return value

"""Demand sets as planning problems, and plans in the form their checker reads."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from planning.engine import Job, Labels, Machine, Material, Operation, Plan, Problem, Resources, assemble
from planning.engine.calendars import Windows, windows_of

DAYS: Final = 1600
WEIGHTS: Final = {1: 9, 2: 3, 3: 1}
SCALE: Final = 1000
"""Quantities are kept as integers: thousandths."""


@dataclass(frozen=True)
class Demand:
    """A demand set: the problem, and how its rows are called outside. Moments are minutes from `now`."""

    problem: Problem
    now: datetime
    rows: list[tuple[str, int]]
    resources: list[str]
    orders: int


def load_demand(path: Path, *, alternates: bool = False, classes: bool = False) -> Demand:
    """The set in a file. With `alternates` any machine of the work centre; with `classes` weights 9/3/1."""
    data = json.loads(path.read_text(encoding="utf8"))
    now = datetime.fromisoformat(data["now"])
    calendars = {row["name"]: at for at, row in enumerate(data["calendars"])}
    resources = [row["name"] for row in data["resources"]]
    number = {name: at for at, name in enumerate(resources)}
    materials = {row["name"]: at for at, row in enumerate(data["components"])}
    pools = {
        row["name"]: (number[row["name"]], *(number[each] for each in row["alternates"] if alternates))
        for row in data["resources"]
    }
    centres = {row["workcenter"]: at for at, row in enumerate(data["resources"])}
    operations = list(_operations(data, pools, materials))
    return Demand(
        problem=assemble(
            now=0,
            calendars=[_windows(row, now) for row in data["calendars"]],
            machines=[
                Machine(calendars[row["calendar"]], centre=centres[row["workcenter"]])
                for row in data["resources"]
            ],
            jobs=[
                Job(_minutes(row["due"], now), WEIGHTS[row["priority"]] if classes else 1)
                for row in data["orders"]
            ],
            operations=operations,
            resources=Resources(
                materials=[_material(row) for row in data["components"]],
                labels=Labels(machines=tuple(resources), materials=tuple(materials)),
            ),
        ),
        now=now,
        rows=[(order["id"], op["seq"]) for order in data["orders"] for op in order["operations"]],
        resources=resources,
        orders=len(data["orders"]),
    )


def plan_json(demand: Demand, plan: Plan, seconds: float) -> dict[str, Any]:
    """The plan as the checker of demand sets reads it; what has no place is left out."""
    moments = zip(demand.rows, plan.machine.tolist(), plan.start.tolist(), plan.end.tolist(), strict=True)
    ops = [
        [order, seq, demand.resources[machine], _iso(demand.now, start), _iso(demand.now, end)]
        for (order, seq), machine, start, end in moments
        if machine >= 0
    ]
    return {"engine": "mto", "seconds": round(seconds, 3), "ops": ops}


def _operations(
    data: dict[str, Any], pools: dict[str, tuple[int, ...]], materials: dict[str, int]
) -> list[Operation]:
    found: list[Operation] = []
    for job, order in enumerate(data["orders"]):
        for position, op in enumerate(order["operations"]):
            takes = op.get("components", ())
            found.append(
                Operation(
                    job=job,
                    machines=pools[op["resource"]],
                    run=op["minutes"],
                    after=(len(found) - 1,) if position else (),
                    takes=tuple((materials[row["component"]], round(row["qty"] * SCALE)) for row in takes),
                )
            )
    return found


def _material(row: dict[str, Any]) -> Material:
    return Material(onhand=int(row["onhand"] * SCALE), lead=round(row["lead_time_days"] * 1440))


def _windows(calendar: dict[str, Any], now: datetime) -> Windows:
    """Working time from now on; a break cut at `now` is no working time before it."""
    closed, spans = set(calendar["holidays"]), []
    midnight = now.replace(hour=0, minute=0)
    for day in (midnight + timedelta(days=number) for number in range(-1, DAYS)):
        if day.date().isoformat() in closed:
            continue
        begin = int((day - now).total_seconds() // 60)
        spans += [
            (max(begin + start, 0), begin + end)
            for weekday, start, end in calendar["weekly"]
            if weekday == day.weekday()
        ]
    return windows_of(spans)


def _minutes(text: str, now: datetime) -> int:
    return int((datetime.fromisoformat(text) - now).total_seconds() // 60)


def _iso(now: datetime, minute: int) -> str:
    return (now + timedelta(minutes=minute)).isoformat()

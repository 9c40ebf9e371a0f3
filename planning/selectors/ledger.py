"""The order book with the plan in force: what replans, repairs and promises think about."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from kernel.jit import IntArray, Table
from planning import engine
from planning.engine import NEVER
from planning.selectors.book import RUNNING, held_slots, open_rows, short_rows
from planning.selectors.moments import minute_of, next_minute
from planning.selectors.problem import jobs_of, problem_of, running_until, seats_of
from planning.selectors.resources import Resources, load_resources


@dataclass(frozen=True, eq=False)
class Ledger:
    """`rows[i]` is operation i of `problem` with the columns of OPERATIONS, `line_ids[j]` its job j.

    Moments are minutes since 1970, NEVER where there is none. `standing` are SLOT rows of the plan in force.
    Behind the rows `problem` and `standing` have what promises hold.
    `short` are the requirements that are not fully here, with the columns of SHORT.
    """

    problem: engine.Problem
    resources: Resources
    rows: Table
    line_ids: IntArray
    short: Table
    standing: Table
    now: datetime


def load_ledger(now: datetime) -> Ledger:
    """All open operations and their short requirements. Four statements for any number of jobs."""
    resources = load_resources(now)
    rows, short, held = open_rows(), short_rows(), held_slots(now)
    short = short[np.isin(short["operation"], rows["id"])]
    problem = problem_of(rows, resources, now, short=short, held=held)
    kept = problem.operations[len(rows) :]
    standing = np.concatenate(
        [
            standing_of(rows, rows["machine"], resources),
            engine.standing_slots(kept["machine"], kept["start"], kept["start"] + kept["run"]),
        ]
    )
    return Ledger(problem, resources, rows, jobs_of(rows)[0], short, standing, now)


def standing_of(rows: Table, machine_ids: IntArray, resources: Resources) -> Table:
    """SLOT rows of the plan in force on these machines."""
    here = seats_of(machine_ids, resources)
    times = (np.where(here >= 0, rows[name], NEVER) for name in ("start", "end"))
    return engine.standing_slots(here, *times)


def busy_machines(resources: Resources, now: datetime) -> list[engine.Busy]:
    """What plan and holds keep busy from now on, running operations included: spans that never overlap.

    Two statements.
    """
    rows, clock = open_rows("AND (upper(o.during) > %s OR o.status = 'running')", [now]), next_minute(now)
    operations = problem_of(rows, resources, now).operations
    seats = seats_of(rows["machine"], resources)
    placed, running = np.flatnonzero(seats >= 0), np.flatnonzero(rows["status"] == RUNNING)
    found = [*zip(seats[placed].tolist(), rows["start"][placed], rows["end"][placed], strict=True)]
    found += [
        (int(operations["machine"][at]), clock, running_until(operations[at], resources, clock))
        for at in running
        if operations["machine"][at] >= 0
    ]
    found += [
        (resources.index[slot.machine_id], max(clock, minute_of(slot.starts)), next_minute(slot.ends))
        for slot in held_slots(now)
    ]
    spans: dict[int, list[tuple[int, int]]] = {}
    for machine, start, end in found:
        spans.setdefault(machine, []).append((int(start), int(end)))
    return [
        engine.Busy(machine, int(start), int(end))
        for machine, taken in spans.items()
        for start, end, _ in engine.windows_of(taken).tolist()
    ]

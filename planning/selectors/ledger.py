"""The order book with the plan in force: what replans, repairs and promises think about."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from kernel.jit import IntArray, Table
from planning import engine
from planning.engine import NEVER
from planning.selectors.book import held_slots, links_of, open_rows, short_rows
from planning.selectors.floor import jobs_of, seats_of
from planning.selectors.moments import minute_of, next_minute
from planning.selectors.people import SkillBook
from planning.selectors.problem import problem_of, running_until
from planning.selectors.resources import Resources, load_resources


@dataclass(frozen=True, eq=False)
class Ledger:
    """`rows[i]` is operation i of `problem` with the columns of OPERATIONS, `line_ids[j]` its job j.

    Moments are minutes since 1970, NEVER where there is none. `standing` are SLOT rows of the plan in force.
    Behind the rows `problem` and `standing` have what promises hold.
    `short` are the requirements that are not fully here, with the columns of SHORT; `skills` number what the
    operations ask of people.
    """

    problem: engine.Problem
    resources: Resources
    rows: Table
    line_ids: IntArray
    short: Table
    standing: Table
    now: datetime
    skills: SkillBook


def load_ledger(now: datetime) -> Ledger:
    """All open operations and their short requirements. Five statements for any number of jobs."""
    resources = load_resources(now)
    rows, short, held = open_rows(), short_rows(), held_slots(now)
    short = short[np.isin(short["operation"], rows["id"])]
    skills = SkillBook(resources.people)
    problem = problem_of(rows, resources, now, links=links_of(rows), short=short, held=held, skills=skills)
    kept = problem.operations[len(rows) :]
    standing = np.concatenate(
        [
            standing_of(rows, rows["machine"], resources),
            engine.standing_slots(kept["machine"], kept["start"], kept["start"] + kept["run"]),
        ]
    )
    return Ledger(problem, resources, rows, jobs_of(rows)[0], short, standing, now, skills)


def standing_of(rows: Table, machine_ids: IntArray, resources: Resources) -> Table:
    """SLOT rows of the plan in force on these machines."""
    here = seats_of(machine_ids, resources)
    times = (np.where(here >= 0, rows[name], NEVER) for name in ("start", "end"))
    return engine.standing_slots(here, *times)


def busy_now(resources: Resources, now: datetime, skills: SkillBook) -> Table:
    """What plan and holds keep busy from now on, as BUSY rows: machines, without overlaps, people and tools.

    Running operations included; `skills` takes note of the sets of skills they ask for. Three statements.
    """
    rows, clock = open_rows("AND (upper(o.during) > %s OR o.status = 'running')", [now]), next_minute(now)
    problem = problem_of(rows, resources, now, links=links_of(rows), skills=skills)
    slots = standing_of(rows, rows["machine"], resources)
    spans: dict[int, list[tuple[int, int]]] = {}
    for slot in slots[slots["machine"] >= 0]:
        spans.setdefault(int(slot["machine"]), []).append((int(slot["start"]), int(slot["end"])))
    for at in np.flatnonzero(problem.operations["fixing"] == engine.Fixing.STARTED):
        operation = problem.operations[at]
        end = running_until(operation, resources, clock)
        slots["machine"][at], slots["end"][at] = operation["machine"], end
        slots["start"][at] = slots["ready"][at] = clock
        spans.setdefault(int(operation["machine"]), []).append((clock, end))
    for held in held_slots(now):
        span = (max(clock, minute_of(held.starts)), next_minute(held.ends))
        spans.setdefault(resources.index[held.machine_id], []).append(span)
    found = [
        engine.Busy(machine, int(start), int(end))
        for machine, taken in spans.items()
        for start, end, _ in engine.windows_of(taken).tolist()
    ]
    others = engine.busy_rows(problem, slots)
    return np.concatenate([np.array(found, others.dtype), others[others["machine"] < 0]])

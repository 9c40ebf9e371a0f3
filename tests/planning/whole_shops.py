"""Random small shops with every feature a problem can ask for."""

import random
from dataclasses import replace
from typing import Any

import numpy as np

from kernel.jit import IntArray, Table
from planning.engine import (
    NEVER,
    Crew,
    Fixing,
    Job,
    Machine,
    Material,
    Operation,
    Plan,
    Problem,
    Ragged,
    Resources,
    Tool,
    assemble,
    windows_of,
)
from planning.engine.joining import joined, work_for
from tests.planning.engine_cases import DAY


def whole_shop(number: int, *, fixed: bool = True) -> Problem:
    """Shifts with breaks, crews, tools, a rack, a vendor, lots, a set-up matrix, stock, gates, pins."""
    seed = random.Random(number)
    machines = [Machine(seed.randrange(3), family=seed.randint(-1, 2)) for _ in range(seed.randint(1, 4))]
    rack, vendor = len(machines), len(machines) + 1
    machines += [Machine(seed.randrange(3), size=seed.randint(2, 8)), Machine(3, single=False)]
    jobs = [
        Job(seed.randint(0, 6 * DAY), seed.choice([1, 3, 9]), seed.choice([NEVER, seed.randint(0, 3 * DAY)]))
        for _ in range(seed.randint(1, 6))
    ]
    rows: list[Operation] = []
    for at in range(seed.randint(1, 20)):
        rows.append(_operation(seed, at, len(jobs), rack, vendor, fixed))
    matrix = [[0 if a == b else seed.randint(5, 40) for b in range(3)] for a in range(3)]
    return assemble(
        now=seed.randint(0, 600),
        calendars=[_shift(480, 960, 720), _shift(360, 1320, 840), _shift(0, 1440, 0), _shift(0, 1440, 0)],
        machines=machines,
        jobs=jobs,
        operations=rows,
        resources=Resources(
            crews=[Crew(seed.randrange(2), seed.randint(1, 2), (0,)), Crew(seed.randrange(3), 1, (0, 1))],
            tools=[Tool(1), Tool(2)],
            materials=[Material(seed.randint(0, 10), seed.randint(0, 4 * DAY))],
            changeover=matrix if seed.random() < 0.5 else (),
        ),
    )


def serial_shop(number: int) -> Problem:
    """The same without racks and stock."""
    problem = whole_shop(number)
    machines, none = problem.machines.copy(), np.zeros(len(problem) + 1, np.int64)
    machines["size"] = 0
    return replace(problem, machines=machines, takes=Ragged(none, np.empty(0, np.int64)))


def staffed_shop(jobs: int, number: int) -> Problem:
    """Two shifts, three work centres, fewer people than machines, some with two skills; a few tools."""
    seed = random.Random(number)
    centres = ((0, 1), (2, 3, 4), (5,))
    rows = []
    for at in range(4 * jobs):
        centre = seed.randrange(3)
        rows.append(
            Operation(
                job=at // 4,
                machines=centres[centre],
                run=seed.randint(10, 120),
                setup=15,
                family=seed.randrange(4),
                after=() if at % 4 == 0 else (at - 1,),
                pauses=seed.random() < 0.8,
                skill=centre,
                tools=(0,) if seed.random() < 0.1 else (),
            )
        )
    return assemble(
        now=480,
        calendars=[_shift(480, 960, 720), _shift(360, 1320, 840)],
        machines=[Machine(centre % 2, centre=centre) for centre, of in enumerate(centres) for _ in of],
        jobs=[Job(seed.randint(DAY, 9 * DAY), seed.choice([1, 3, 9])) for _ in range(jobs)],
        operations=rows,
        resources=Resources(
            crews=[
                Crew(0, 1, (0,)),
                Crew(1, 1, (0, 1)),
                Crew(1, 2, (1,)),
                Crew(0, 1, (2, 1)),
                Crew(1, 1, (2,)),
            ],
            tools=[Tool(2)],
        ),
    )


def _shift(start: int, end: int, noon: int) -> Table:
    """Sixty days with half an hour of break at noon."""
    spans = [(day * DAY + start, day * DAY + (noon or end)) for day in range(60)]
    spans += [(day * DAY + noon + 30, day * DAY + end) for day in range(60) if noon]
    return windows_of(spans)


def free_operation(seed: random.Random, at: int, jobs: int, rack: int, vendor: int) -> Operation:
    """An operation that nothing is decided about yet."""
    return _operation(seed, at, jobs, rack, vendor, False)


def _operation(seed: random.Random, at: int, jobs: int, rack: int, vendor: int, fixed: bool) -> Operation:
    after = tuple(sorted(seed.sample(range(at), min(at, seed.choice([0, 1, 1, 2])))))
    kind = seed.random()
    machines: tuple[int, ...] = tuple(sorted(seed.sample(range(rack), seed.randint(1, rack))))
    if kind < 0.3:
        machines = (rack,) if kind < 0.2 else (vendor,)
    fixing = Fixing(seed.choice([0, 0, 0, 0, 0, 1, 2])) if fixed and machines != (rack,) else Fixing.FREE
    quantity = seed.choice([1, 4, 4, 10])
    run = seed.randint(5, 200)
    plain = machines != (vendor,)
    return Operation(
        job=seed.randrange(jobs),
        machines=machines,
        run=run,
        setup=seed.choice([0, seed.randint(1, 40)]) if plain else 0,
        family=seed.randint(-1, 2),
        after=after,
        lags=tuple(seed.choice([0, 0, seed.randint(1, 600)]) for _ in after),
        unattended=plain and seed.random() < 0.3,
        release=seed.choice([NEVER, seed.randint(0, 2 * DAY)]),
        fixing=fixing,
        machine=machines[0] if fixing else -1,
        start=seed.randint(0, 3 * DAY) if fixing else NEVER,
        runs=tuple(run + seed.randint(0, 60) for _ in machines) if seed.random() < 0.2 and not fixing else (),
        quantity=quantity,
        done=seed.choice([0, 0, 1]) if quantity > 1 else 0,
        transfer=seed.choice([0, 0, 1, 3]),
        pauses=seed.random() < 0.7 or run > 150 or machines == (rack,),
        skill=seed.choice([-1, 0, 1]) if plain else -1,
        tools=tuple(sorted(seed.sample(range(2), seed.choice([0, 0, 1, 2])))),
        takes=((0, seed.randint(1, 4)),) if seed.random() < 0.3 else (),
    )


def later_jobs(problem: Problem, number: int) -> Problem:
    """New work for the shop of another problem: its machines, people and tools, none of its stock."""
    seed, rack = random.Random(number + 1), len(problem.machines) - 2
    jobs = [
        [free_operation(seed, at, 1, rack, rack + 1) for at in range(seed.randint(1, 4))] for _ in range(2)
    ]
    return work_for(problem, jobs, np.zeros(len(problem.materials), np.int64))


def together(made: Plan, added: Plan) -> tuple[Problem, Plan]:
    """Both plans as one: the new operations behind the others, as jobs of their own."""
    problem = joined(made.problem, added.problem)
    names = ("machine", "start", "ready", "end", "reason")
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(made, name), getattr(added, name)]) for name in names
    }
    persons = np.concatenate([attending(made), attending(added)])
    return problem, replace(made, problem=problem, persons=persons, **columns)


def attending(made: Plan) -> IntArray:
    """Who attends each operation, nobody where no people are planned."""
    return made.persons if len(made.persons) else np.full(len(made.machine), -1)

"""Shops for the engine's tests: random small ones, and a large generated one."""

import random

from hypothesis import strategies as st

from kernel.jit import Table
from planning.engine import Fixing, Job, Machine, Operation, Problem, assemble, windows_of

DAY = 1440


def day_shift(days: int, start: int = 480, end: int = 960) -> Table:
    """The same shift every day."""
    return windows_of([(day * DAY + start, day * DAY + end) for day in range(days)])


def chain(*runs: int, job: int = 0, machines: tuple[int, ...] = (0,), first: int = 0) -> list[Operation]:
    """Operations of one job, each after the one before, `first` being the index of the first."""
    return [
        Operation(job=job, machines=machines, run=run, after=() if n == 0 else (first + n - 1,))
        for n, run in enumerate(runs)
    ]


def one_machine(*operations: Operation, days: int = 30, now: int = 0, spare: int = 0) -> Problem:
    """One job, due late, on one machine with a day shift, and spare ones nobody names."""
    return assemble(
        now=now,
        calendars=[day_shift(days)],
        machines=[Machine(calendar=0)] * (1 + spare),
        jobs=[Job(due=10**6)],
        operations=operations,
    )


def problems(*, fixed: bool = True) -> st.SearchStrategy[Problem]:
    """Small random shops; see random_problem."""
    return st.integers(0, 2**32).map(lambda seed: random_problem(seed, fixed=fixed))


def random_problem(number: int, *, fixed: bool = True) -> Problem:
    """A small shop: odd calendars, alternatives, families, branches, started and pinned operations."""
    seed = random.Random(number)
    calendars = [_calendar(seed) for _ in range(seed.randint(1, 3))]
    machines = [
        Machine(calendar=seed.randrange(len(calendars)), family=seed.randint(-1, 2))
        for _ in range(seed.randint(1, 4))
    ]
    vendor = len(machines)
    machines.append(Machine(calendar=seed.randrange(len(calendars)), single=False))
    jobs = [Job(due=seed.randint(0, 2000), weight=seed.randint(0, 9)) for _ in range(seed.randint(1, 5))]
    operations: list[Operation] = []
    for number in range(seed.randint(0, 18)):
        operations.append(_operation(seed, number, len(jobs), vendor, fixed))
    return assemble(
        now=seed.randint(-100, 300), calendars=calendars, machines=machines, jobs=jobs, operations=operations
    )


def _calendar(seed: random.Random) -> Table:
    moment, spans = seed.randint(-200, 400), []
    for _ in range(seed.choice([0, 1, 8, 20])):
        length = seed.randint(1, 200)
        spans.append((moment, moment + length))
        moment += length + seed.randint(0, 150)
    return windows_of(spans)


def _operation(seed: random.Random, number: int, jobs: int, vendor: int, fixed: bool) -> Operation:
    machines = tuple(
        sorted(seed.sample(range(vendor), seed.randint(0 if seed.random() < 0.1 else 1, vendor)))
    )
    outside = seed.random() < 0.15
    fixing = Fixing(seed.choice([0, 0, 0, 0, 1, 2])) if fixed else Fixing.FREE
    return Operation(
        job=seed.randrange(jobs),
        machines=(vendor,) if outside else machines,
        run=seed.choice([0, seed.randint(1, 120), seed.randint(1, 400)]),
        setup=seed.choice([0, seed.randint(1, 60)]),
        family=seed.randint(-1, 2),
        after=tuple(sorted(seed.sample(range(number), min(number, seed.choice([0, 1, 1, 2]))))),
        unattended=seed.random() < 0.3,
        release=seed.randint(-200, 600),
        fixing=fixing,
        machine=seed.randrange(vendor + 1) if fixing else -1,
        start=seed.randint(-100, 1500),
    )


def shop_of(orders: int, *, seed: int = 1, centres: int = 10, load: float = 0.9) -> Problem:
    """A generated shop: work centres of 1 to 3 machines, one or two shifts, families, chains of 4 to 8."""
    chance = random.Random(seed)
    days = 60 + orders // 5
    calendars = [day_shift(days), day_shift(days, 360, 1320)]
    machines: list[Machine] = []
    groups: list[tuple[int, ...]] = []
    for centre in range(centres):
        size, calendar = chance.randint(1, 3), chance.randrange(2)
        groups.append(tuple(range(len(machines), len(machines) + size)))
        machines += [Machine(calendar=calendar, centre=centre)] * size
    work = dict.fromkeys(range(centres), 0)
    jobs: list[Job] = []
    operations: list[Operation] = []
    for job in range(orders):
        length = chance.randint(4, 8)
        for step in range(length):
            centre, run = chance.randrange(centres), chance.randint(10, 120)
            work[centre] += run + 15
            after = () if step == 0 else (len(operations) - 1,)
            family = chance.randrange(6)
            operations.append(Operation(job, groups[centre], run, setup=30, family=family, after=after))
        jobs.append(Job(due=0, weight=chance.choice([1, 1, 1, 3, 9])))
    daily = {c: len(g) * (480 if machines[g[0]].calendar == 0 else 960) for c, g in enumerate(groups)}
    book = max(minutes / daily[centre] for centre, minutes in work.items()) / load * DAY
    jobs = [Job(due=int(chance.uniform(2 * DAY, book)), weight=each.weight) for each in jobs]
    return assemble(now=0, calendars=calendars, machines=machines, jobs=jobs, operations=operations)

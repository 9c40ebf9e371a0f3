"""A planning problem, or a window of one, as the exact solver's small shop; and its plan back."""

from dataclasses import dataclass, replace

import numpy as np

from planning.engine.calendars import NEVER, add_work, next_working, work_between
from planning.engine.exact.problem import Due, Matrix, Placement, SmallShop, Task
from planning.engine.exact.solve import LARGEST, solve
from planning.engine.features import Feature, refuse
from planning.engine.problem import Problem
from planning.engine.result import Plan, Status, finished_plan
from planning.engine.shop import FREE, Shop, empty_slots, open_shop

HONOURED = frozenset({Feature.CHANGEOVER, Feature.SETUPS})


@dataclass(frozen=True)
class Exact:
    """The best plan found and the weighted lateness (weight x minutes) no plan goes below."""

    plan: Plan | None
    bound: int

    @property
    def proven(self) -> bool:
        """Whether no plan is less late."""
        return self.plan is not None and self.plan.tardiness <= self.bound


def plan_exactly(
    problem: Problem, *, seconds: float = 10.0, workers: int = 1, seed: int = 0, known: Plan | None = None
) -> Exact:
    """The least weighted lateness of a small problem on one calendar; `known` is a plan to begin from.

    Time is counted in working minutes from `now`; lateness by the clock. Raises ValueError where it cannot
    be exact: too many operations, several calendars, lags, fixed operations, further features.
    """
    shop = open_shop(problem)
    small = small_shop(problem, shop)
    start = placement_of(problem, known) if known is not None and bool(known.placed.all()) else None
    found = solve(small, objective="tardiness", seconds=seconds, workers=workers, seed=seed, incumbent=start)
    plan = None if found.placement is None else _plan(problem, shop, small, found.placement)
    return Exact(plan, found.bound)


def prove(problem: Problem, made: Plan, seconds: float, seed: int = 0, workers: int = 1) -> Plan:
    """The plan, or a less late one, with the bound that was proven; unchanged where it cannot be exact."""
    try:
        found = plan_exactly(problem, seconds=seconds, workers=workers, seed=seed, known=made)
    except ValueError:
        return made
    best = found.plan if found.plan is not None and found.plan.tardiness < made.tardiness else made
    least = min(max(best.least_tardiness, found.bound), best.tardiness)
    status = Status.OPTIMAL if least == best.tardiness else Status.FEASIBLE
    return replace(best, least_tardiness=least, status=status)


def small_shop(problem: Problem, shop: Shop) -> SmallShop:
    """The problem in working minutes from now on; raises ValueError where that would not be exact."""
    refuse(problem, HONOURED, "The exact solver")
    _refuse_more(problem, shop)
    calendar = _calendar(problem)
    now = problem.now
    classes = sorted({(int(task["family"]), int(task["setup"])) for task in shop.tasks})
    tasks = tuple(
        Task(
            ways=_ways(problem, shop, number),
            after=tuple(problem.after.value[slice(*problem.after.ptr[number : number + 2])].tolist()),
            release=work_between(calendar, now, max(int(task["release"]), now)),
            family=classes.index((int(task["family"]), int(task["setup"]))),
        )
        for number, task in enumerate(shop.tasks)
    )
    single = np.flatnonzero(problem.machines["single"])
    families = sorted(set(problem.machines["family"].tolist()))
    matrix = _matrix(shop, [*(family for family, _ in classes), *families], classes)
    needed = any(any(row) for row in matrix)
    return SmallShop(
        tasks,
        _dues(problem),
        setups=dict.fromkeys(single.tolist(), matrix) if needed else {},
        standing={
            int(each): len(classes) + families.index(int(problem.machines["family"][each])) for each in single
        },
        unlimited=frozenset(np.flatnonzero(problem.machines["single"] == 0).tolist()),
        clock=_clock(calendar, now),
        longest=work_between(calendar, now, int(calendar["end"][-1])) if len(calendar) else 0,
    )


def _refuse_more(problem: Problem, shop: Shop) -> None:
    """What `refuse` does not look at."""
    if len(problem) > LARGEST:
        raise ValueError(f"{len(problem)} operations are too many to plan exactly. Take at most {LARGEST}.")
    if (shop.tasks["fixing"] != FREE).any():
        raise ValueError("Started and pinned operations cannot be planned exactly. Leave them to `plan`.")
    if problem.lags.any():
        raise ValueError("Lags cannot be planned exactly in working time. Leave them to `plan`.")
    if (shop.tasks["pool"] < 0).any():
        raise ValueError("An operation has no machine that may do it. Add one to its work centre.")
    outside = (shop.tasks["setup"] > 0) & np.array(
        [problem.machines["single"][_pool(problem, number)].min() == 0 for number in range(len(problem))]
    )
    if outside.any():
        raise ValueError("A set-up on a machine without limit cannot be planned exactly. Add it to the run.")


def _pool(problem: Problem, operation: int) -> list[int]:
    """The machines that may do an operation."""
    pool = int(problem.operations["pool"][operation])
    members: list[int] = problem.pools.value[slice(*problem.pools.ptr[pool : pool + 2])].tolist()
    return members


def _calendar(problem: Problem) -> np.ndarray:
    """The windows all machines in use share."""
    used = sorted({machine for number in range(len(problem)) for machine in _pool(problem, number)})
    spans = [
        problem.windows[slice(*problem.window_ptr[calendar : calendar + 2])]
        for calendar in sorted({int(problem.machines["calendar"][machine]) for machine in used})
    ]
    if not spans:
        return problem.windows[:0].copy()
    if any(each.tolist() != spans[0].tolist() for each in spans):
        raise ValueError("The machines have different calendars. Plan exactly only what shares one.")
    return spans[0].copy()


def _ways(problem: Problem, shop: Shop, number: int) -> tuple[tuple[int, int], ...]:
    """An operation's machines with their run minutes."""
    task = shop.tasks[number]
    first = int(task["first_run"])
    return tuple(
        (machine, int(shop.runs[first + at]) if first >= 0 else int(task["run"]))
        for at, machine in enumerate(_pool(problem, number))
    )


def _matrix(shop: Shop, families: list[int], classes: list[tuple[int, int]]) -> Matrix:
    """Set-up minutes from a family to each class of family and own set-up."""
    return tuple(tuple(_setup(shop, before, family, own) for family, own in classes) for before in families)


def _setup(shop: Shop, before: int, family: int, own: int) -> int:
    """Minutes to set up for a family behind another; its own ones where no matrix says otherwise."""
    if before >= 0 and family >= 0 and len(shop.changeover) > 0 and shop.changeover[before, family] >= 0:
        return int(shop.changeover[before, family])
    return 0 if before >= 0 and before == family else own


def _dues(problem: Problem) -> tuple[Due, ...]:
    """The jobs' due times, in minutes from now; jobs without weight cost nothing."""
    job = problem.operations["job"]
    return tuple(
        Due(tuple(np.flatnonzero(job == number).tolist()), int(row["due"]) - problem.now, int(row["weight"]))
        for number, row in enumerate(problem.jobs)
        if row["weight"] > 0 and (job == number).any()
    )


def _clock(calendar: np.ndarray, now: int) -> tuple[tuple[int, int], ...]:
    """Per window not yet past: the work ahead of it and how far its start is ahead of that."""
    steps = [
        (work, max(int(window["start"]), now) - now - work)
        for window in calendar
        if window["end"] > now
        for work in [work_between(calendar, now, max(int(window["start"]), now))]
    ]
    return tuple(steps) or ((0, 0),)


def placement_of(problem: Problem, plan: Plan) -> Placement:
    """A plan of the problem in working minutes from now on."""
    calendar, now = _calendar(problem), problem.now
    starts = tuple(work_between(calendar, now, int(start)) for start in plan.start)
    return Placement(starts, tuple(plan.machine.tolist()))


def _plan(problem: Problem, shop: Shop, small: SmallShop, placement: Placement) -> Plan:
    """The plan by the clock."""
    calendar, slots = _calendar(problem), empty_slots(len(problem))
    for number, end in enumerate(small.ends(placement)):
        machine = placement.machines[number]
        setup = end - placement.starts[number] - dict(small.tasks[number].ways)[machine]
        begin = next_working(calendar, add_work(calendar, problem.now, placement.starts[number]))
        if begin == NEVER:
            raise ValueError(f"{problem.name(number)} does not fit before the calendars end. Extend them.")
        ready = add_work(calendar, begin, setup)
        run = dict(small.tasks[number].ways)[machine]
        slots[number] = (machine, begin, ready, add_work(calendar, ready, run))
    return finished_plan(problem, shop, slots, "CP-SAT")

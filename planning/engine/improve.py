"""Improvement: ruin and recreate from the best dispatching rule on, for as long as there is time."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from kernel.jit import Table
from planning.engine.assembly import assemble
from planning.engine.calendars import windows_of
from planning.engine.carry import carry_in, carry_out, reckon
from planning.engine.features import DISPATCH, features
from planning.engine.floor import Floor, Goal, open_floor
from planning.engine.planner import schedule
from planning.engine.problem import Problem
from planning.engine.result import Plan
from planning.engine.rows import Job, Machine, Operation
from planning.engine.ruin import search, tighten
from planning.engine.serial_search import searched
from planning.engine.standing import PRICE_OF_A_MOVE, price

HOT: Final = 1500.0
COLD: Final = 30.0
"""Heat at the begin and at the end of annealing: minutes by which a worse plan may be accepted."""

WILD: Final = 0.02
TAME: Final = 60.0
"""In a small shop it begins at that share of what the plan costs, but not below so many minutes."""

NEAR_HOT: Final = 60.0
NEAR_COLD: Final = 2.0
"""The same near a plan in force."""

POLISH: Final = 0.2
"""Share of the time spent on shorter flow."""

LOSS: Final = 0.01
"""Share of its cost that a plan may lose to shorter flow."""


class Polish(NamedTuple):
    """What a minute of flow costs, in minutes of lateness, and the heat at the begin and at the end."""

    flow: float
    heat: tuple[float, float]


POLISHES: Final = (Polish(0.1, (300.0, 8.0)), Polish(0.02, (80.0, 2.0)))
"""Tried in turn until one loses little enough."""

LEAST_LATE: Final = Goal()


class Choice(NamedTuple):
    """How often a late unit is taken first; is put back from its due date on; or where it stood in force.

    What is put back from its due date on may end up to `early` minutes sooner.
    """

    late_share: float
    backward: float
    home_share: float = 0.0
    early: int = 0


LATE_FIRST: Final = Choice(0.85, 0.3)
ANY_JOB: Final = Choice(0.05, 0.9, early=20 * 1440)
NEAR: Final = Choice(0.85, 0.3, 0.5)

SLICE: Final = 0.03
"""Seconds between two looks at the clock."""


KEPT: Final = ("nodes", "sides", "buckets", "stock")
"""The tables that are a plan: with them it can be come back to."""

Stand: TypeAlias = Mapping[str, Table]


def keep(floor: Floor) -> Stand:
    """The plan as it stands."""
    return {name: floor[name].copy() for name in KEPT}


def restore(floor: Floor, stand: Stand) -> None:
    """Come back to it."""
    for name, table in stand.items():
        floor[name][:] = table
    reckon(floor.view)


def aim(floor: Floor, goal: Goal, choice: Choice) -> float:
    """Set what a plan costs, and how units are chosen and put back; returns the cost of the plan."""
    for name in ("fee", "cap", "beyond", "flow"):
        floor.view[name] = getattr(goal, name)
    for name, share in choice._asdict().items():
        floor.view[name] = share
    return float(reckon(floor.view))


def anneal(floor: Floor, seconds: float, heat: tuple[float, float]) -> int:
    """Search for that long, cooling from the first heat to the second; ends at the best plan seen."""
    clock = time.thread_time
    begun, rounds, done = clock(), 200, 0
    cost = best = float(reckon(floor.view))
    stand = keep(floor)
    while (spent := clock() - begun) < seconds and best > 0:
        now = heat[0] * (heat[1] / heat[0]) ** (spent / seconds)
        cost += float(search(floor.view, rounds, now))
        done += rounds
        if cost < best - 0.5:
            best, stand = cost, keep(floor)
        lasted = clock() - begun - spent
        rounds = int(np.clip(rounds * SLICE / max(lasted, 1e-4), rounds // 2, rounds * 2)) + 1
    if best < cost:
        restore(floor, stand)
    return done


def improve(
    problem: Problem,
    plan: Plan,
    seconds: float,
    *,
    seed: int = 1,
    goal: Goal = LEAST_LATE,
    workers: int = 1,
    standing: Table | None = None,
) -> Plan:
    """A plan that costs no more than this one, found in `seconds` of CPU time on each of `workers` threads.

    Deterministic but for the clock; anytime. Without a plan in force everything then starts as late as is
    safe (see Goal), which keeps work in progress short. With the SLOT rows `standing` of one every operation
    that stands elsewhere costs PRICE_OF_A_MOVE, and the price of the plan found is never above that of
    `plan`; what is frozen, pinned or started stays. People, tools, racks, lots and unbroken runs take the
    serial search.
    """
    if not features(problem) <= DISPATCH:
        return searched(problem, plan, seconds, seed, standing)
    with ThreadPoolExecutor(workers) as pool:
        tries = [
            pool.submit(_one_try, problem, plan, seconds, seed + at, goal, standing) for at in range(workers)
        ]
        _, floor, rounds = min((each.result() for each in tries), key=lambda found: found[0])
    made = carry_out(problem, floor, f"{plan.rule}, {rounds} rounds of ruin and recreate")
    if standing is not None and price(problem, made, standing) > price(problem, plan, standing):
        return plan
    return made


def _one_try(
    problem: Problem, plan: Plan, seconds: float, seed: int, goal: Goal, standing: Table | None
) -> tuple[float, Floor, int]:
    """Cost, floor and number of rounds after one search."""
    begun = time.thread_time()
    floor = open_floor(problem, seed)
    carry_in(floor, plan)
    floor.view["margin"] = goal.margin or 0
    if standing is not None:
        return _near(floor, seconds - (time.thread_time() - begun), goal, standing)
    given = aim(floor, goal, LATE_FIRST)
    hot = float(np.clip(WILD * given, TAME, HOT))
    heat = (hot, COLD * hot / HOT)
    rounds = anneal(floor, seconds * (1 - POLISH) - (time.thread_time() - begun), heat)
    shift_right(floor)
    cost, stand = aim(floor, goal, LATE_FIRST), keep(floor)
    for polish in POLISHES:
        aim(floor, goal._replace(flow=goal.flow or polish.flow), ANY_JOB)
        rounds += anneal(floor, seconds * POLISH / len(POLISHES), polish.heat)
        shift_right(floor)
        found = aim(floor, goal, LATE_FIRST)
        if found <= max(cost, min(given, cost * (1 + LOSS))):
            return found, floor, rounds
        restore(floor, stand)
    return aim(floor, goal, LATE_FIRST), floor, rounds


def _near(floor: Floor, seconds: float, goal: Goal, standing: Table) -> tuple[float, Floor, int]:
    """The same near a plan in force: a little heat, every move has its price."""
    floor["steps"]["home"], floor["steps"]["home_start"] = standing["machine"], standing["start"]
    floor.view["price"] = PRICE_OF_A_MOVE
    aim(floor, goal, NEAR)
    rounds = anneal(floor, seconds, (NEAR_HOT, NEAR_COLD))
    if goal.margin is not None:
        shift_right(floor)
    return aim(floor, goal, LATE_FIRST), floor, rounds


def shift_right(floor: Floor) -> None:
    """Let everything start as late as is safe, the last units first."""
    floor.view["early"] = 0
    ends = np.zeros(len(floor["cost"]), np.int64)
    count = len(floor["steps"])
    np.maximum.at(ends, floor["steps"]["unit"], floor["nodes"]["end"][:count])
    for _ in range(2):
        tighten(floor.view, np.argsort(-ends, kind="stable"))
    reckon(floor.view)


def warm_up_improvement() -> None:
    """Compile the kernels of improvement, or read them from the cache."""
    week = windows_of([(0, 480), (960, 1440)])
    work = [Operation(job=0, machines=(0,), run=10), Operation(job=0, machines=(0,), run=10)]
    problem = assemble(now=0, calendars=[week], machines=[Machine(0)], jobs=[Job(due=15)], operations=work)
    improve(problem, schedule(problem), 0.01)

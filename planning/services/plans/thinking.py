"""What a whole replan thinks: a feasible plan first, then a better one for as long as is allowed."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string

from planning import engine
from planning.selectors import Ledger, next_minute

LEAST_DRAWN: Final = 240
"""Minutes by which work must begin sooner before it is drawn forward from where it stands."""

GAIN: Final = 0.005
"""The share of its price a plan must have saved for another round to be worth while."""


@dataclass(frozen=True, eq=False)
class Thought:
    """A plan, and whether another round of improvement may find a better one."""

    plan: engine.Plan | None
    more: bool = False


def think(book: Ledger, *, seed: int, seconds: float | None = None, near: bool = False) -> Thought:
    """The best plan found in MTO_PLANNING_SECONDS (or `seconds`) of CPU time, compared by engine.price.

    The plan in force, repaired, or a new one where that is worth what it moves, is improved; the frozen zone
    stays. Where no plan can be less late the search is over. Work in reach is drawn forward to idle machines.
    With `near` no plan is begun from nothing where there is one.
    """
    if not len(book.rows):
        return Thought(None)
    problem, standing = book.problem, book.standing
    seconds = settings.MTO_PLANNING_SECONDS if seconds is None else seconds
    if (standing["machine"] >= 0).any():
        first = engine.repair(problem, standing) if near else _first(book)
    else:
        first = _fresh(problem, seconds)
        # Its own starts have their price, too: reserves between operations stay (decision 0008).
        standing = engine.standing_slots(first.machine, first.start, first.end)
    if _over(first):
        return Thought(_drawn(book, first))
    plan = engine.improve(_frozen(book, first), first, seconds, seed=seed, standing=standing)
    (_, before), (_, after) = (engine.price(problem, each, standing) for each in (first, plan))
    return Thought(_drawn(book, plan), not _over(plan) and before - after > GAIN * before)


def caught_up(book: Ledger, planned: Ledger, plan: engine.Plan) -> engine.Plan:
    """The plan made for `planned`, made possible in `book`, which is what became of it meanwhile.

    The repaired plan in force where that is better by now.
    """
    at = np.searchsorted(
        planned.rows["id"], book.rows["id"], sorter=(order := np.argsort(planned.rows["id"]))
    )
    known = order[np.minimum(at, len(order) - 1)] if len(order) else np.zeros(len(book.rows), np.int64)
    same = np.flatnonzero(planned.rows["id"][known] == book.rows["id"])
    standing = book.standing.copy()
    fresh = engine.standing_slots(plan.machine, plan.start, plan.end)[known[same]]
    # Machines may have come or gone: places travel under their ids.
    seats = np.array([book.resources.index.get(each, -1) for each in planned.resources.machine_ids] + [-1])
    fresh["machine"] = seats[fresh["machine"]]
    standing[same] = np.where(fresh["machine"] >= 0, fresh, standing[same])
    tried = (engine.repair(book.problem, book.standing), engine.repair(book.problem, standing))
    return min(tried, key=lambda each: engine.price(book.problem, each, book.standing))


def _first(book: Ledger) -> engine.Plan:
    """The plan in force made possible again, or a new one where that is better."""
    repaired = engine.repair(book.problem, book.standing)
    if _over(repaired):
        return repaired
    tried = (repaired, engine.plan(book.problem))
    return min(tried, key=lambda plan: engine.price(book.problem, plan, book.standing))


def _fresh(problem: engine.Problem, seconds: float) -> engine.Plan:
    """The first plan of all; of a small shop with the bound that could be proven in that time.

    The solver is named, not imported: only a process that plans small shops pays for loading it.
    """
    if len(problem) > engine.SMALL:
        return engine.plan(problem)
    return engine.plan(problem, seconds, prove=import_string(settings.MTO_PROVER))


def _over(plan: engine.Plan) -> bool:
    """No plan can be less late."""
    return plan.status == engine.Status.OPTIMAL


def _frozen(book: Ledger, plan: engine.Plan) -> engine.Problem:
    """The problem in which what begins within MTO_SLUSHY_HOURS stays where this plan has it."""
    operations = book.problem.operations.copy()
    free = operations["fixing"] == engine.Fixing.FREE
    operations["machine"] = np.where(free, plan.machine, operations["machine"])
    operations["start"] = np.where(free, plan.start, operations["start"])
    until = next_minute(book.now) + 60 * settings.MTO_SLUSHY_HOURS
    return replace(book.problem, operations=operations, frozen=max(until, book.problem.frozen))


def _drawn(book: Ledger, plan: engine.Plan) -> engine.Plan:
    """The same with work of the next MTO_NEAR_DAYS working days drawn forward to machines that are idle."""
    until = book.resources.days_later(next_minute(book.now), settings.MTO_NEAR_DAYS)
    return engine.drawn_forward(book.problem, plan, until, LEAST_DRAWN)

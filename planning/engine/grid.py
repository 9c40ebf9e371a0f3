"""The grid of dispatching rules: the best of them is the plan."""

from typing import Final

import numpy as np

from kernel.jit import Table
from planning.engine.dispatch import Desk, dispatch, set_up_desk
from planning.engine.material import granted
from planning.engine.problem import Problem
from planning.engine.result import Plan, cost, finished_plan
from planning.engine.rule import Rule
from planning.engine.shop import Shop, open_shop

GRID: Final = (
    Rule(reach=1.0, lead=1.4, saving=8.0),
    Rule(reach=2.0, lead=1.0, saving=3.0),
    Rule(reach=2.0, lead=2.0, saving=8.0),
    Rule(reach=4.0, lead=1.0, saving=3.0),
    Rule(reach=6.0, lead=0.8, saving=8.0),
    Rule(reach=8.0, lead=0.5, saving=3.0),
    Rule(reach=8.0, lead=1.0, saving=3.0),
    Rule(reach=8.0, lead=1.2, saving=1.0),
    Rule(reach=12.0, lead=1.2, saving=1.0),
    Rule(reach=16.0, lead=1.0, saving=3.0),
)
"""Spread over tight and loose order books, rare and frequent set-ups; which one wins differs by shop."""


EVEN: Final = (Rule(reach=0.02, lead=0.5, saving=0.0), Rule(reach=0.02, lead=0.0, saving=0.0))
"""Least slack first: later in sum, but nobody starves. Where long lateness is dear the search begins here."""

REGRANTED: Final = 6
"""How often stock is given out anew after the grid."""


def dispatched(problem: Problem, grid: tuple[Rule, ...] = GRID) -> Plan:
    """The plan of the best rule by lateness, then by makespan; the problem asks for no more than DISPATCH."""
    shop = open_shop(problem)
    desk = set_up_desk(shop)
    ready = granted(problem, shop)
    saves = bool(((shop.tasks["setup"] > 0) & (shop.tasks["family"] >= 0)).any() or shop.changeover.size)
    rules = grid if saves else tuple(dict.fromkeys(rule._replace(saving=0.0) for rule in grid))
    plans = [dispatch(shop, desk, rule, ready) for rule in rules]
    costs = [cost(shop, slots) for slots in plans]
    best = int(np.lexsort(np.array(costs, dtype=np.int64).T[::-1])[0])
    reach, lead, saving = rules[best]
    slots = plans[best]
    if problem.takes.value.size and len(grid) > 1:
        slots = _granted_anew(problem, shop, desk, rules[best], slots)
    return finished_plan(problem, shop, slots, f"ATCS reach {reach:g}, lead {lead:g}, set-up {saving:g}")


def _granted_anew(problem: Problem, shop: Shop, desk: Desk, rule: Rule, slots: Table) -> Table:
    """The best of some plans whose stock goes to those who could use it in the plan before."""
    best, tried = cost(shop, slots), slots
    for _ in range(REGRANTED):
        tried = dispatch(shop, desk, rule, granted(problem, shop, tried))
        if cost(shop, tried) < best:
            best, slots = cost(shop, tried), tried
    return slots

"""Job shops and flexible job shops: the shortest schedule, by tabu search and CP-SAT."""

from planning.engine.jobshop.bounds import lower_bound
from planning.engine.jobshop.instance import JobShop, Schedule, Unusable, job_shop
from planning.engine.jobshop.portfolio import Solution, solve
from planning.engine.jobshop.search import tabu

__all__ = ["JobShop", "Schedule", "Solution", "Unusable", "job_shop", "lower_bound", "solve", "tabu"]

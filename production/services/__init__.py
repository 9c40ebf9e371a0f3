"""Writes of the production stage: keyword-only verbs, each one transaction."""

from production.services.acts import Finished, finish, finish_all, pause, settle_scrap, start, start_all
from production.services.clock import Count
from production.services.jobs import release_jobs, rework_jobs, withdraw_jobs

__all__ = [
    "Count",
    "Finished",
    "finish",
    "finish_all",
    "pause",
    "release_jobs",
    "rework_jobs",
    "settle_scrap",
    "start",
    "start_all",
    "withdraw_jobs",
]

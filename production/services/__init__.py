"""Writes of the production stage: keyword-only verbs, each one transaction."""

from production.services.acts import Finished, finish, pause, settle_scrap, start
from production.services.jobs import release_jobs, rework_jobs, withdraw_jobs

__all__ = [
    "Finished",
    "finish",
    "pause",
    "release_jobs",
    "rework_jobs",
    "settle_scrap",
    "start",
    "withdraw_jobs",
]

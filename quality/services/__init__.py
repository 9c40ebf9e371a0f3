"""Writes of the quality stage: keyword-only verbs, each one transaction."""

from quality.services.decisions import decide, use_as_is
from quality.services.inspections import inspect_jobs, plan_inspections, withdraw_jobs
from quality.services.results import Value, record

__all__ = [
    "Value",
    "decide",
    "inspect_jobs",
    "plan_inspections",
    "record",
    "use_as_is",
    "withdraw_jobs",
]

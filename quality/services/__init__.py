"""Writes of the quality stage: keyword-only verbs, each one transaction."""

from quality.services.decisions import decide, decide_all, use_as_is
from quality.services.inspections import inspect_jobs, plan_inspections, withdraw_jobs
from quality.services.results import Sheet, Value, record, record_all

__all__ = [
    "Sheet",
    "Value",
    "decide",
    "decide_all",
    "inspect_jobs",
    "plan_inspections",
    "record",
    "record_all",
    "use_as_is",
    "withdraw_jobs",
]

"""The planning engine: arrays in, a plan out; no database, no clock, no chance."""

from planning.engine.assembly import Resources, assemble, ragged
from planning.engine.busy import Busy, busy_of, busy_rows
from planning.engine.calendars import (
    NEVER,
    ExtraShift,
    Pattern,
    Shift,
    add_work,
    build_day_starts,
    build_windows,
    joined,
    next_working,
    subtract_work,
    windows_of,
    without,
    work_between,
)
from planning.engine.causes import Cause, Hurt, Link, chain, chains, impact
from planning.engine.everything import SMALL, plan
from planning.engine.facts import differing
from planning.engine.floor import Goal
from planning.engine.forward import drawn_forward
from planning.engine.improve import improve, warm_up_improvement
from planning.engine.insert import insert
from planning.engine.known import Known
from planning.engine.measures import finishes
from planning.engine.netting import need_by
from planning.engine.planner import schedule, warm_up
from planning.engine.problem import Problem
from planning.engine.repair import in_turn, pushed, pushed_plan, repair
from planning.engine.result import Plan, Reason, Status
from planning.engine.rows import (
    JOB,
    MACHINE,
    OPERATION,
    Crew,
    Fixing,
    Job,
    Labels,
    Machine,
    Material,
    Operation,
    Ragged,
    Tool,
)
from planning.engine.standing import moved, price, standing_slots

__all__ = [
    "JOB",
    "MACHINE",
    "NEVER",
    "OPERATION",
    "SMALL",
    "Busy",
    "Cause",
    "Crew",
    "ExtraShift",
    "Fixing",
    "Goal",
    "Hurt",
    "Job",
    "Known",
    "Labels",
    "Link",
    "Machine",
    "Material",
    "Operation",
    "Pattern",
    "Plan",
    "Problem",
    "Ragged",
    "Reason",
    "Resources",
    "Shift",
    "Status",
    "Tool",
    "add_work",
    "assemble",
    "build_day_starts",
    "build_windows",
    "busy_of",
    "busy_rows",
    "chain",
    "chains",
    "differing",
    "drawn_forward",
    "finishes",
    "impact",
    "improve",
    "in_turn",
    "insert",
    "joined",
    "moved",
    "need_by",
    "next_working",
    "plan",
    "price",
    "pushed",
    "pushed_plan",
    "ragged",
    "repair",
    "schedule",
    "standing_slots",
    "subtract_work",
    "warm_up",
    "warm_up_improvement",
    "windows_of",
    "without",
    "work_between",
]

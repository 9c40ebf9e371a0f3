"""Writes of the planning stage: keyword-only verbs.

What is called inside an act on a job runs under the caller's `lock_jobs` and transaction.
"""

from planning.services.absences import end_absence, report_absence
from planning.services.acts import Done, Progress, finish_operations, pause_operation, start_operations
from planning.services.adopting import adopt_branch
from planning.services.branches import (
    change_branch,
    copy_branch,
    drop_branch,
    make_branch,
    plan_again,
    plan_branch,
    sweep_branches,
)
from planning.services.changing import apply_changes, undo_edit
from planning.services.deciding import Searched, find_remedies, sweep_decisions
from planning.services.downtimes import end_downtime, report_downtime, what_runs
from planning.services.importing import import_upload, keep_upload
from planning.services.looking import note_look
from planning.services.material import Material, report_issued, report_material
from planning.services.plan import plan_jobs
from planning.services.promising import hold_promise, keep_promises, release_holds, sweep_holds
from planning.services.readiness import refresh_readiness, release_operations
from planning.services.remedies import measure_remedies, take_remedy, undo_remedy
from planning.services.replanning import Replanned, repair_plan, replan, replan_soon, sweep_plan
from planning.services.requests import replan_held, request_repair, request_replan
from planning.services.rework import add_rework
from planning.services.sharing import share_machines
from planning.services.versions import purge_versions
from planning.services.withdraw import withdraw_jobs

__all__ = [
    "Done",
    "Material",
    "Progress",
    "Replanned",
    "Searched",
    "add_rework",
    "adopt_branch",
    "apply_changes",
    "change_branch",
    "copy_branch",
    "drop_branch",
    "end_absence",
    "end_downtime",
    "find_remedies",
    "finish_operations",
    "hold_promise",
    "import_upload",
    "keep_promises",
    "keep_upload",
    "make_branch",
    "measure_remedies",
    "note_look",
    "pause_operation",
    "plan_again",
    "plan_branch",
    "plan_jobs",
    "purge_versions",
    "refresh_readiness",
    "release_holds",
    "release_operations",
    "repair_plan",
    "replan",
    "replan_held",
    "replan_soon",
    "report_absence",
    "report_downtime",
    "report_issued",
    "report_material",
    "request_repair",
    "request_replan",
    "share_machines",
    "start_operations",
    "sweep_branches",
    "sweep_decisions",
    "sweep_holds",
    "sweep_plan",
    "take_remedy",
    "undo_edit",
    "undo_remedy",
    "what_runs",
    "withdraw_jobs",
]

"""Writes of the planning stage: keyword-only verbs.

What is called inside an act on a job runs under the caller's `lock_jobs` and transaction.
"""

from planning.services.changing import apply_changes, undo_edit
from planning.services.decisions.deciding import Searched, find_remedies, sweep_decisions
from planning.services.decisions.remedies import measure_remedies, take_remedy, undo_remedy
from planning.services.importing import import_upload, keep_upload
from planning.services.looking import note_look
from planning.services.plans.plan import plan_jobs
from planning.services.plans.replanning import Replanned, repair_plan, replan, replan_soon, sweep_plan
from planning.services.plans.requests import replan_held, request_repair, request_replan
from planning.services.plans.versions import purge_versions
from planning.services.promises.promising import hold_promise, keep_promises, release_holds, sweep_holds
from planning.services.shop.absences import end_absence, report_absence
from planning.services.shop.downtimes import end_downtime, report_downtime, what_runs
from planning.services.what_if.adopting import adopt_branch
from planning.services.what_if.branches import (
    change_branch,
    copy_branch,
    drop_branch,
    make_branch,
    plan_again,
    plan_branch,
    sweep_branches,
)
from planning.services.work.acts import Done, Progress, finish_operations, pause_operation, start_operations
from planning.services.work.material import Material, report_issued, report_material
from planning.services.work.readiness import refresh_readiness, release_operations
from planning.services.work.rework import add_rework
from planning.services.work.sharing import share_machines
from planning.services.work.withdraw import withdraw_jobs

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

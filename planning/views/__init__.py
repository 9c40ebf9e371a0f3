"""Pages of the planning stage."""

from planning.views.board import board, board_data, move_operation, pin_operation
from planning.views.branches import (
    add_change,
    adopt_branch,
    branch,
    copy_branch,
    drop_branch,
    plan_branch,
    remove_change,
    what_if,
)
from planning.views.calendars import calendar, calendars, new_calendar, remove_calendar, upload_holidays
from planning.views.changes import changes, make_changes, preview_changes, undo_changes
from planning.views.decisions import decisions, measured, remedy, take_remedy, undo_remedy
from planning.views.dispatch import calendar_file, dispatch, release_operation, wall
from planning.views.home import home, on_time
from planning.views.machine_hours import downtimes, end_downtime, end_overtime
from planning.views.moved import moved, put_back, seen
from planning.views.order import order_panel, plan_order
from planning.views.plan import hold, hurts, promise_panel, release, replan, why
from planning.views.resources import (
    centre,
    end_absence,
    new_centre,
    people,
    remove_resource,
    resources,
    tools,
)
from planning.views.sheets import sheets, upload, workbook

__all__ = [
    "add_change",
    "adopt_branch",
    "board",
    "board_data",
    "branch",
    "calendar",
    "calendar_file",
    "calendars",
    "centre",
    "changes",
    "copy_branch",
    "decisions",
    "dispatch",
    "downtimes",
    "drop_branch",
    "end_absence",
    "end_downtime",
    "end_overtime",
    "hold",
    "home",
    "hurts",
    "make_changes",
    "measured",
    "move_operation",
    "moved",
    "new_calendar",
    "new_centre",
    "on_time",
    "order_panel",
    "people",
    "pin_operation",
    "plan_branch",
    "plan_order",
    "preview_changes",
    "promise_panel",
    "put_back",
    "release",
    "release_operation",
    "remedy",
    "remove_calendar",
    "remove_change",
    "remove_resource",
    "replan",
    "resources",
    "seen",
    "sheets",
    "take_remedy",
    "tools",
    "undo_changes",
    "undo_remedy",
    "upload",
    "upload_holidays",
    "wall",
    "what_if",
    "why",
    "workbook",
]

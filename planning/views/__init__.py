"""Pages of the planning stage."""

from planning.views.changes import changes, make_changes, preview_changes, undo_changes
from planning.views.plan import (
    downtimes,
    end_downtime,
    hold,
    home,
    hurts,
    order_panel,
    promise_panel,
    release,
    replan,
    why,
)
from planning.views.resources import end_absence, resources

__all__ = [
    "changes",
    "downtimes",
    "end_absence",
    "end_downtime",
    "hold",
    "home",
    "hurts",
    "make_changes",
    "order_panel",
    "preview_changes",
    "promise_panel",
    "release",
    "replan",
    "resources",
    "undo_changes",
    "why",
]

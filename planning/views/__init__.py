"""Pages of the planning stage."""

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
    "downtimes",
    "end_absence",
    "end_downtime",
    "hold",
    "home",
    "hurts",
    "order_panel",
    "promise_panel",
    "release",
    "replan",
    "resources",
    "why",
]

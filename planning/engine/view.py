"""The floor as kernels see it: one record that knows where every table lies.

A record is handed from kernel to kernel as one address; the tables themselves would be copied into every
call, which costs more than most calls do.
"""

from typing import Final

import numpy as np

from kernel.jit import fields, reader
from planning.engine.calendars import WINDOW

INT: Final = np.dtype(np.int64)
REAL: Final = np.dtype(np.float64)

AXIS: Final = fields("low", "high", "origin", "until", "first", "last", "entry")
NODE: Final = fields("begin", "stop", "next", "prev", "track", "start", "end", "setup")
SIDE: Final = fields("ready", "taken", "leader", "load", "person", "family")
TRACK: Final = fields("calendar", "origin", "bucket", "last_bucket", "single", "size", "grain")
ENTRY: Final = fields("kind", "node")
STEP: Final = fields(
    *(
        "job",
        "unit",
        "run",
        "setup",
        "family",
        "release",
        "fixed",
        "plain",
        "tail",
        "last",
        "unattended",
        "pauses",
    ),
    *("first_before", "last_before", "first_after", "last_after", "first_choice", "last_choice"),
    *("first_take", "last_take", "home", "home_start"),
)
CHOICE: Final = fields("machine", "run")
SUPPLY: Final = fields("material", "quantity", "lead")
WORK: Final = fields("due", real=("weight",))

TABLES: Final = (
    "spans",
    "axes",
    "by_time",
    "by_work",
    "nodes",
    "sides",
    "tracks",
    "buckets",
    "journal",
    "old_nodes",
    "old_sides",
    "steps",
    "choices",
    "before",
    "lag_before",
    "after",
    "lag_after",
    "supplies",
    "stock",
    "users",
    "user_ptr",
    "changeover",
    "works",
    "unit_ptr",
    "unit_steps",
    "cost",
    "late",
    "place",
    "touched",
    "mark",
    "begun",
    "ended",
    "scratch",
)
FLOOR: Final = fields(
    *TABLES,
    *(
        "base",
        "units",
        "families",
        "setups",
        "length",
        "late_count",
        "touched_count",
        "turn",
        "random",
        "margin",
        "early",
    ),
    real=("fee", "cap", "beyond", "flow", "late_share", "backward", "home_share", "price"),
)
"""Addresses of the tables; `base` is the number of operations, `length` that of the journal's entries."""


spans_of = reader("spans", WINDOW)
"""The windows of all calendars."""
axes_of = reader("axes", AXIS)
"""A row per calendar."""
by_time_of = reader("by_time", INT)
"""Windows by moment."""
by_work_of = reader("by_work", INT)
"""Windows by working minute."""
nodes_of = reader("nodes", NODE)
"""What stands where: operations, heads and tails of tracks, other needs."""
sides_of = reader("sides", SIDE)
"""More about each node."""
tracks_of = reader("tracks", TRACK)
"""A row per machine."""
buckets_of = reader("buckets", INT)
"""The first node that begins in each stretch of time."""
journal_of = reader("journal", ENTRY)
"""What was done to which node."""
old_nodes_of = reader("old_nodes", NODE)
"""How the nodes of the journal looked before."""
old_sides_of = reader("old_sides", SIDE)
"""The same of their sides."""
steps_of = reader("steps", STEP)
"""A row per operation."""
choices_of = reader("choices", CHOICE)
"""Machines that may do an operation."""
before_of = reader("before", INT)
"""Predecessors."""
lag_before_of = reader("lag_before", INT)
"""Minutes behind each predecessor."""
after_of = reader("after", INT)
"""Successors."""
lag_after_of = reader("lag_after", INT)
"""Minutes ahead of each successor."""
supplies_of = reader("supplies", SUPPLY)
"""Materials that operations take."""
stock_of = reader("stock", INT)
"""What the plan leaves of each material."""
users_of = reader("users", INT)
"""Operations by material that they take."""
user_ptr_of = reader("user_ptr", INT)
"""Where the users of each material begin."""
changeover_of = reader("changeover", INT)
"""Set-up minutes from family to family, row by row."""
works_of = reader("works", WORK)
"""A row per job."""
unit_ptr_of = reader("unit_ptr", INT)
"""Where the operations of each unit begin."""
unit_steps_of = reader("unit_steps", INT)
"""Operations by unit, predecessors first."""
cost_of = reader("cost", REAL)
"""What each unit costs."""
late_of = reader("late", INT)
"""The late units."""
place_of = reader("place", INT)
"""Where each unit stands among them, or -1."""
touched_of = reader("touched", INT)
"""Units this turn changes."""
mark_of = reader("mark", INT)
"""The turn that touched each unit last."""
begun_of = reader("begun", INT)
"""Scratch: begin of each job."""
ended_of = reader("ended", INT)
"""Scratch: end of each job, NEVER in between."""
scratch_of = reader("scratch", INT)
"""Scratch pad."""

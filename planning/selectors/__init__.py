"""Reads of the planning stage."""

from planning.selectors.board import (
    CrewLoad,
    Listed,
    Placeless,
    Sheet,
    Window,
    crew_loads,
    listed,
    load_sheet,
    placeless,
    read_window,
    spelled_out,
)
from planning.selectors.board.load import CentreLoad, load_per_centre
from planning.selectors.board.looks import MovedOperation, Moves, moved_since_look
from planning.selectors.board.moves import MOVED, packed, unpacked
from planning.selectors.changes import Names, read_changes, words_of, write_changes
from planning.selectors.decisions.decisions import answer_of, cause_groups, decisions, measured, worth_by_kind
from planning.selectors.dispatch.calendar_file import calendar_file, calendar_token, read_calendar_token
from planning.selectors.dispatch.dispatch import (
    Bench,
    Turn,
    dispatch_list,
    dispatching,
    kept_back,
    unreleased,
    wall_version,
)
from planning.selectors.dispatch.schedule import OrderSchedule, ScheduledOperation, order_schedule
from planning.selectors.editions import Edition, plan_state
from planning.selectors.effects.effects import Effect, JobEffect, compared, effect_of
from planning.selectors.effects.forecasts import forecast_minutes
from planning.selectors.effects.worth import figures_of
from planning.selectors.home.home import Home, planner_home
from planning.selectors.home.on_time import on_time_list
from planning.selectors.moments import minute_of, moment_of, next_minute
from planning.selectors.order_book.book import Held, held_slots, new_links, new_rows
from planning.selectors.order_book.known import known_book
from planning.selectors.order_book.ledger import Ledger, altered, busy_now, load_ledger
from planning.selectors.order_book.operations import (
    Reached,
    first_operations_supplied,
    followers,
    open_operations,
    reached_among,
    reached_operations,
    step_of,
)
from planning.selectors.order_book.problem import problem_of
from planning.selectors.order_book.routing import Row, operations_of, unknown_needs
from planning.selectors.promises.promise_panel import Panel, promise_panel
from planning.selectors.shop.overview import ShopOverview, shop_overview
from planning.selectors.shop.people import SkillBook
from planning.selectors.shop.resources import Resources, load_resources
from planning.selectors.what_if.branches import (
    BranchPage,
    Comparison,
    branch_page,
    compare_branches,
    moves_after,
    newest_edition,
)
from planning.selectors.what_if.hypothetical import Obstacle, obstacles_of
from planning.selectors.what_if.packing import PLACE, pack_places, unpack_places
from planning.selectors.why.hurts import HurtJob, hurt_by_downtime, hurt_by_item, hurt_by_rework
from planning.selectors.why.why import Stretch, Why, why_jobs

__all__ = [
    "MOVED",
    "PLACE",
    "Bench",
    "BranchPage",
    "CentreLoad",
    "Comparison",
    "CrewLoad",
    "Edition",
    "Effect",
    "Held",
    "Home",
    "HurtJob",
    "JobEffect",
    "Ledger",
    "Listed",
    "MovedOperation",
    "Moves",
    "Names",
    "Obstacle",
    "OrderSchedule",
    "Panel",
    "Placeless",
    "Reached",
    "Resources",
    "Row",
    "ScheduledOperation",
    "Sheet",
    "ShopOverview",
    "SkillBook",
    "Stretch",
    "Turn",
    "Why",
    "Window",
    "altered",
    "answer_of",
    "branch_page",
    "busy_now",
    "calendar_file",
    "calendar_token",
    "cause_groups",
    "compare_branches",
    "compared",
    "crew_loads",
    "decisions",
    "deliveries",
    "dispatch_list",
    "dispatching",
    "effect_of",
    "figures_of",
    "first_operations_supplied",
    "followers",
    "forecast_minutes",
    "held_slots",
    "hurt_by_downtime",
    "hurt_by_item",
    "hurt_by_rework",
    "kept_back",
    "known_book",
    "listed",
    "load_ledger",
    "load_per_centre",
    "load_resources",
    "load_sheet",
    "measured",
    "minute_of",
    "moment_of",
    "moved_since_look",
    "moves_after",
    "new_links",
    "new_rows",
    "newest_edition",
    "next_minute",
    "obstacles_of",
    "on_time_list",
    "open_operations",
    "operations_of",
    "order_schedule",
    "pack_places",
    "packed",
    "placeless",
    "plan_state",
    "planner_home",
    "problem_of",
    "promise_panel",
    "reached_among",
    "reached_operations",
    "read_calendar_token",
    "read_changes",
    "read_window",
    "shop_overview",
    "spelled_out",
    "step_of",
    "unknown_needs",
    "unpack_places",
    "unpacked",
    "unreleased",
    "wall_version",
    "why_jobs",
    "words_of",
    "worth_by_kind",
    "write_changes",
]

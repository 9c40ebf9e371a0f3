"""Reads of the planner's board and of its list."""

from planning.selectors.board.columns import spelled_out
from planning.selectors.board.listed import CrewLoad, Listed, Placeless, crew_loads, listed, placeless
from planning.selectors.board.sheet import Sheet, load_sheet
from planning.selectors.board.window import Window, read_window

__all__ = [
    "CrewLoad",
    "Listed",
    "Placeless",
    "Sheet",
    "Window",
    "crew_loads",
    "listed",
    "load_sheet",
    "placeless",
    "read_window",
    "spelled_out",
]

"""Priorities, dates and calendars as a workbook that goes out and comes back."""

from planning.selectors.sheets.columns import Fault
from planning.selectors.sheets.comparing import Compared, compare
from planning.selectors.sheets.reading import read_workbook
from planning.selectors.sheets.standing import standing_of_changes
from planning.selectors.sheets.writing import write_workbook

__all__ = ["Compared", "Fault", "compare", "read_workbook", "standing_of_changes", "write_workbook"]

"""Input of the planner's pages."""

from planning.forms.calendars import CalendarEntry
from planning.forms.dispatching import DispatchForm
from planning.forms.equipment import CentreEntry, ToolEntry
from planning.forms.files import FileForm
from planning.forms.holiday_file import read_holidays
from planning.forms.moves import MoveForm
from planning.forms.people import MatrixForm
from planning.forms.spans import AbsenceForm, HoursForm

__all__ = [
    "AbsenceForm",
    "CalendarEntry",
    "CentreEntry",
    "DispatchForm",
    "FileForm",
    "HoursForm",
    "MatrixForm",
    "MoveForm",
    "ToolEntry",
    "read_holidays",
]

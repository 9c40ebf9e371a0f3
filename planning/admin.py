"""Resources as master data: a change asks for a new plan."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from planning.forms import CalendarForm, ShiftForm
from planning.models import Calendar, CalendarException, Machine, Shift, WorkCentre
from planning.services import request_replan


class Planned(admin.ModelAdmin[Any]):
    """Saving or deleting asks for a replan."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """All of it is saved now."""
        super().save_related(request, form, formsets, change)
        request_replan(reason=f"{form.instance} was changed by {request.user}")

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """One object goes."""
        super().delete_model(request, obj)
        request_replan(reason=f"{obj} was deleted by {request.user}")

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Several objects go."""
        super().delete_queryset(request, queryset)
        request_replan(reason=f"Resources were deleted by {request.user}")


class ShiftInline(admin.StackedInline[Shift, Calendar]):
    """The shifts of a calendar."""

    model = Shift
    form = ShiftForm
    extra = 0


class ExceptionInline(admin.TabularInline[CalendarException, Calendar]):
    """Its holidays and extra shifts."""

    model = CalendarException
    extra = 0


class MachineInline(admin.TabularInline[Machine, WorkCentre]):
    """The machines of a work centre."""

    model = Machine
    extra = 0


@admin.register(Calendar)
class CalendarAdmin(Planned):
    """Calendars with shifts and exceptions."""

    form = CalendarForm
    list_display = ("code", "name", "timezone", "country", "subdivision")
    inlines = (ShiftInline, ExceptionInline)


@admin.register(WorkCentre)
class WorkCentreAdmin(Planned):
    """Work centres with their machines."""

    list_display = ("code", "name", "calendar", "position")
    list_select_related = ("calendar",)
    search_fields = ("code", "name")
    filter_horizontal = ("processes",)
    inlines = (MachineInline,)


@admin.register(Machine)
class MachineAdmin(Planned):
    """Machines, to take one out of service."""

    list_display = ("code", "name", "work_centre", "active")
    list_filter = ("active", "work_centre")
    list_select_related = ("work_centre",)
    search_fields = ("code", "name")

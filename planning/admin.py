"""Resources as master data: a change asks for a new plan."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from planning.forms import CalendarForm, ShiftForm
from planning.models import (
    Absence,
    Calendar,
    CalendarException,
    Changeover,
    Crew,
    Machine,
    Operation,
    Shift,
    Skill,
    Tool,
    WorkCentre,
)
from planning.services import request_replan, share_machines


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


class Shared(Planned):
    """Saving or deleting may change which operations are at once on a machine."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """All of it is saved now."""
        super().save_related(request, form, formsets, change)
        share_machines()


class ShiftInline(admin.StackedInline[Shift, Calendar]):
    """The shifts of a calendar."""

    model = Shift
    form = ShiftForm
    extra = 0


class ExceptionInline(admin.TabularInline[CalendarException, Calendar]):
    """Its holidays and extra shifts."""

    model = CalendarException
    extra = 0


class AbsenceInline(admin.TabularInline[Absence, Crew]):
    """When people of a crew are away."""

    model = Absence
    extra = 0
    fields = ("people", "starts", "ends", "note", "at")


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
class WorkCentreAdmin(Shared):
    """Work centres with their machines."""

    list_display = ("code", "name", "calendar", "position", "unlimited")
    list_select_related = ("calendar",)
    search_fields = ("code", "name")
    filter_horizontal = ("processes",)
    inlines = (MachineInline,)


@admin.register(Machine)
class MachineAdmin(Shared):
    """Machines, to take one out of service, and how fast and large they are."""

    list_display = ("code", "name", "work_centre", "active", "speed", "places")
    list_filter = ("active", "work_centre")
    list_select_related = ("work_centre",)
    search_fields = ("code", "name")


@admin.register(Skill)
class SkillAdmin(Planned):
    """Skills by the code that steps of routings name."""

    list_display = ("code", "name")
    search_fields = ("code", "name")


@admin.register(Crew)
class CrewAdmin(Planned):
    """Crews with what they can do and who is away."""

    list_display = ("code", "name", "calendar", "size")
    list_select_related = ("calendar",)
    search_fields = ("code", "name")
    filter_horizontal = ("skills",)
    inlines = (AbsenceInline,)


@admin.register(Tool)
class ToolAdmin(Planned):
    """Tools and how many equal ones there are."""

    list_display = ("code", "name", "quantity")
    search_fields = ("code", "name")


@admin.register(Changeover)
class ChangeoverAdmin(Planned):
    """Set-up minutes from one family to another."""

    list_display = ("before", "after", "minutes")
    search_fields = ("before", "after")


@admin.register(Operation)
class OperationAdmin(Planned):
    """What planners decide about one operation; everything else about it is written by the stages."""

    list_display = ("id", "line", "sequence", "name", "status", "pinned")
    list_filter = ("status", "pinned")
    list_select_related = ("line__order", "line__product")
    ordering = ("-id",)
    show_full_result_count = False
    fields = ("pinned", "not_before", "transfer", "pauses")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Operations come from snapshots."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """They are cancelled with their job."""
        return False

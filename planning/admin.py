"""What administrators decide: a change asks for a new plan. Resources have pages of their own."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from planning.models import Changeover, Operation
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

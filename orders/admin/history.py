"""Orders and everything that happened to them."""

from django.contrib import admin

from orders.admin.readonly import ReadOnlyAdmin, ReadOnlyInline
from orders.models import (
    DateChange,
    Document,
    Handover,
    Heartbeat,
    Milestone,
    Move,
    Order,
    OrderLine,
    Snapshot,
    SubmissionOnce,
    WorkItem,
)


class OrderLineInline(ReadOnlyInline):
    """The jobs of an order."""

    model = OrderLine
    fields = ("position", "product", "quantity", "unit_price", "state", "promised_at", "forecast_at")


class HandoverInline(ReadOnlyInline):
    """What a move handed over."""

    model = Handover
    fields = ("task", "created_at", "started_at", "done_at", "parked_at", "attempts", "worker", "last_error")


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """Orders as stored."""

    list_display = ("quotation_number", "number", "customer", "state", "confirmed_at")
    list_filter = ("state", "source")
    list_select_related = ("customer",)
    search_fields = ("number", "quotation_number", "customer_po")
    inlines = (OrderLineInline,)


@admin.register(OrderLine)
class OrderLineAdmin(ReadOnlyAdmin):
    """Jobs as stored."""

    list_display = ("order", "position", "product", "quantity", "state", "promised_at", "forecast_at")
    list_filter = ("state",)
    list_select_related = ("order", "product")
    search_fields = ("order__number", "order__quotation_number")


@admin.register(Move)
class MoveAdmin(ReadOnlyAdmin):
    """Moves; PostgreSQL refuses to change them too."""

    list_display = ("at", "line", "event", "source", "target", "by", "worker", "reason")
    list_filter = ("event",)
    list_select_related = ("line__order", "by")
    search_fields = ("line__order__number", "key")
    inlines = (HandoverInline,)


@admin.register(Handover)
class HandoverAdmin(ReadOnlyAdmin):
    """What the stages owed and did."""

    list_display = ("task", "line", "created_at", "done_at", "parked_at", "attempts", "worker")
    list_filter = ("task",)
    list_select_related = ("line__order",)
    search_fields = ("line__order__number",)


@admin.register(WorkItem)
class WorkItemAdmin(ReadOnlyAdmin):
    """Work lists."""

    list_display = ("role", "reason", "due_at", "opened_at", "done_at", "done_by")
    list_filter = ("role",)
    list_select_related = ("done_by",)
    search_fields = ("key", "reason")


@admin.register(DateChange)
class DateChangeAdmin(ReadOnlyAdmin):
    """Every promise and forecast there was."""

    list_display = ("at", "line", "kind", "previous", "value", "reason", "by")
    list_filter = ("kind",)
    list_select_related = ("line__order", "by")


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """What was released, frozen."""

    list_display = ("line", "product_revision", "sha256", "created_at")
    list_select_related = ("line__order",)


@admin.register(Milestone, Document, Heartbeat, SubmissionOnce)
class PlainAdmin(ReadOnlyAdmin):
    """The rest, to look at."""

"""Sample data for the style guide: every component in the states it can be in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

from kernel.machine import State
from kernel.marks import WORDS, Step, progress

STAGES = (
    State("planning", "Planning", "", "calendar", "info", 1),
    State("procurement", "Procurement", "", "shopping-cart", "info", 2),
    State("production", "Production", "", "tool", "active", 3),
    State("quality", "Quality", "", "clipboard-check", "active", 4),
    State("logistics", "Logistics", "", "package", "active", 5),
    State("in_transit", "In transit", "", "truck", "active", 6),
)
DELIVERED = State("delivered", "Delivered", "", "circle-check", "good", 7, final=True)
CANCELLED = State("cancelled", "Cancelled", "", "ban", "bad", 8, final=True)
PEOPLE = ("Mara Lindt", "Jonas Okafor", "Planning")
CUSTOMERS = ("Alpenlicht Optik GmbH", "Fjord Subsea AS", "Vega Rail", "Kestrel Aero Ltd", "Brandt & Sohn")


@dataclass(frozen=True)
class SampleLine:
    """What the tags read of an order line."""

    number: str
    customer: str
    state_info: State
    rail: tuple[Step, ...]
    total: Decimal
    requested_date: date
    promised_at: datetime
    forecast_at: datetime
    delivered_at: datetime | None = None


@dataclass(frozen=True)
class SampleMove:
    """What the timeline reads of a move."""

    at: datetime
    target_info: State
    by: str
    reason: str = ""


class SampleForm(forms.Form):
    """One field of every kind."""

    customer_po = forms.CharField(
        label="Customer PO number", max_length=40, help_text="As it stands on their order."
    )
    quantity = forms.IntegerField(min_value=1)
    requested = forms.DateField(
        label="Requested date", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    incoterm = forms.ChoiceField(choices=[("DAP", "DAP Delivered at place"), ("EXW", "EXW Ex works")])
    policy = forms.ChoiceField(
        label="Ship policy",
        choices=[("complete", "Ship complete"), ("as_ready", "Ship as ready")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)
    urgent = forms.BooleanField(label="Tell me about every change of date", required=False)


def samples(query: Mapping[str, str]) -> dict[str, Any]:
    """The context of the style guide, as of now."""
    now = timezone.now()
    lines = [_line(index, now) for index in range(24)]
    wanted = [line for line in lines if query.get("state", "") in ("", line.state_info.code)]
    wanted.sort(key=lambda line: line.total, reverse=query.get("sort") == "-total")
    number = query.get("page", "1")
    return {
        "lines": Paginator(wanted, 8).get_page(number),
        "line": lines[2],
        "moves": _moves(now),
        "rails": [
            progress(STAGES, STAGES[2]),
            progress(STAGES, STAGES[1], blocked=True),
            progress(STAGES, DELIVERED),
        ],
        "dropped": progress(STAGES, CANCELLED, stopped=("cancelled",)),
        "words": sorted(WORDS),
        "state_options": [(stage.code, stage.label, 4) for stage in STAGES],
        "form": SampleForm(initial={"quantity": 2, "policy": "complete"}),
        "bad_form": SampleForm(
            {"quantity": "0", "policy": "complete", "incoterm": "DAP"}, prefix=None, auto_id="bad_%s"
        ),
        "now": now,
        "soon": now + timedelta(days=11),
        "past": now - timedelta(days=3),
        "swatches": ("neutral", "info", "active", "good", "warn", "bad"),
    }


def _line(index: int, now: datetime) -> SampleLine:
    stage = STAGES[index % len(STAGES)]
    promised = now + timedelta(days=4 + index)
    return SampleLine(
        number=f"SO-2026-{117 + index:05d}",
        customer=CUSTOMERS[index % len(CUSTOMERS)],
        state_info=stage,
        rail=progress(STAGES, stage, blocked=index % 7 == 3),
        total=Decimal(1240 + 7919 * index % 48000) + Decimal("0.50"),
        requested_date=(promised - timedelta(days=2)).date(),
        promised_at=promised,
        forecast_at=promised + timedelta(days=3 if index % 4 == 2 else 0),
    )


def _moves(now: datetime) -> list[SampleMove]:
    return [
        SampleMove(now - timedelta(days=2, hours=4), STAGES[0], PEOPLE[0], "Customer PO 4500-118 arrived"),
        SampleMove(now - timedelta(days=2, hours=3), STAGES[1], PEOPLE[2]),
        SampleMove(now - timedelta(hours=5), STAGES[2], PEOPLE[2], "All first materials in stock"),
        SampleMove(now - timedelta(minutes=12), STAGES[3], PEOPLE[1]),
    ]

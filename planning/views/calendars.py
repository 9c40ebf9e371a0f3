"""Calendars: the list, the editor, a new one, holidays from a file."""

from collections.abc import Sequence
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel import clock
from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import (
    add_refusal,
    no_change,
    redirect_or_htmx,
    render_page,
    status_of,
)
from orders.models import User
from planning import services
from planning.forms import CalendarEntry, FileForm, read_holidays
from planning.models import Calendar
from planning.selectors.changes import Remove, hours_of
from planning.selectors.shop.calendars import calendar_cards, card_of
from planning.selectors.shop.hours import WeekShift, definition_of, week_minutes, week_picture, with_days
from planning.views.entering import PLANNERS, act, answer, entered

HOLIDAYS = ".ics,.csv,text/calendar,text/csv"


@allow(*PLANNERS)
@require_GET
def calendars(request: HttpRequest) -> HttpResponse:
    """All calendars with their week, who works by them, what differs next."""
    cards = calendar_cards(timezone.localdate(clock.now()))
    return render_page(request, "planning/calendars.html", {"cards": cards})


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """One calendar: its week as a picture and as a form."""
    today = timezone.localdate(clock.now())
    found = get_object_or_404(Calendar.objects.prefetch_related("work_centres", "crews"), id=calendar_id)
    card = card_of(found, today)
    entry = CalendarEntry(request.POST or None, number=found.id, stored=card.definition, today=today)
    context = {"card": card, "upload": FileForm(accept=HOLIDAYS)}
    return _edited(request, entry, context)


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def new_calendar(request: HttpRequest) -> HttpResponse:
    """A new calendar, empty or like another one."""
    like = request.GET.get("copy", "")
    source = Calendar.objects.filter(code=like).first() if like else None
    stored = definition_of(source) if source else None
    today = timezone.localdate(clock.now())
    entry = CalendarEntry(request.POST or None, number=0, stored=stored, today=today)
    return _edited(request, entry, {"source": source, "next": reverse("planning:calendars")})


def _edited(request: HttpRequest, entry: CalendarEntry, context: dict[str, Any]) -> HttpResponse:
    if "draw" in request.POST:
        return _redrawn(request, entry)
    told = entered(request, entry) if request.method == "POST" else None
    return answer(request, entry, told, "planning/calendar.html", {**context, **_week(entry.drawn())})


def _redrawn(request: HttpRequest, entry: CalendarEntry) -> HttpResponse:
    """The picture while somebody edits; it stays as it is while a shift makes no sense."""
    shifts = entry.drawn()
    if shifts is None:
        return no_change()
    return render_page(request, "planning/calendar.html", _week(shifts), partial="week")


def _week(shifts: Sequence[WeekShift] | None) -> dict[str, Any]:
    """The picture of a week and its hours; none where there is no shift."""
    if not shifts:
        return {"hours": "0"}
    return {"week": week_picture(shifts), "hours": f"{week_minutes(shifts) / 60:g}"}


@allow(*PLANNERS)
@require_POST
def remove_calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """It goes where nothing uses it."""
    found = get_object_or_404(Calendar, id=calendar_id)
    return act(request, Remove("calendar", found.code), reverse("planning:calendars"))


@allow(*PLANNERS)
@require_POST
def upload_holidays(request: HttpRequest, calendar_id: int) -> HttpResponse:
    """Read a holiday file and show what it would change; nothing is changed yet."""
    found = get_object_or_404(Calendar, id=calendar_id)
    today = timezone.localdate(clock.now())
    form = FileForm(request.POST, request.FILES, accept=HOLIDAYS)
    if form.is_valid():
        try:
            url = _kept(request, form, found)
            return redirect_or_htmx(request, url)
        except Refused as refusal:
            add_refusal(form, refusal)
    card = card_of(found, today)
    entry = CalendarEntry(None, number=found.id, stored=card.definition, today=today)
    context = {"card": card, "upload": form, "entry": entry}
    context |= _week(card.definition.shifts)
    return render_page(request, "planning/calendar.html", context, status=status_of(form))


def _kept(request: HttpRequest, form: FileForm, found: Calendar) -> str:
    """The address at which the days of the file are shown. Refused where there is nothing new in it."""
    file, own = form.cleaned_data["file"], definition_of(found)
    wanted = with_days(own, read_holidays(file.read(), timezone.localdate(clock.now())))
    if wanted == own:
        told = f"All of its days are free in {found} already."
        raise Refused(told, field="file", remedy="There is nothing to import.")
    kept = services.keep_upload(
        name=file.name, changes=[hours_of(found.id, wanted)], by=cast(User, request.user)
    )
    return reverse("planning:upload", args=[kept.id])

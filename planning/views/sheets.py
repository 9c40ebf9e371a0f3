"""Spreadsheets: download, upload, look at what would change, import exactly that."""

from dataclasses import asdict
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from kernel import clock
from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import INVALID, add_refusal, redirect_or_htmx, render_page, status_of
from orders.models import User
from planning import services
from planning.forms import FileForm
from planning.models import Upload
from planning.selectors import effect_of, known_book, read_changes, words_of
from planning.selectors.sheets import Fault, compare, read_workbook, write_workbook
from planning.views.entering import PLANNERS, say_done

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 500


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def sheets(request: HttpRequest) -> HttpResponse:
    """Download a workbook; upload it to see what it would change."""
    form = FileForm(request.POST or None, request.FILES or None, accept=f".xlsx,{WORKBOOK}")
    if request.method == "POST" and form.is_valid():
        try:
            return redirect_or_htmx(request, _checked(request, form))
        except Refused as refusal:
            add_refusal(form, refusal)
    context = {"form": form, "uploads": Upload.objects.select_related("by", "edit")[:20]}
    return render_page(request, "planning/sheets.html", context, status=status_of(form))


def _checked(request: HttpRequest, form: FileForm) -> str:
    """The address at which its changes and faults are shown. Refused where there are neither."""
    file, now = form.cleaned_data["file"], clock.now()
    found = compare(read_workbook(file.read()), now)
    if not found.changes and not found.faults:
        remedy = "Change cells under yellow headings, save, and upload it again."
        raise Refused("Nothing in this file differs from what stands.", field="file", remedy=remedy)
    faults = [asdict(fault) for fault in found.faults[:SHOWN]]
    kept = services.keep_upload(
        name=file.name, changes=found.changes, faults=faults, by=cast(User, request.user), now=now
    )
    return reverse("planning:upload", args=[kept.id])


@allow(*PLANNERS)
@require_GET
def workbook(request: HttpRequest) -> HttpResponse:
    """Jobs, calendars and exceptions as they stand."""
    now = clock.now()
    answer = HttpResponse(write_workbook(now, str(request.user)), content_type=WORKBOOK)
    name = f"planning-{timezone.localtime(now):%Y-%m-%d-%H%M}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@allow(*PLANNERS)
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, upload_id: int) -> HttpResponse:
    """What a file would change and who becomes late by it; with a button that does exactly this."""
    found = get_object_or_404(Upload.objects.select_related("by", "edit__undone_by"), id=upload_id)
    status = 200
    if request.method == "POST":
        try:
            say_done(request, services.import_upload(upload=found, by=cast(User, request.user)))
            return redirect_or_htmx(request, request.path)
        except Refused as refusal:
            messages.error(request, str(refusal))
            status = INVALID
    return render_page(request, "planning/upload.html", _told(found), status=status)


def _told(found: Upload) -> dict[str, Any]:
    """Its changes in words, its faults, and the effect while it is not imported."""
    context: dict[str, Any] = {"upload": found, "count": len(found.changes)}
    context["faults"] = [Fault(**fault) for fault in found.faults]
    if found.edit:
        return context | {"words": found.edit.words.splitlines()[:SHOWN]}
    if not found.changes:
        return context
    try:
        now, changes = clock.now(), read_changes(found.changes)
        effect = effect_of(changes, now, known_book(now))
        return context | {"words": words_of(changes)[:SHOWN], "effect": effect}
    except Refused as refusal:
        return context | {"refusal": refusal}

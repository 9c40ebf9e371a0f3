"""Pages of the quality stage: what waits, the inspection sheet, NCRs, the order's quality matrix."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import INVALID, add_refusal, render_page
from orders.models import STAFF_ROLES, User
from orders.selectors import CappedPaginator
from quality import selectors, services
from quality.forms import DecideForm, UseAsIsForm, ValuesForm, row_of
from quality.models import Inspection, Nonconformance

PAGE = 50
INSPECTORS = ("inspector", "manager")


@require_GET
@allow(*INSPECTORS, "planner", "sales")
def home(request: HttpRequest) -> HttpResponse:
    """What an inspector does next: inspections waiting, then open NCRs, oldest promise first."""
    page = CappedPaginator(selectors.waiting(), PAGE).get_page(request.GET.get("page"))
    selectors.with_progress(list(page.object_list))
    ncrs = CappedPaginator(selectors.open_nonconformances(), 10).get_page(1)
    return render_page(request, "quality/home.html", {"page": page, "ncrs": ncrs}, partial="waiting")


@require_GET
@allow(*STAFF_ROLES)
def inspection_list(request: HttpRequest) -> HttpResponse:
    """All inspections."""
    status = _known(request.GET.get("status", ""), Inspection.Status.values)
    page = CappedPaginator(selectors.inspections(status=status), PAGE).get_page(request.GET.get("page"))
    selectors.with_progress(list(page.object_list))
    context = {"page": page, "statuses": Inspection.Status.choices}
    return render_page(request, "quality/inspections.html", context, partial="inspections")


@require_GET
@allow(*STAFF_ROLES)
def inspection(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet: what to measure, what was found, and what deciding will do."""
    return _show(request, _sheet(number))


@require_POST
@allow(*INSPECTORS)
def record_values(request: HttpRequest, number: str) -> HttpResponse:
    """Save the whole sheet, for a browser without scripts."""
    sheet = _sheet(number)
    form = ValuesForm(sheet.results, request.POST)
    if form.is_valid() and _try(form, lambda: _record(request, sheet, form)):
        return redirect("quality:inspection", number=number)
    return _show(request, _sheet(number), form)


@require_POST
@allow(*INSPECTORS)
def record_value(request: HttpRequest, number: str, row: int) -> HttpResponse:
    """Save one row as soon as it is entered; answers its verdict and the decision as they stand now."""
    sheet = _sheet(number)
    if sheet.row(row) is None:
        raise Http404("There is no such characteristic.")
    form = ValuesForm([result for result in sheet.results if result.number == row], request.POST)
    done = form.is_valid() and _try(form, lambda: _record(request, sheet, form))
    sheet = _sheet(number)
    errors = [str(error) for listed in form.errors.values() for error in listed]
    shown = [row_of(result, errors=errors) for result in sheet.results if result.number == row]
    context = {**_context(request, sheet), "row": next(iter(shown), None), "oob": True}
    return render(request, "quality/inspection.html#verdict", context, status=200 if done else INVALID)


@require_POST
@allow(*INSPECTORS)
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Release for delivery or send back for rework, as the results say."""
    form = DecideForm(request.POST)
    return _conclude(request, number, form, services.decide)


@require_POST
@allow(*INSPECTORS)
def use_as_is(request: HttpRequest, number: str) -> HttpResponse:
    """Release although a characteristic failed, with the reason."""
    form = UseAsIsForm(request.POST)
    return _conclude(request, number, form, services.use_as_is)


@require_GET
@allow(*STAFF_ROLES)
def nonconformance_list(request: HttpRequest) -> HttpResponse:
    """All NCRs, newest first."""
    status = _known(request.GET.get("status", ""), Nonconformance.Status.values)
    page = CappedPaginator(selectors.nonconformances(status=status), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "statuses": Nonconformance.Status.choices}
    return render_page(request, "quality/nonconformances.html", context, partial="nonconformances")


@require_GET
@allow(*STAFF_ROLES)
def nonconformance(request: HttpRequest, number: str) -> HttpResponse:
    """One NCR: what deviates, the disposition, and where it led."""
    found = selectors.nonconformance(number)
    if found is None:
        raise Http404("There is no such NCR.")
    results = [result for result in found.inspection.results.select_related("by") if not result.passed]
    later = Inspection.objects.filter(line=found.line_id, loop=found.inspection.loop + 1).first()
    context = {"ncr": found, "line": found.line, "results": results, "later": later}
    return render(request, "quality/nonconformance.html", context)


@require_GET
@allow(*STAFF_ROLES)
def order_panel(request: HttpRequest, reference: str) -> HttpResponse:
    """The quality matrix of an order: a part of the order page, or a page of its own."""
    matrices = selectors.matrices(reference)
    if matrices is None:
        raise Http404("There is no such order.")
    part = "#panel" if getattr(request, "htmx", None) else ""
    context = {"matrices": matrices, "reference": reference}
    return render(request, f"quality/order_panel.html{part}", context)


def _sheet(number: str) -> selectors.Sheet:
    sheet = selectors.sheet(number)
    if sheet is None:
        raise Http404("There is no such inspection.")
    return sheet


def _show(request: HttpRequest, sheet: selectors.Sheet, form: Form | None = None) -> HttpResponse:
    """The sheet; what was refused stands above it and at its row, what was entered stays."""
    rows = [row_of(result, form) for result in sheet.results]
    context = {**_context(request, sheet), "rows": rows, "form": form, "oob": False}
    return render(request, "quality/inspection.html", context, status=INVALID if form else 200)


def _context(request: HttpRequest, sheet: selectors.Sheet) -> dict[str, Any]:
    may_act = cast(User, request.user).has_role(*INSPECTORS)
    return {"sheet": sheet, "inspection": sheet.inspection, "line": sheet.inspection.line, "may_act": may_act}


def _record(request: HttpRequest, sheet: selectors.Sheet, form: ValuesForm) -> None:
    version = form.cleaned_data.get("version")
    by = cast(User, request.user)
    services.record(inspection=sheet.inspection, values=form.values(), by=by, version=version)


def _conclude(
    request: HttpRequest, number: str, form: DecideForm, act: Callable[..., Inspection]
) -> HttpResponse:
    sheet = _sheet(number)
    by = cast(User, request.user)
    if form.is_valid() and _try(form, lambda: act(inspection=sheet.inspection, by=by, **form.cleaned_data)):
        messages.success(request, _what_follows(_sheet(number)))
        return redirect("quality:home")
    return _show(request, _sheet(number), form)


def _try(form: Form, act: Callable[[], object]) -> bool:
    """Do it, or put on the form why not."""
    try:
        act()
    except Refused as refusal:
        add_refusal(form, refusal)
        return False
    return True


def _what_follows(sheet: selectors.Sheet) -> str:
    job = f"{sheet.inspection.line.order} {sheet.inspection.line}"
    if sheet.inspection.status == Inspection.Status.REJECTED and sheet.ncr:
        return f"{sheet.ncr} is open, {job} goes back for rework."
    return f"{sheet.inspection} is accepted, {job} is released for delivery."


def _known(value: str, values: list[str]) -> str:
    return value if value in values else ""

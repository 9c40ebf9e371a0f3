"""Files of a product model: the whole as YAML, features as UVL, BOM lines as CSV; out and in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import redirect_or_htmx, render_page, status_of
from orders.engine.authoring import TREE
from orders.forms.exchange import ImportForm
from orders.selectors import exported
from orders.selectors.drafts import revision_of
from orders.selectors.exporting import FORMATS
from orders.selectors.frame import route
from orders.services import import_model
from orders.views.people import person
from orders.views.products.page import AUTHORS, opened, page


@allow(*AUTHORS)
@require_GET
def export_model(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The newest revision, or the one asked for, as a file."""
    product, draft = opened(code)
    if form not in FORMATS:
        raise Http404(f"Models are not written as {form}.")
    revision = revision_of(product, request.GET.get("revision", "")) or draft.revision
    try:
        text = exported(revision, form)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect_or_htmx(request, route("orders:model-files", code))
    headers = {"Content-Disposition": f'attachment; filename="{product.code}-r{revision.number}.{form}"'}
    return HttpResponse(text, content_type=f"{FORMATS[form]}; charset=utf-8", headers=headers)


@allow(*AUTHORS)
@require_http_methods(("GET", "POST"))
def model_files(request: HttpRequest, code: str) -> HttpResponse:
    """Import into the draft; links to what can be exported."""
    product, draft = opened(code)
    form = ImportForm(request.POST or None, request.FILES or None, now=draft.revision.version)
    if request.method == "POST" and form.is_valid():
        try:
            import_model(code=code, by=person(request), **form.wanted())
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, f"{form.cleaned_data['file'].name} is imported.")
            return redirect_or_htmx(request, route("orders:model-rows", code, TREE))
    context = {**page(product, draft, "files"), "form": form}
    return render_page(request, "orders/model_files.html", context, status=status_of(form))

"""One row of a product model: changed, added, moved, removed; a stale page keeps what was typed."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from kernel.access import allow
from kernel.errors import Conflict, Refused
from kernel.htmx import redirect_or_htmx, render_page, status_of
from orders.engine import authoring
from orders.engine.authoring import BETWEEN, BOM, HEAD, NAMED_BY, TREE
from orders.forms.rows import RowForm
from orders.models import Product
from orders.selectors.drafts import Draft, row_document
from orders.selectors.frame import route
from orders.services import add_row, change_row, move_row, remove_row
from orders.views.products.page import AUTHORS, SECTIONS, known_kind, opened, or_404, page, row_url

GET_OR_POST = ("GET", "POST")
READ = ("features", "parameters", "derived", "bom", "routing")
"""Kinds whose rows others name."""


class Edit(NamedTuple):
    """A row being edited: its form, its key where it is stored, what a new feature hangs below."""

    form: RowForm
    key: str = ""
    known: bool = False
    below: str = ""


@allow(*AUTHORS)
@require_http_methods(GET_OR_POST)
def model_row(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Show one row, or store it as it was typed."""
    product, draft = opened(code)
    key = request.GET.get("key", "")
    row = _row(draft, known_kind(kind), key)
    form = RowForm(request.POST or None, kind=kind, row=row, version=draft.revision.version)
    if request.method == "POST" and form.is_valid():
        try:
            _, now = change_row(revision=draft.revision, kind=kind, key=key, **_typed(form))
        except Refused as refusal:
            form = _refused(form, refusal, draft, kind, row)
        else:
            messages.success(request, f"{_named(kind, now)} is saved.")
            return redirect_or_htmx(request, _after(product, kind, now))
    return _show(request, product, draft, kind, Edit(form, key, known=True))


@allow(*AUTHORS)
@require_http_methods(GET_OR_POST)
def model_add(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """An empty row, or store it."""
    product, draft = opened(code)
    below = request.GET.get("below", "") if known_kind(kind) == TREE else ""
    first = {NAMED_BY[kind]: _next_number(draft, kind)}
    form = RowForm(request.POST or None, kind=kind, row=first, version=draft.revision.version)
    if request.method == "POST" and form.is_valid():
        try:
            _, now = add_row(revision=draft.revision, kind=kind, below=below, **_typed(form))
        except Refused as refusal:
            form = _refused(form, refusal, draft, kind, {})
        else:
            messages.success(request, f"{_named(kind, now)} is added.")
            return redirect_or_htmx(request, _after(product, kind, now))
    return _show(request, product, draft, kind, Edit(form, below=below))


@allow(*AUTHORS)
@require_POST
def model_remove(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Take a row out."""
    product, draft = opened(code)
    key = request.POST.get("key", "")
    try:
        remove_row(revision=draft.revision, kind=known_kind(kind), key=key, version=_version(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect_or_htmx(request, row_url(product, kind, key))
    messages.success(request, f"{_named(kind, key)} is removed.")
    return redirect_or_htmx(request, _after(product, kind, key, gone=True))


@allow(*AUTHORS)
@require_POST
def model_move(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Move a row up or down, or hang a feature elsewhere."""
    product, draft = opened(code)
    key = request.POST.get("key", "")
    steps = {"up": -1, "down": 1}.get(request.POST.get("way", ""), 0)
    below = None if steps else request.POST.get("below", "").strip().strip(BETWEEN)
    version = _version(request)
    try:
        _, key = move_row(
            revision=draft.revision, kind=known_kind(kind), key=key, version=version, by=steps, below=below
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect_or_htmx(request, row_url(product, kind, key))
    messages.success(request, f"{_named(kind, key)} is moved.")
    return redirect_or_htmx(request, _after(product, kind, key))


def _row(draft: Draft, kind: str, key: str) -> dict[str, Any]:
    try:
        return row_document(draft, kind, key)
    except Refused as refusal:
        raise or_404(refusal) from None


def _typed(form: RowForm) -> dict[str, Any]:
    return {"document": form.document(), "version": form.cleaned_data["version"]}


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    if not text.isdecimal():
        raise Http404("No version is given.")
    return int(text)


def _refused(form: RowForm, refusal: Refused, draft: Draft, kind: str, row: dict[str, Any]) -> RowForm:
    """The form with what was typed; after somebody else's change it carries the version of now."""
    if isinstance(refusal, Conflict) and draft.revision.is_open:
        typed = {**dict(form.data.items()), "version": str(draft.revision.version)}
        form = RowForm(typed, kind=kind, row=row, version=draft.revision.version)
        form.is_valid()
        note = "Somebody else changed this draft meanwhile. Compare with what is stored now, then save again."
        form.add_error(None, note)
        form.stored = form.differences()
    else:
        form.refuse(refusal)
    return form


def _named(kind: str, key: str) -> str:
    words = f"{SECTIONS[kind].noun} {key}".strip()
    return words[:1].upper() + words[1:]


def _next_number(draft: Draft, kind: str) -> Any:
    """The number after the last, in tens where rows are numbered so."""
    if kind == BOM:
        last = draft.revision.bom_lines.order_by("-find_number").values_list("find_number", flat=True)
        return ((last.first() or 0) // 10 + 1) * 10
    if NAMED_BY[kind] not in ("number", "sequence") or kind == "documents":
        return ""
    last_one = max((int(row[NAMED_BY[kind]]) for row in draft.document.get(kind, ())), default=0)
    return (last_one // 10 + 1) * 10 if kind == "routing" else last_one + 1


def _after(product: Product, kind: str, key: str, gone: bool = False) -> str:
    """The list with the row marked; of a feature the level it stands on."""
    if kind == HEAD:
        return row_url(product, HEAD, "")
    words = {} if gone else {"here": key}
    if kind == TREE:
        words["below"] = key.rpartition(BETWEEN)[0]
    return f"{route('orders:model-rows', product.code, kind)}?{urlencode(words)}"


def _show(request: HttpRequest, product: Product, draft: Draft, kind: str, edit: Edit) -> HttpResponse:
    context = {
        **page(product, draft, kind),
        "kind": kind,
        "section": SECTIONS[kind],
        "form": edit.form,
        "key": edit.key,
        "remove_url": route("orders:model-remove", product.code, kind),
        "known": edit.known and kind != HEAD,
        "below": edit.below,
        "trail": authoring.trail(draft.document, edit.below or edit.key) if kind == TREE else (),
        "readers": edit.known and kind in READ,
    }
    return render_page(request, "orders/model_row.html", context, status=status_of(edit.form))

"""While a formula is typed: whether it is right, what may follow; and where a name is used."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from kernel.access import allow
from kernel.errors import Refused
from orders.engine import authoring
from orders.engine.authoring import BETWEEN, BOM, FORMULAS, Suggestion
from orders.models import Product
from orders.selectors import item_uses, process_uses
from orders.selectors.drafts import Draft, readers_of, row_document
from orders.selectors.parts import items_like, processes_like
from orders.views.products.page import AUTHORS, SECTIONS, known_kind, opened, or_404, row_url

LONGEST = 10_000
MOST = 200
Reader = tuple[str, str, str, str]
"""What a row is, its key, the field, and where it is changed."""


@allow(*AUTHORS)
@require_POST
def judge_formula(request: HttpRequest, code: str) -> HttpResponse:
    """Whether the formula is right, with line, column and the nearest valid name where it is not."""
    _, draft = opened(code)
    kind, field = known_kind(request.GET.get("kind", "")), request.GET.get("field", "")
    if field not in FORMULAS.get(kind, {}):
        return HttpResponse(status=204)
    try:
        scope = draft.scope_of(kind, request.GET.get("key", ""))
        judged = authoring.judge(scope, kind, field, request.POST.get(field, "")[:LONGEST])
    except Refused as refusal:
        judged = authoring.Judgement(False, refusal.message, hint=refusal.remedy)
    return render(request, "orders/model_row.html#judged", {"judged": judged})


@allow(*AUTHORS)
@require_GET
def complete(request: HttpRequest, code: str) -> HttpResponse:
    """What may stand at the caret: names, options, attributes, functions; or items and processes."""
    _, draft = opened(code)
    text = request.GET.get("text", "")[-400:]
    listed = {"items": items_like, "processes": processes_like}.get(request.GET.get("list", ""))
    if listed is not None:
        found = [Suggestion(word, meaning, len(text)) for word, meaning in listed(text.strip())]
    else:
        scope = draft.scope_of(request.GET.get("kind", ""), request.GET.get("key", ""))
        found = authoring.suggest(scope, draft.labels, text)
    return render(request, "orders/model_row.html#suggestions", {"suggestions": found})


@allow(*AUTHORS)
@require_GET
def used(request: HttpRequest, code: str) -> HttpResponse:
    """Every formula of the model that reads a name; of an item or process every row of any product."""
    product, draft = opened(code)
    kind, key = known_kind(request.GET.get("kind", "")), request.GET.get("key", "")
    if kind in (BOM, "routing"):
        name, rows = _elsewhere(draft, kind, key)
    else:
        name = key.rpartition(BETWEEN)[2]
        rows = [_used(product, *found) for found in readers_of(draft, name)]
    context = {"name": name, "rows": rows[:MOST], "count": len(rows)}
    return render(request, "orders/model_row.html#used", context)


def _elsewhere(draft: Draft, kind: str, key: str) -> tuple[str, list[Reader]]:
    """The item or process of a row, and all rows of all products in force or being written that use it."""
    try:
        row = row_document(draft, kind, key)
    except Refused as refusal:
        raise or_404(refusal) from None
    name = str(row["item"] if kind == BOM else row["process"])
    uses = item_uses(name) if kind == BOM else process_uses(name)
    return name, [
        _used(use.revision.product, use.kind, use.key, f"{use.revision}, {use.field}") for use in uses
    ]


def _used(product: Product, kind: str, key: str, field: str) -> Reader:
    return SECTIONS[kind].noun, key, field.replace("_", " "), row_url(product, kind, key)

"""Revisions of a model: two side by side, and what the newest changes for open quotations."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import render_page
from orders.engine.authoring import HEAD
from orders.engine.differing import Change, differences
from orders.models import Product, ProductRevision
from orders.selectors import migration_report, product_model
from orders.selectors.drafts import revision_of, revisions_of
from orders.views.people import person, sees_money
from orders.views.products.page import AUTHORS, SECTIONS, opened, page, row_url

SHOWN = 500


@allow(*AUTHORS)
@require_GET
def compare_models(request: HttpRequest, code: str) -> HttpResponse:
    """Two revisions row by row; without a choice the newest beside the one before it."""
    product, draft = opened(code)
    revisions = revisions_of(product)
    right = revision_of(product, request.GET.get("b", "")) or draft.revision
    left = revision_of(product, request.GET.get("a", "")) or _before(revisions, right)
    context: dict[str, Any] = {**page(product, draft, "history"), "revisions": revisions}
    context |= {"left": left, "right": right, "changes": None}
    if left is not None:
        try:
            found = differences(product_model(left), product_model(right))
        except Refused as refusal:
            context["trouble"] = str(refusal)
        else:
            context |= {"changes": [_row(product, change) for change in found[:SHOWN]], "count": len(found)}
    return render_page(request, "orders/model_history.html", context)


@allow(*AUTHORS)
@require_GET
def migration(request: HttpRequest, code: str) -> HttpResponse:
    """What the newest revision changes for each line of an open quotation."""
    product, draft = opened(code)
    context = {**page(product, draft, "migration"), "lines": [], "money": sees_money(person(request))}
    try:
        context["lines"] = migration_report(product, draft.revision)
    except Refused as refusal:
        context["trouble"] = str(refusal)
    return render_page(request, "orders/model_migration.html", context)


def _before(revisions: list[ProductRevision], right: ProductRevision) -> ProductRevision | None:
    return next((revision for revision in revisions if revision.number < right.number), None)


def _row(product: Product, change: Change) -> dict[str, Any]:
    there = change.standing in ("added", "changed")
    return {
        "change": change,
        "noun": SECTIONS[change.kind].noun,
        "url": row_url(product, change.kind, change.key) if there else "",
        "head": change.kind == HEAD,
    }

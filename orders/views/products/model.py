"""The model of a product: its tree level by level, its rows page by page, what is wrong with it."""

from dataclasses import MISSING, fields
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import redirect_or_htmx, render_page
from orders.engine import authoring
from orders.engine.authoring import CLASSES, HEAD, NAMED_BY, TREE
from orders.selectors.drafts import PAGE, Draft, rows_of
from orders.selectors.frame import route
from orders.services import draft_of
from orders.views.people import person
from orders.views.products.page import (
    AUTHORS,
    NAMES,
    SECTIONS,
    known_kind,
    opened,
    or_404,
    page,
    row_url,
    whole_number,
)


@allow(*AUTHORS)
@require_GET
def model(request: HttpRequest, code: str) -> HttpResponse:
    """The model begins with its features."""
    return HttpResponseRedirect(route("orders:model-rows", code, TREE))


@allow(*AUTHORS)
@require_POST
def begin_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Open a draft that begins as the revision in force."""
    product, _ = opened(code)
    draft = draft_of(product=product, by=person(request))
    messages.success(request, f"{draft} is open for changes.")
    return redirect_or_htmx(request, route("orders:model", code))


@allow(*AUTHORS)
@require_GET
def model_rows(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """One part of the model: the tree, or a list of rows."""
    product, draft = opened(code)
    if known_kind(kind) == HEAD:
        return HttpResponseRedirect(row_url(product, HEAD, ""))
    words = request.GET.get("q", "").strip()[:100]
    context = {**page(product, draft, kind), "kind": kind, "section": SECTIONS[kind], "words": words}
    parts = _tree(request, draft, words) if kind == TREE else _list(request, draft, kind, words)
    return render_page(request, "orders/model.html", {**context, **parts}, partial="rows")


@allow(*AUTHORS)
@require_GET
def model_level(request: HttpRequest, code: str) -> HttpResponse:
    """The features below one place, or the next page of them."""
    product, draft = opened(code)
    try:
        level = authoring.level(draft.document, request.GET.get("below", ""), whole_number(request, "first"))
    except Refused as refusal:
        raise or_404(refusal) from None
    return render(request, "orders/model.html#leaves", {"product": product, "level": level})


def _tree(request: HttpRequest, draft: Draft, words: str) -> dict[str, Any]:
    below = request.GET.get("below", "")
    if words:
        found, total = authoring.search(draft.document, words)
        return {"found": found, "total": total, "here": request.GET.get("here", "")}
    try:
        level = authoring.level(draft.document, below, whole_number(request, "first"))
        trail = authoring.trail(draft.document, below)
    except Refused as refusal:
        raise or_404(refusal) from None
    return {"level": level, "trail": trail, "below": below, "here": request.GET.get("here", "")}


def _list(request: HttpRequest, draft: Draft, kind: str, words: str) -> dict[str, Any]:
    first = whole_number(request, "first")
    rows, total = rows_of(draft, kind, words, first)
    after = first + len(rows)
    return {
        "rows": [_shown(kind, key, row) for key, row in rows],
        "total": total,
        "first": first + 1,
        "last": after,
        "further": after if after < total else 0,
        "before": max(first - PAGE, 0) if first else None,
        "here": request.GET.get("here", ""),
    }


def _shown(kind: str, key: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row as the list shows it, what is not said at its default."""
    usual = {spec.name: spec.default for spec in fields(CLASSES[kind]) if spec.default is not MISSING}
    return {
        "key": key,
        "code": row.get(NAMED_BY[kind], ""),
        "name": row.get(NAMES.get(kind, "label"), ""),
        "cells": [(column, row.get(column, usual.get(column, ""))) for column in SECTIONS[kind].columns],
    }

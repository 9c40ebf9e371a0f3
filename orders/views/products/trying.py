"""Try the draft beside the editor: the choices stay with the person while rows are changed."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods

from kernel.access import allow
from kernel.htmx import render_page
from orders.forms.quotation import quantity_in
from orders.selectors.drafts import Draft
from orders.selectors.trying import trial
from orders.views.products.page import AUTHORS, opened, page

CHOICE = "choice."
LISTED = "list."
MOST = 2_000


@allow(*AUTHORS)
@require_http_methods(("GET", "POST"))
def try_model(request: HttpRequest, code: str) -> HttpResponse:
    """Configure the newest revision; price, BOM and routing as soon as the choices fit."""
    product, draft = opened(code)
    kept = f"try:{code}"
    if request.method == "POST":
        request.session[kept] = _read(request.POST)
    tried = _tried(draft, request.session.get(kept, {}))
    context = {**page(product, draft, "try"), "tried": tried}
    return render_page(request, "orders/model_try.html", context, partial="try")


def _tried(draft: Draft, kept: dict[str, Any]) -> Any:
    choices, words = kept.get("choices", {}), kept.get("words", "")
    return trial(draft, choices, kept.get("quantity", 1), words, repaired=kept.get("repaired", False))


def _taken(data: QueryDict) -> dict[str, Any]:
    """All choices after a repair; empty where none was taken."""
    try:
        found = json.loads(data.get("take") or "{}")
    except (ValueError, RecursionError):
        return {}
    return dict(list(found.items())[:MOST]) if isinstance(found, dict) else {}


def _read(data: QueryDict) -> dict[str, Any]:
    """The choices as typed; lists are posted with an empty first value, so that none can be said."""
    if "reset" in data:
        return {}
    choices: dict[str, Any] = {}
    for name in list(data)[:MOST]:
        if name.startswith(CHOICE):
            choices[name.removeprefix(CHOICE)] = data[name]
        elif name.startswith(LISTED):
            choices[name.removeprefix(LISTED)] = [code for code in data.getlist(name) if code]
    taken = _taken(data)
    given = taken or {code: value for code, value in choices.items() if value != ""}
    return {
        "repaired": bool(taken),
        "choices": given,
        "quantity": quantity_in(data),
        "words": data.get("words", "")[:100],
    }

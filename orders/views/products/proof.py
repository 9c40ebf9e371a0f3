"""Publication of a model: asked for here, proved by a worker, its report with a link to each row."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import redirect_or_htmx, render_page
from orders.engine import authoring
from orders.models import Product, ProductRevision
from orders.selectors.drafts import Draft, formula_faults
from orders.selectors.frame import route
from orders.services import request_publication
from orders.views.people import person
from orders.views.products.page import AUTHORS, opened, page, row_url

NAMED = re.compile(r"Rule \d+|Budget \w+")
PROVING = ProductRevision.Status.PROVING


class Finding(NamedTuple):
    """One thing a proof says: the words of its row, where that is changed, and what is said of it."""

    row: str
    url: str
    words: str
    details: Sequence[Sequence[str]] = ()


class Findings(NamedTuple):
    """What a proof says of one kind; `tint` and `icon` of how grave it is."""

    title: str
    tint: str
    icon: str
    rows: list[Finding]


@allow(*AUTHORS)
@require_GET
def check_model(request: HttpRequest, code: str) -> HttpResponse:
    """What the last proof said; with `now` everything wrong in the formulas as they stand."""
    product, draft = opened(code)
    if request.htmx and draft.revision.status != PROVING:  # type: ignore[attr-defined]
        return redirect_or_htmx(request, route("orders:model-check", code))
    proof: Mapping[str, Any] = draft.revision.proof or {}
    faults = formula_faults(draft) if request.GET.get("now") == "1" else None
    context = {
        **page(product, draft, "check"),
        "proof": proof,
        "proving": draft.revision.status == PROVING,
        "findings": list(_findings(product, draft, proof)),
        "faults": None if faults is None else [_fault(product, draft, asdict(fault)) for fault in faults],
    }
    return render_page(request, "orders/model_check.html", context, partial="proof")


@allow(*AUTHORS)
@require_POST
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Have a worker prove the draft; it is in force as soon as nothing stands in the way."""
    product, _ = opened(code)
    version = request.POST.get("version", "")
    try:
        asked = int(version) if version.isdecimal() else None
        revision = request_publication(product=product, version=asked, by=person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{revision} is being proved.")
    return redirect_or_htmx(request, route("orders:model-check", code))


def _findings(product: Product, draft: Draft, proof: Mapping[str, Any]) -> Iterator[Findings]:
    """The parts of a report that say something, the gravest first."""

    def rows(name: str, words: str) -> list[Finding]:
        found = proof.get(name, ())
        return [_finding(product, draft, row["row"], words.format(**row)) for row in found]

    def options(name: str) -> list[Finding]:
        return [_option(product, draft, row) for row in proof.get(name, ())]

    faults = [_fault(product, draft, fault) for fault in proof.get("faults", ())]
    gaps = [Finding(gap["what"], "", gap["message"], gap["configuration"]) for gap in proof.get("gaps", ())]
    void = [
        row for fault in proof.get("void", ()) for row in _conflict(product, draft, fault["message"], fault)
    ]
    parts = (
        Findings("No configuration is possible: these rules contradict each other", "bad", "ban", void),
        Findings("Stands in the way of publication", "bad", "alert-circle", [] if void else faults),
        Findings("Gaps, each with a configuration that shows it", "bad", "alert-triangle", gaps),
        Findings("Can never be chosen", "warn", "alert-triangle", options("dead")),
        Findings("Called optional, yet always there", "warn", "alert-triangle", options("false_optional")),
        Findings("Never needed", "warn", "circle-minus", rows("never", "{condition} is never true")),
        Findings("Condition that is always true", "neutral", "info-circle", rows("always", "{condition}")),
        Findings("Checked at each choice, not proved", "neutral", "info-circle", rows("loose", "{why}")),
    )
    yield from (part for part in parts if part.rows)


def _conflict(product: Product, draft: Draft, message: str, fault: Mapping[str, Any]) -> Iterator[Finding]:
    """The fault, then each further rule that its message names."""
    yield _fault(product, draft, fault)
    for name in dict.fromkeys(NAMED.findall(message)):
        if name != fault["row"]:
            yield _finding(product, draft, name, "takes part in it")


def _fault(product: Product, draft: Draft, fault: Mapping[str, Any]) -> Finding:
    at = f"{fault['field'].replace('_', ' ')}, " if fault.get("field") else ""
    at += f"line {fault['line']}, column {fault['column']}: " if fault.get("line") else ""
    words = f"{at}{fault['message']} {fault.get('remedy', '')}".strip()
    return _finding(product, draft, fault["row"], words)


def _finding(product: Product, draft: Draft, row: str, words: str) -> Finding:
    place = authoring.place_of(draft.document, row)
    return Finding(row, row_url(product, place.kind, place.key) if place else "", words)


def _option(product: Product, draft: Draft, row: Mapping[str, Any]) -> Finding:
    option = row["option"] if row["option"] not in ("yes", "no", "given", "") else ""
    path = authoring.path_of(draft.document, row["code"], option)
    return Finding(row["label"], row_url(product, "features", path) if path else "", row["code"])

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


class Part(NamedTuple):
    """A part of a report: its name there, its title here, how grave it is, and what is said of a row."""

    name: str
    title: str
    tint: str
    icon: str
    words: str = ""


PARTS = (
    Part("void", "No configuration is possible: these rules contradict each other", "bad", "ban"),
    Part("faults", "Stands in the way of publication", "bad", "alert-circle"),
    Part("gaps", "Gaps, each with a configuration that shows it", "bad", "alert-triangle"),
    Part("dead", "Can never be chosen", "warn", "alert-triangle"),
    Part("false_optional", "Called optional, yet always there", "warn", "alert-triangle"),
    Part("never", "Never needed", "warn", "circle-minus", "{condition} is never true"),
    Part("always", "Condition that is always true", "neutral", "info-circle", "{condition}"),
    Part("loose", "Checked at each choice, not proved", "neutral", "info-circle", "{why}"),
)


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
    for part in PARTS:
        if part.name == "faults" and proof.get("void"):
            continue
        rows = [found for row in proof.get(part.name, ()) for found in _read(product, draft, part, row)]
        if rows:
            yield Findings(part.title, part.tint, part.icon, rows)


def _read(product: Product, draft: Draft, part: Part, row: Mapping[str, Any]) -> Iterator[Finding]:
    match part.name:
        case "void":
            yield from _conflict(product, draft, row["message"], row)
        case "faults":
            yield _fault(product, draft, row)
        case "gaps":
            yield Finding(row["what"], "", row["message"], row["configuration"])
        case "dead" | "false_optional":
            yield _option(product, draft, row)
        case _:
            yield _finding(product, draft, row["row"], part.words.format(**row))


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

"""The configurator's answers to a click, for sales and for customers."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from kernel.errors import Refused
from kernel.htmx import render_page
from orders.engine.deciding import Slot
from orders.forms.quotation import choices_in, quantity_in
from orders.models import Product
from orders.selectors import product_by_code
from orders.selectors.configurator import Click, completed, configurator, explained
from orders.selectors.configuring import Buyer

TEMPLATE = "orders/_configurator.html"
PARTS = {"configurator": "configurator", "groups": "found"}
"""What is drawn anew, by the element it takes the place of; else only what a click changed."""
AIMS = (("cheapest", "Cheapest"), ("fastest", "Fastest"), ("lightest", "Lightest"))


def click_in(data: QueryDict) -> Click:
    """What a post of the configurator says."""
    return Click(
        choices_in(data),
        quantity_in(data),
        data.get("was"),
        data.get("take", ""),
        frozenset(data.get("drawn", "").split()) if "drawn" in data else None,
        data.get("find", "")[:80],
        whole=bool({"act", "take", "complete"} & data.keys()),
    )


def posted_product(request: HttpRequest) -> Product:
    """The product of the page; 404 for one that is not there."""
    product = product_by_code(request.POST.get("product", ""))
    if product is None:
        raise Http404("There is no such product.")
    return product


def answer_click(
    request: HttpRequest, product: Product, buyer: Buyer | None, page: dict[str, Any]
) -> HttpResponse:
    """Why an option is blocked, or the choices completed or repaired, or what a click changed."""
    data = request.POST
    click, revision = click_in(data), revision_in(data, product)
    if "why" in data:
        return _why(request, product, click, revision, page)
    target = request.headers.get("HX-Target", "")
    part = PARTS.get(target, "summary")
    click, trouble = _completed(click, product, data.get("complete", ""), revision)
    click = replace(click, drawn=part != "summary")
    context = {"panel": configurator(product, click, revision, buyer), "aims": AIMS, "trouble": trouble}
    return render_page(request, f"{TEMPLATE}#{part}", {**page, **context})


def _completed(click: Click, product: Product, aim: str, revision: int | None) -> tuple[Click, str]:
    """The click with everything chosen by this aim; why not where the choices contradict each other."""
    if not aim:
        return click, ""
    try:
        return replace(click, choices=completed(product, click, aim, revision), take="", here=None), ""
    except Refused as refusal:
        return click, str(refusal)


def revision_in(data: QueryDict, product: Product) -> int | None:
    """The revision a stored line was made with; only one of this product counts."""
    text = data.get("revision", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return number if number and product.revisions.filter(pk=number).exists() else None


def _why(
    request: HttpRequest, product: Product, click: Click, revision: int | None, page: dict[str, Any]
) -> HttpResponse:
    code, _, option = request.POST["why"].partition("=")
    slot = Slot(code, "" if option == "none" else option)
    try:
        explanation, fixes = explained(product, click, slot, revision)
    except KeyError:
        raise Http404("There is no such option.") from None
    return render_page(request, f"{TEMPLATE}#why", {**page, "explanation": explanation, "fixes": fixes})

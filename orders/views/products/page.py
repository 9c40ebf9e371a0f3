"""What every page of a product model shows: the product, its revision, the tabs, who may change what."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.http import Http404, HttpRequest
from django.utils.http import urlencode

from kernel.errors import Refused
from orders.engine.authoring import CLASSES, HEAD
from orders.models import Product, ProductRevision, Role
from orders.selectors import product_by_code
from orders.selectors.drafts import Draft, counts_of, newest_draft
from orders.selectors.frame import route

AUTHORS: Final = (Role.ENGINEER, Role.MANAGER)


class Section(NamedTuple):
    """A part of the model: its words, the noun of one row, and the fields its list shows."""

    label: str
    noun: str
    columns: tuple[str, ...]


SECTIONS: Final = {
    "features": Section("Features", "feature", ()),
    "parameters": Section("Parameters", "parameter", ("kind", "unit", "default", "condition")),
    "derived": Section("Derived values", "derived value", ("formula", "unit")),
    "budgets": Section("Budgets", "budget", ("used", "limit", "unit")),
    "rules": Section("Rules", "rule", ("when", "kind", "then")),
    "prices": Section("Price rules", "price rule", ("kind", "amount", "condition")),
    "bom": Section("BOM", "BOM line", ("description", "quantity", "condition", "assembly", "operation")),
    "routing": Section("Routing", "operation", ("process", "run_minutes", "setup_minutes", "condition")),
    "characteristics": Section("Inspection", "characteristic", ("kind", "lower", "upper", "condition")),
    "documents": Section("Documents", "document", ("kind", "revision", "condition", "operation")),
    HEAD: Section("Name and price", "name and price", ()),
}
NAMES: Final = {"rules": "reason", "bom": "item", "routing": "name", "documents": "title"}
"""Where the words of a row stand, if not in its label."""


NEEDED: Final = (
    ("bom", "No materials: a BOM line says what it is made of.", "Add BOM line"),
    ("routing", "No operations: the routing says how it is made.", "Add operation"),
    ("characteristics", "No inspection: a characteristic says what is checked.", "Add characteristic"),
)
"""What every published model has: the kind of row, what is wrong without, what to do."""


class Tab(NamedTuple):
    """A tab of the product page."""

    label: str
    url: str
    active: bool
    rows: int | None = None


def opened(code: str) -> tuple[Product, Draft]:
    """The product and its newest revision; 404 where there is none."""
    found = product_by_code(code)
    if found is None:
        raise Http404(f"There is no product {code}.")
    return found, newest_draft(found)


def known_kind(kind: str) -> str:
    """A kind of row; 404 for anything else."""
    if kind not in CLASSES:
        raise Http404(f"A product model has no {kind}.")
    return kind


def may_edit(draft: Draft) -> bool:
    """Whether rows can be changed now."""
    revision = draft.revision
    return revision.is_open and revision.status != ProductRevision.Status.PROVING


def page(product: Product, draft: Draft, active: str) -> dict[str, Any]:
    """The frame of all pages of a model; one statement."""
    counts = counts_of(draft)
    return {
        "product": product,
        "revision": draft.revision,
        "missing": missing(product, draft, counts) if may_edit(draft) else (),
        "tabs": _tabs(product, counts, active),
        "editable": may_edit(draft),
        "try_url": route("orders:model-try", product.code),
        "names_url": route("orders:model-names", product.code),
    }


def _tabs(product: Product, counts: Mapping[str, int], active: str) -> list[Tab]:
    def tab(label: str, name: str, *parts: str, key: str, count: int | None = None) -> Tab:
        return Tab(label, route(f"orders:{name}", product.code, *parts), active == key, count)

    return [
        tab("Overview", "product", key="overview"),
        *(
            tab(section.label, "model-rows", kind, key=kind, count=counts[kind] if kind != HEAD else None)
            for kind, section in SECTIONS.items()
        ),
        tab("Changes", "model-history", key="history"),
        tab("Open quotations", "model-migration", key="migration"),
        tab("Files", "model-files", key="files"),
        tab("Check and publish", "model-check", key="check"),
    ]


def missing(product: Product, draft: Draft, counts: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """What a draft cannot be published without: what it lacks, what to do, and where."""
    found = [
        (why, act, route("orders:model-add", product.code, kind))
        for kind, why, act in NEEDED
        if not counts[kind]
    ]
    if not Decimal(str(draft.document.get("base_price", 0))) and not counts["prices"]:
        head = row_url(product, HEAD, "")
        found.append(("No price: it would be sold for nothing.", "Set base price", head))
    return found


def row_url(product: Product, kind: str, key: str) -> str:
    """Where one row is changed."""
    return f"{route('orders:model-row', product.code, kind)}?{urlencode({'key': key})}"


def or_404(refusal: Refused) -> Http404:
    """A row that is not there (any more)."""
    return Http404(str(refusal))


def whole_number(request: HttpRequest, name: str) -> int:
    """A number from the address, 0 where it is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0

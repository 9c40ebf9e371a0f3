"""A revision of a product model as its engineers see it: read once per version, level by level."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q

from kernel.errors import Refused
from kernel.expressions import Scope
from orders.engine import (
    CompiledProduct,
    Fault,
    ModelRefused,
    ProductModel,
    assembly_faults,
    authoring,
    compile_product,
)
from orders.engine.authoring import BOM, FORMULAS, NAMED_BY
from orders.engine.compiling import formula_scope
from orders.engine.document import from_document, to_document
from orders.models import BomLine, Product, ProductRevision
from orders.selectors.kept import Kept
from orders.selectors.products import bom_row, product_model

CACHED = 6
PAGE = 50


class _State:
    """One version of a revision, shared by all requests; nobody changes its `document`."""

    def __init__(self, revision: ProductRevision) -> None:
        self.revision = revision
        self.document: Mapping[str, Any] = revision.model

    @cached_property
    def model(self) -> ProductModel:
        return from_document(self.document)

    @cached_property
    def scope(self) -> Scope:
        return formula_scope(self.model)

    @cached_property
    def compiled(self) -> CompiledProduct:
        return compile_product(product_model(self.revision))


@dataclass(frozen=True)
class Draft:
    """A revision as it stands now, with what is kept of this version of it."""

    revision: ProductRevision
    kept: _State

    @property
    def document(self) -> Mapping[str, Any]:
        """The stored document, without BOM."""
        return self.kept.document

    @property
    def labels(self) -> Mapping[str, str]:
        """The words for its names."""
        return self.kept.model.labels

    @property
    def compiled(self) -> CompiledProduct:
        """Ready to configure, with BOM and master data; ModelRefused lists what is wrong."""
        return self.kept.compiled

    def scope_of(self, kind: str, key: str = "") -> Scope:
        """The names the formulas of one row may use: a derived value knows those before it."""
        codes = [str(row.get("code")) for row in self.document.get("derived", ())]
        later = codes[codes.index(key) :] if kind == "derived" and key in codes else ()
        return authoring.scope_for(self.kept.scope, kind, tuple(later))


_drafts: Kept[_State] = Kept(CACHED)


def newest_draft(product: Product) -> Draft:
    """The open revision of a product, or else its newest; one small statement for a version used before."""
    revisions = ProductRevision.objects.filter(product=product).select_related("product", "created_by")
    found = revisions.defer("model", "solver").order_by("-number")[0]
    return draft_state(found)


def revisions_of(product: Product) -> list[ProductRevision]:
    """All revisions of a product without their models, the newest first; one statement."""
    revisions = ProductRevision.objects.filter(product=product).defer("model", "solver", "proof")
    return list(revisions.select_related("product").order_by("-number"))


def revision_of(product: Product, number: str) -> ProductRevision | None:
    """A revision by what was typed for its number."""
    known = number.isdecimal() and len(number) < 9
    revisions = ProductRevision.objects.filter(product=product).select_related("product").defer("solver")
    return revisions.filter(number=int(number)).first() if known else None


def draft_state(revision: ProductRevision) -> Draft:
    """This version of a revision; one statement more for a version not used before."""
    key = (revision.pk, revision.version)
    kept = _drafts.get(key)
    if kept is None:
        kept = _State(revision)
        _drafts.put(key, kept)
    return Draft(revision, kept)


def formula_faults(draft: Draft) -> list[Fault]:
    """Everything wrong in rows, formulas and assemblies as they stand, with the master data of now."""
    try:
        model = product_model(draft.revision)
        compile_product(model)
    except ModelRefused as refusal:
        return refusal.faults
    except Refused as refusal:
        return [Fault("Product", refusal.field, refusal.message, refusal.remedy)]
    return assembly_faults(model)


def counts_of(draft: Draft) -> dict[str, int]:
    """How many rows of each kind there are, of features those at the top; one statement."""
    counts = {kind: len(draft.document.get(kind, ())) for kind in NAMED_BY}
    return counts | {BOM: BomLine.objects.filter(revision_id=draft.revision.pk).count()}


def rows_of(
    draft: Draft, kind: str, words: str = "", first: int = 0
) -> tuple[list[tuple[str, dict[str, Any]]], int]:
    """One page of the rows of a kind with their keys, those that hold all the words; and how many in all."""
    if kind == BOM:
        return _bom_rows(draft.revision, words, first)
    rows = draft.document.get(kind, ())
    wanted = words.casefold().split()
    found = [
        (key, dict(row))
        for key, row in zip(authoring.keys_of(kind, rows), rows, strict=True)
        if all(word in " ".join(map(str, row.values())).casefold() for word in wanted)
    ]
    return found[first : first + PAGE], len(found)


def row_document(draft: Draft, kind: str, key: str) -> dict[str, Any]:
    """One row as a document; Refused where there is none."""
    if kind != BOM:
        row = dict(authoring.row_at(draft.document, kind, key))
        row.pop("children", None)
        return row
    lines = BomLine.objects.filter(revision_id=draft.revision.pk).select_related("item", "assembly")
    found = lines.filter(find_number=int(key)).first() if key.isdecimal() else None
    return to_document(bom_row(found)) if found else dict(authoring.row_at({}, kind, key))


def readers_of(draft: Draft, name: str) -> list[tuple[str, str, str]]:
    """Where a name or option stands in formulas: kind, key and field of each row, the BOM's last."""
    found = [
        (kind, key, field)
        for kind, fields in FORMULAS.items()
        for rows in [draft.document.get(kind, ())]
        for key, row in zip(authoring.keys_of(kind, rows), rows, strict=True)
        for field in fields
        if name in str(row.get(field, "")) and authoring.reads(str(row[field]), name)
    ]
    lines = BomLine.objects.filter(revision_id=draft.revision.pk)
    lines = lines.filter(Q(condition__contains=name) | Q(quantity__contains=name))
    for number, condition, quantity in lines.values_list("find_number", "condition", "quantity"):
        texts = {"condition": condition, "quantity": quantity}
        found += [(BOM, str(number), at) for at, text in texts.items() if authoring.reads(text, name)]
    return found


def _bom_rows(
    revision: ProductRevision, words: str, first: int
) -> tuple[list[tuple[str, dict[str, Any]]], int]:
    lines = BomLine.objects.filter(revision_id=revision.pk).select_related("item", "assembly")
    for word in words.split():
        lines = lines.filter(
            Q(item__number__icontains=word)
            | Q(item__description__icontains=word)
            | Q(assembly__number__icontains=word)
            | Q(condition__icontains=word)
            | Q(place__icontains=word)
        )
    page = lines.order_by("find_number")[first : first + PAGE]
    rows = [
        (str(line.find_number), to_document(bom_row(line)) | {"description": line.item.description})
        for line in page
    ]
    return rows, lines.count()

"""Where an item, a process, a feature or an option is used: revisions, rows and fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from orders.engine.authoring import BOM, FORMULAS, keys_of, reads, renamed
from orders.models import BomLine, Product, ProductRevision

ROUTING = "routing"
SUPERSEDED = ProductRevision.Status.SUPERSEDED
UNLIKELY = "\x00"


@dataclass(frozen=True)
class Use:
    """A field of a row, by kind and key, in a revision of a product."""

    revision: ProductRevision
    kind: str
    key: str
    field: str


def item_uses(number: str, *, superseded: bool = False) -> list[Use]:
    """BOM lines with the item itself, as an assembly or as an alternate; one statement."""
    lines = BomLine.objects.select_related("revision__product", "item", "assembly").defer(
        "revision__model", "revision__solver", "revision__proof"
    )
    found = lines.filter(
        Q(item__number=number) | Q(assembly__number=number) | Q(alternates__contains=[number])
    )
    if not superseded:
        found = found.exclude(revision__status=SUPERSEDED)
    ordered = found.order_by("revision__product__code", "-revision__number", "find_number")
    return [
        Use(line.revision, BOM, str(line.find_number), field)
        for line in ordered
        for field, holds in (
            ("item", line.item.number == number),
            ("assembly", line.assembly is not None and line.assembly.number == number),
            ("alternates", number in line.alternates),
        )
        if holds
    ]


def process_uses(code: str, *, superseded: bool = False) -> list[Use]:
    """Operations by this process; one statement."""
    revisions = _revisions(superseded).filter(model__contains={ROUTING: [{"process": code}]})
    found: list[Use] = []
    for revision in revisions:
        rows = revision.model[ROUTING]
        keys = zip(keys_of(ROUTING, rows), rows, strict=True)
        found += [Use(revision, ROUTING, key, "process") for key, row in keys if row["process"] == code]
    return found


def code_uses(product: Product, code: str, *, choice: str = "", superseded: bool = False) -> list[Use]:
    """Formulas that read a feature, parameter or derived value, or with `choice` an option of it.

    Two statements for all revisions.
    """
    revisions = list(_revisions(superseded).filter(product=product))
    lines = BomLine.objects.filter(revision__in=revisions).order_by("find_number")
    materials: dict[int, list[Mapping[str, Any]]] = {}
    words = Q(condition__contains=code) | Q(quantity__contains=code)
    for line in lines.filter(words).values("revision_id", "find_number", "condition", "quantity"):
        materials.setdefault(line["revision_id"], []).append(line)
    return [
        use
        for revision in revisions
        for use in _readers(revision, {**revision.model, BOM: materials.get(revision.pk, [])}, code, choice)
    ]


def _revisions(superseded: bool) -> QuerySet[ProductRevision]:
    revisions = ProductRevision.objects.select_related("product").defer("solver", "proof")
    found = revisions if superseded else revisions.exclude(status=SUPERSEDED)
    return found.order_by("product__code", "-number")


def _readers(revision: ProductRevision, document: Mapping[str, Any], code: str, choice: str) -> Iterator[Use]:
    for kind, fields in FORMULAS.items():
        rows = document.get(kind, ())
        for key, row in zip(keys_of(kind, rows), rows, strict=True):
            for field in fields:
                if _reads(str(row.get(field, "")), code, choice):
                    yield Use(revision, kind, key, field)


def _reads(text: str, code: str, choice: str) -> bool:
    if code not in text:
        return False
    return renamed(text, code, UNLIKELY, choice) != text if choice else reads(text, code)

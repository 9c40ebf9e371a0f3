"""Drafts of product models, changed row by row: each edit is one small transaction on the version seen."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from kernel.errors import Refused
from orders.engine import BomRow, authoring
from orders.engine.authoring import BOM, CLASSES, HEAD, HEAD_FIELDS, NAMED_BY, TREE
from orders.engine.document import BadDocument, row_from_document, to_document
from orders.models import BomLine, Item, ProductRevision
from orders.services.modelling import bom_line, hold_draft

RENAMED = frozenset({TREE, "parameters", "derived"})
"""Kinds whose code formulas read."""


@transaction.atomic
def change_row(
    *, revision: ProductRevision, kind: str, key: str, document: Mapping[str, Any], version: int
) -> tuple[ProductRevision, str]:
    """Put `document`, a row as `to_document` gives it, in place of the one with `key`; and its key now.

    Children of a feature stay. A new code of a feature, parameter or derived value is written into every
    formula that reads it. Conflict where `version` is stale, BadDocument or Refused at the field that is
    wrong; formulas themselves are judged when the model is published.
    """
    held = hold_draft(revision, version)
    row = _checked(kind, document)
    if kind == BOM:
        return _saved(held), _change_line(held, key, row)
    before = authoring.row_at(held.model, kind, key)
    held.model, now = authoring.changed(held.model, kind, key, row)
    if kind in RENAMED and before.get("code") != row["code"]:
        _rename(held, kind, key, str(before.get("code")), row["code"])
    return _saved(held), now


@transaction.atomic
def add_row(
    *, revision: ProductRevision, kind: str, document: Mapping[str, Any], version: int, below: str = ""
) -> tuple[ProductRevision, str]:
    """One more row at the end, of features below the path `below`; and its key. Refuses as `change_row`."""
    held = hold_draft(revision, version)
    row = _checked(kind, document)
    if kind == BOM:
        return _saved(held), _save_line(held, row)
    held.model, key = authoring.added(held.model, kind, row, below)
    return _saved(held), key


@transaction.atomic
def remove_row(*, revision: ProductRevision, kind: str, key: str, version: int) -> ProductRevision:
    """Take a row out, of features with all below it; what still names it is found by the check."""
    held = hold_draft(revision, version)
    if kind == BOM:
        _line(held, key).delete()
    else:
        held.model = authoring.removed(held.model, kind, key)
    return _saved(held)


@transaction.atomic
def move_row(
    *, revision: ProductRevision, kind: str, key: str, version: int, by: int = 0, below: str | None = None
) -> tuple[ProductRevision, str]:
    """Move a row `by` places down among its neighbours, or hang a feature below another one; and its key now.

    BOM lines stand in the order of their find numbers: Refused.
    """
    held = hold_draft(revision, version)
    if kind == BOM:
        raise Refused("BOM lines stand by their find numbers.", remedy="Change the find number instead.")
    if below is not None:
        held.model, key = authoring.hung(held.model, key, below)
    else:
        held.model = authoring.moved(held.model, kind, key, by)
    return _saved(held), key


def _checked(kind: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """The row as it is kept; BadDocument where it is none."""
    if kind == HEAD:
        whole = to_document(row_from_document(CLASSES[HEAD], {**document, "code": "X"}))
        return {name: whole[name] for name in HEAD_FIELDS if name in whole}
    row = to_document(row_from_document(CLASSES[kind], document))
    if not str(row.get(NAMED_BY[kind], "")).strip():
        raise BadDocument((NAMED_BY[kind],), "It needs a name.", "Give one.")
    return row


def _saved(held: ProductRevision) -> ProductRevision:
    """A draft again, whatever was proved; its fingerprint is taken when it is published."""
    held.status = ProductRevision.Status.DRAFT
    held.proof, held.sha256, held.solver = {}, "", None
    held.version += 1
    held.save(update_fields=["model", "sha256", "status", "proof", "solver", "version"])
    return held


def _rename(held: ProductRevision, kind: str, key: str, old: str, new: str) -> None:
    """Write a new code into the formulas that read it: an option's only beside its choice."""
    choice = _choice_of(held.model, key) if kind == TREE else ""
    held.model = authoring.renamed_everywhere(held.model, old, new, choice)
    lines = held.bom_lines.filter(condition__contains=old) | held.bom_lines.filter(quantity__contains=old)
    touched = list(lines)
    for line in touched:
        line.condition = authoring.renamed(line.condition, old, new, choice)
        line.quantity = authoring.renamed(line.quantity, old, new, choice)
    BomLine.objects.bulk_update(touched, ["condition", "quantity"], batch_size=500)


def _choice_of(model: Mapping[str, Any], key: str) -> str:
    """The code of the choice that a feature is an option of, empty where it is named by itself."""
    below = key.rpartition(authoring.BETWEEN)[0]
    if not below:
        return ""
    parent = authoring.row_at(model, TREE, below)
    return "" if parent.get("relation", "and") == "and" else str(parent["code"])


def _line(held: ProductRevision, key: str) -> BomLine:
    found = held.bom_lines.filter(find_number=int(key)).first() if key.isdecimal() else None
    if found is None:
        raise Refused(f"There is no BOM line {key}.", field="key", remedy="Reload the list.")
    return found


def _change_line(held: ProductRevision, key: str, row: Mapping[str, Any]) -> str:
    return _save_line(held, row, _line(held, key))


def _save_line(held: ProductRevision, row: Mapping[str, Any], old: BomLine | None = None) -> str:
    """Store a BOM line, in place of `old` where it is given; the find number stays unique."""
    wanted = row_from_document(BomRow, row)
    others = held.bom_lines.exclude(pk=old.pk) if old else held.bom_lines
    if others.filter(find_number=wanted.find_number).exists():
        raise Refused(
            f"Find number {wanted.find_number} is there already.",
            field="find_number",
            remedy="Choose another one.",
        )
    numbers = {number for number in (wanted.item, wanted.assembly) if number}
    items = dict(Item.objects.filter(number__in=numbers).values_list("number", "id"))
    line = bom_line(held, wanted, (), items)
    line.pk = old.pk if old else None
    line.save()
    return str(wanted.find_number)

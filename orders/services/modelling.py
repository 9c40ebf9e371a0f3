"""Product models: created, changed as drafts, never after publication."""

import hashlib
import json
import re
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.db.models import Max

from kernel.errors import Conflict, Refused
from orders.engine import BomRow, ProductModel
from orders.engine.checking import head_faults
from orders.engine.document import BadDocument, to_document
from orders.models import BomLine, Item, Product, ProductRevision, User
from orders.selectors import open_revision, product_model

CODE = re.compile(r"[\w.-]{1,40}")


@transaction.atomic
def create_product(
    *, model: ProductModel, description: str = "", non_catalogue: bool = False, by: User | None = None
) -> ProductRevision:
    """A new product with its first draft; Refused at `code` where the code is taken or no code, and at the
    name, price or currency where no product can have it.
    """
    _check_head(model)
    if Product.objects.filter(code=model.code).exists():
        raise Refused(
            f"{model.code} is there already.", field="code", remedy="Open it, or choose another code."
        )
    product = Product.objects.create(
        code=model.code,
        name=model.name,
        description=description,
        base_price=model.base_price,
        currency=model.currency,
        non_catalogue=non_catalogue,
        image=model.image,
    )
    revision = ProductRevision.objects.create(product=product, number=1, model={}, created_by=by)
    return _store(revision, model)


def _check_head(model: ProductModel) -> None:
    """What the product itself keeps must fit there, even while the model is a draft."""
    if not CODE.fullmatch(model.code):
        message = f"“{model.code[:60]}” cannot be the code of a product."
        raise Refused(message, field="code", remedy="Give up to 40 letters, digits, points and dashes.")
    for fault in head_faults(model):
        raise Refused(fault.message, field=fault.field, remedy=fault.remedy)


@transaction.atomic
def draft_of(*, product: Product, by: User | None = None) -> ProductRevision:
    """The product's open revision; where there is none, a new draft that begins as the one in force."""
    product = (
        Product.objects.select_for_update(of=("self",)).select_related("in_force__product").get(pk=product.pk)
    )
    found = open_revision(product)
    if found is not None:
        return found
    if product.in_force is None:
        raise Refused(f"{product.code} has neither a draft nor a published revision.")
    base = product.in_force
    last = ProductRevision.objects.filter(product=product).aggregate(last=Max("number"))["last"]
    draft = ProductRevision.objects.create(product=product, number=last + 1, model={}, created_by=by)
    return _store(draft, product_model(base))


@transaction.atomic
def save_draft(
    *, revision: ProductRevision, model: ProductModel, version: int | None = None, note: str | None = None
) -> ProductRevision:
    """Make the draft this model, right or wrong; formulas are judged when it is published.

    Conflict where it is no draft any more or `version` is stale; BadDocument for an unknown item.
    """
    held = hold_draft(revision, version)
    if note is not None:
        held.note = note[:500]
    return _store(held, model)


def hold_draft(revision: ProductRevision, version: int | None) -> ProductRevision:
    """The revision locked for a change; Conflict where it is no draft any more or `version` is stale."""
    held = (
        ProductRevision.objects.select_for_update(of=("self",)).select_related("product").get(pk=revision.pk)
    )
    if not held.is_open:
        raise Conflict(f"{held} is {held.get_status_display().lower()}.", remedy="Begin a new draft.")
    if held.status == ProductRevision.Status.PROVING:
        raise Conflict(f"{held} is being proved.", remedy="Wait until the proof is done.")
    if version is not None and version != held.version:
        raise Conflict(
            f"{held} was changed by somebody else meanwhile.",
            remedy="Reload it, then make your change again.",
        )
    return held


def fingerprint(model: ProductModel) -> str:
    """SHA-256 over the whole model; the same for the same content."""
    text = json.dumps(to_document(model), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _store(revision: ProductRevision, model: ProductModel) -> ProductRevision:
    """Document and BOM lines in one go; the code of the product never changes."""
    model = replace(model, code=revision.product.code)
    revision.model = to_document(replace(model, bom=()))
    revision.sha256 = fingerprint(model)
    revision.status = ProductRevision.Status.DRAFT
    revision.proof = {}
    revision.version += 1
    revision.save(update_fields=["model", "sha256", "status", "proof", "note", "version"])
    revision.bom_lines.all().delete()
    numbers = {row.item for row in model.bom} | {row.assembly for row in model.bom if row.assembly}
    items = dict(Item.objects.filter(number__in=numbers).values_list("number", "id"))
    lines = [bom_line(revision, row, ("bom", index), items) for index, row in enumerate(model.bom)]
    try:
        BomLine.objects.bulk_create(lines, batch_size=2000)
    except IntegrityError:
        raise BadDocument(("bom",), "A find number is used twice.", "Renumber one of the lines.") from None
    return revision


def bom_line(
    revision: ProductRevision, row: BomRow, path: tuple[str | int, ...], items: dict[str, int]
) -> BomLine:
    """A BOM line, not yet stored; BadDocument below `path` where `items` (number to id) lacks one."""
    for field, number in (("item", row.item), ("assembly", row.assembly)):
        if number and number not in items:
            raise BadDocument(
                (*path, field), f"There is no item {number}.", "Create the item first, or correct it."
            )
    return BomLine(
        revision=revision,
        find_number=row.find_number,
        item_id=items[row.item],
        assembly_id=items.get(row.assembly),
        condition=row.condition,
        quantity=row.quantity,
        operation=row.operation,
        place=row.place,
        scrap_percent=row.scrap_percent,
        phantom=row.phantom,
        alternates=list(row.alternates),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        serial_from=row.serial_from,
        serial_to=row.serial_to,
        customer_supplied=row.customer_supplied,
    )

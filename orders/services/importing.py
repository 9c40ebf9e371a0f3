"""Product models from files: a whole as YAML, features and rules as UVL, BOM lines as CSV."""

from dataclasses import replace
from pathlib import PurePath

from django.db import transaction

from kernel.errors import Refused
from orders.engine import BomRow, ProductModel
from orders.engine.document import BadDocument
from orders.engine.formats import load_bom, load_uvl, load_yaml, located, merged
from orders.models import Item, Product, ProductRevision, User
from orders.selectors import open_revision, product_model
from orders.services.modelling import create_product, draft_of, save_draft

MOST_CANDIDATES = 2000


@transaction.atomic
def import_model(
    *, text: str, file: str, code: str = "", merge: bool = False, by: User | None = None
) -> ProductRevision:
    """The draft of the product `code`, made to be what the file says; a new product where there is none.

    Without `code` the file's own counts. YAML replaces the model, UVL its features and rules, CSV its BOM
    lines, or with `merge` those of the same find number. Nothing is published. Refused with file, line,
    column and the nearest name for anything wrong, and for a file of another kind; nothing changes then.
    """
    match PurePath(file).suffix.casefold():
        case ".yaml" | ".yml":
            return _whole(text, file, code, by)
        case ".uvl":
            return _features(text, file, code, by)
        case ".csv":
            return _materials(text, file, code, merge, by)
    raise Refused(f"{file} is no file of a product model.", remedy="Give a .yaml, .uvl or .csv file.")


def _whole(text: str, file: str, code: str, by: User | None) -> ProductRevision:
    model = load_yaml(text, file)
    model = replace(model, code=code or model.code)
    draft = _draft(model.code, by)
    try:
        return save_draft(revision=draft, model=model) if draft else create_product(model=model, by=by)
    except BadDocument as error:
        raise located(text, file, error) from error


def _features(text: str, file: str, code: str, by: User | None) -> ProductRevision:
    found = load_uvl(text, file)
    draft = _draft(code or found.code, by)
    if draft is None:
        return create_product(model=replace(found, code=code or found.code), by=by)
    model = replace(product_model(draft), features=found.features, rules=found.rules)
    return save_draft(revision=draft, model=model)


def _materials(text: str, file: str, code: str, merge: bool, by: User | None) -> ProductRevision:
    draft = _draft(code, by) if code else None
    if draft is None:
        said = f"There is no product {code}." if code else "It is not said to which product the lines belong."
        raise Refused(said, field="code", remedy="Name a product that is there.")
    lines = _known_lines(text, file)
    model: ProductModel = product_model(draft)
    return save_draft(revision=draft, model=replace(model, bom=merged(model.bom, lines) if merge else lines))


def _draft(code: str, by: User | None) -> ProductRevision | None:
    """The product's open revision, begun where there is none; None without the product."""
    product = Product.objects.filter(code=code).first()
    if product is None:
        return None
    return open_revision(product) or draft_of(product=product, by=by)


def _known_lines(text: str, file: str) -> tuple[BomRow, ...]:
    """The lines, of items that are there; an unknown one is compared with those that begin like it."""
    lines = load_bom(text, file)
    used = {number for line in lines for number in (line.item, line.assembly, *line.alternates) if number}
    known = set(Item.objects.filter(number__in=used).values_list("number", flat=True))
    missing = sorted(used - known)
    if missing:
        alike = Item.objects.filter(number__istartswith=missing[0][:1]).values_list("number", flat=True)
        load_bom(text, file, known | set(alike[:MOST_CANDIDATES]) | set(missing[1:]))
    return lines

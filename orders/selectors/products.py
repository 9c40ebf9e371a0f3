"""Product models as plain data, compiled once per revision and kept."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db.models import Count, Q, QuerySet

from kernel.errors import Refused
from orders.engine import BomRow, CompiledProduct, ProductModel, compile_product
from orders.engine.document import from_document
from orders.models import BomLine, Item, OrderLine, Process, Product, ProductRevision
from orders.selectors.kept import Kept

CACHED = 256


_cache: Kept[CompiledProduct] = Kept(CACHED)


def compiled_product(product: Product) -> CompiledProduct:
    """The revision in force, ready to configure; Refused where the product was never published."""
    if product.in_force_id is None:
        raise Refused(
            f"{product.code} is not published.", field="product", remedy="Choose a published product."
        )
    return compiled_by_id(product.in_force_id)


def compiled_line(line: OrderLine) -> CompiledProduct:
    """The revision an order line was configured with."""
    return compiled_by_id(line.revision_id) if line.revision_id else compiled_product(line.product)


def compiled_by_id(revision_id: int) -> CompiledProduct:
    """A revision ready to configure; read and compiled once per process, once it can no longer change.

    Raises ModelRefused where it cannot be compiled (only an open one).
    """
    found = _cache.get(revision_id)
    if found is None:
        revision = ProductRevision.objects.select_related("product").defer("solver").get(pk=revision_id)
        found = compile_product(product_model(revision))
        if not revision.is_open:
            _cache.put(revision_id, found)
    return found


def compiled_by_ids(revision_ids: Iterable[int]) -> dict[int, CompiledProduct]:
    """Several revisions ready to configure; three statements for all that this process has not read yet."""
    wanted = set(revision_ids)
    compiled = {key: held for key in wanted if (held := _cache.get(key)) is not None}
    missing = wanted - compiled.keys()
    if not missing:
        return compiled
    found = ProductRevision.objects.filter(pk__in=missing).select_related("product").defer("solver")
    revisions = list(found)
    for revision, model in zip(revisions, product_models(revisions), strict=True):
        compiled[revision.pk] = compile_product(model)
        if not revision.is_open:
            _cache.put(revision.pk, compiled[revision.pk])
    return compiled


def open_revision(product: Product) -> ProductRevision | None:
    """The revision engineers are working on, where there is one."""
    drafts = ProductRevision.objects.filter(product=product, status__in=ProductRevision.OPEN)
    return drafts.select_related("product").first()


def latest_revision(product: Product) -> ProductRevision:
    """The open revision, or else the newest."""
    newest = ProductRevision.objects.filter(product=product).select_related("product").order_by("-number")
    return newest[0]


def product_model(revision: ProductRevision) -> ProductModel:
    """A revision as plain data with the master data of its items and processes, in two statements.

    An item or process that is not there is left without its number for `compile_product` to name.
    """
    return product_models([revision])[0]


def product_models(revisions: Sequence[ProductRevision]) -> list[ProductModel]:
    """The same for several revisions, in two statements."""
    models = [from_document(revision.model) for revision in revisions]
    codes = {step.process for model in models for step in model.routing}
    processes = dict(Process.objects.filter(code__in=codes).values_list("code", "id"))
    lines: dict[int, list[BomRow]] = {revision.pk: [] for revision in revisions}
    stored = BomLine.objects.filter(revision__in=lines).select_related("item", "assembly")
    for line in stored.order_by("find_number"):
        lines[line.revision_id].append(bom_row(line))
    return [
        replace(
            model,
            routing=tuple(replace(row, process_id=processes.get(row.process, 0)) for row in model.routing),
            bom=tuple(lines[revision.pk]),
        )
        for revision, model in zip(revisions, models, strict=True)
    ]


def with_master_data(model: ProductModel) -> ProductModel:
    """A model that was typed or imported, with what is known of its items and processes; two statements."""
    items = Item.objects.in_bulk({row.item for row in model.bom}, field_name="number")
    processes = dict(
        Process.objects.filter(code__in={row.process for row in model.routing}).values_list("code", "id")
    )
    return replace(
        model,
        bom=tuple(_known(row, items.get(row.item)) for row in model.bom),
        routing=tuple(replace(row, process_id=processes.get(row.process, 0)) for row in model.routing),
    )


def product_list(*, orderable_only: bool = False) -> QuerySet[Product]:
    """Products by code, with `open_lines` (jobs not finished); one statement."""
    products = Product.objects.filter(non_catalogue=False).annotate(
        open_lines=Count("order_lines", filter=Q(order_lines__delivered_at=None), distinct=True)
    )
    return products.filter(status=Product.Status.PUBLISHED) if orderable_only else products


def product_by_code(code: str) -> Product | None:
    """A product as customers and forms name it."""
    return Product.objects.filter(code=code).first()


def products_by_code(codes: Sequence[str]) -> dict[str, Product]:
    """Several products, in one statement."""
    return {product.code: product for product in Product.objects.filter(code__in=set(codes))}


def _known(row: BomRow, item: Item | None) -> BomRow:
    if item is None:
        return row
    return replace(
        row,
        item_id=item.pk,
        description=item.description,
        unit=item.unit,
        standard_cost=item.standard_cost,
    )


def bom_row(line: BomLine) -> BomRow:
    """A stored BOM line as plain data with the master data of its item."""
    row = BomRow(
        find_number=line.find_number,
        item=line.item.number,
        condition=line.condition,
        quantity=line.quantity,
        operation=line.operation,
        assembly=line.assembly.number if line.assembly else "",
        place=line.place,
        scrap_percent=line.scrap_percent,
        phantom=line.phantom,
        alternates=tuple(line.alternates),
        valid_from=line.valid_from,
        valid_to=line.valid_to,
        serial_from=line.serial_from,
        serial_to=line.serial_to,
        customer_supplied=line.customer_supplied,
    )
    return _known(row, line.item)

"""Product models as plain data, compiled once per revision and kept."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from django.db.models import Count, Q, QuerySet

from orders.engine import (
    BomRow,
    CharacteristicRow,
    CompiledProduct,
    GroupRow,
    OptionRow,
    ParameterRow,
    PriceRow,
    ProductModel,
    RuleRow,
    StepRow,
    compile_product,
)
from orders.models import Product

CACHED = 256

Key = tuple[int, int, datetime | None]


class _Cache:
    """The products used last; a dictionary under a lock."""

    def __init__(self) -> None:
        self._held: OrderedDict[Key, CompiledProduct] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> CompiledProduct | None:
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: Key, compiled: CompiledProduct) -> None:
        with self._lock:
            self._held[key] = compiled
            if len(self._held) > CACHED:
                self._held.popitem(last=False)


_cache = _Cache()


def compiled_product(product: Product) -> CompiledProduct:
    """The product ready to configure; read and compiled once per process and publication.

    Raises ModelRefused where it cannot be compiled (only an unpublished one).
    """
    key = (product.pk, product.revision, product.published_at)
    found = _cache.get(key) if product.status == Product.Status.PUBLISHED else None
    if found is None:
        found = compile_product(product_model(product))
        if product.status == Product.Status.PUBLISHED:
            _cache.put(key, found)
    return found


def product_model(product: Product) -> ProductModel:
    """All rows of a product as plain data, in eight statements."""
    return ProductModel(
        code=product.code,
        name=product.name,
        base_price=product.base_price,
        currency=product.currency,
        groups=tuple(_groups(product)),
        parameters=tuple(_parameters(product)),
        rules=tuple(_rules(product)),
        prices=tuple(PriceRow(row.label, row.condition, row.amount) for row in product.price_rules.all()),
        bom=tuple(_bom(product)),
        routing=tuple(_routing(product)),
        characteristics=tuple(_characteristics(product)),
    )


def product_list(*, orderable_only: bool = False) -> QuerySet[Product]:
    """Products by code, with `open_lines` (jobs not finished); one statement."""
    products = Product.objects.annotate(
        open_lines=Count("order_lines", filter=Q(order_lines__delivered_at=None), distinct=True)
    )
    return products.filter(status=Product.Status.PUBLISHED) if orderable_only else products


def product_by_code(code: str) -> Product | None:
    """A product as customers and forms name it."""
    return Product.objects.filter(code=code).first()


def products_by_code(codes: Sequence[str]) -> dict[str, Product]:
    """Several products, in one statement."""
    return {product.code: product for product in Product.objects.filter(code__in=set(codes))}


def _groups(product: Product) -> list[GroupRow]:
    return [
        GroupRow(
            group.code,
            group.label,
            tuple(
                OptionRow(
                    option.code,
                    option.label,
                    option.is_default,
                    option.price_adder,
                    option.price_percent,
                    option.attributes,
                )
                for option in group.options.all()
            ),
            group.required,
            group.help,
        )
        for group in product.groups.prefetch_related("options")
    ]


def _parameters(product: Product) -> list[ParameterRow]:
    return [
        ParameterRow(
            row.code,
            row.label,
            row.kind,
            row.unit,
            row.minimum,
            row.maximum,
            row.step,
            row.pattern,
            row.max_length,
            row.default,
            row.help,
        )
        for row in product.parameters.all()
    ]


def _rules(product: Product) -> list[RuleRow]:
    return [
        RuleRow(number, row.kind, row.when, row.then, row.reason)
        for number, row in enumerate(product.rules.all(), start=1)
    ]


def _bom(product: Product) -> list[BomRow]:
    return [
        BomRow(
            row.find_number,
            row.item_id,
            row.item.number,
            row.item.description,
            row.item.unit,
            row.item.standard_cost,
            row.condition,
            row.quantity,
            row.operation_sequence,
        )
        for row in product.bom_lines.select_related("item")
    ]


def _routing(product: Product) -> list[StepRow]:
    return [
        StepRow(
            row.sequence,
            row.name,
            row.process_id,
            row.process.code,
            row.condition,
            row.setup_minutes,
            row.run_minutes,
            row.per,
            row.setup_family,
            row.unattended,
            row.instructions,
        )
        for row in product.routing_steps.select_related("process")
    ]


def _characteristics(product: Product) -> list[CharacteristicRow]:
    return [
        CharacteristicRow(
            row.number,
            row.label,
            row.kind,
            row.condition,
            row.nominal,
            row.lower,
            row.upper,
            row.expected,
            row.unit,
            row.method,
            row.key,
        )
        for row in product.characteristics.all()
    ]

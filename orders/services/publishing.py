"""Publication of product models: what is wrong stands in one list, what is right may be ordered."""

from datetime import datetime

from django.db import transaction

from kernel import clock
from orders.engine import CompiledProduct, prove_product
from orders.models import Product
from orders.selectors import product_model


@transaction.atomic
def publish_product(*, product: Product, now: datetime | None = None) -> Product:
    """Check everything and make the product orderable; a product published before gets the next revision.

    ModelRefused lists every fault with row, field, line, column and message; nothing changes then. Orders
    that run keep the model they were released with.
    """
    now = now or clock.now()
    current = Product.objects.select_for_update().get(pk=product.pk)
    check_product(current)
    if current.published_at is not None:
        current.revision += 1
    current.status, current.published_at = Product.Status.PUBLISHED, now
    current.save(update_fields=["revision", "status", "published_at"])
    return current


def check_product(product: Product) -> CompiledProduct:
    """Prove the model as it stands, published or not; ModelRefused lists every fault."""
    return prove_product(product_model(product))


def retire_product(*, product: Product) -> None:
    """Nobody orders it any more; publishing brings it back."""
    Product.objects.filter(pk=product.pk).update(status=Product.Status.OBSOLETE)


def unpublish_changed(*, product: Product) -> bool:
    """A changed model is a draft again until it is published anew; True where it was published."""
    changed = Product.objects.filter(pk=product.pk, status=Product.Status.PUBLISHED)
    return bool(changed.update(status=Product.Status.DRAFT))

"""Publication of product models: what is wrong stands in one list, what is right may be ordered."""

from datetime import datetime

from django.db import transaction

from kernel import clock
from kernel.errors import Refused
from orders.engine import CompiledProduct, prove_product
from orders.models import Product, ProductRevision, User
from orders.selectors import latest_revision, open_revision, product_model
from orders.services.modelling import fingerprint


@transaction.atomic
def publish_product(*, product: Product, by: User | None = None, now: datetime | None = None) -> Product:
    """Check the product's draft and put it in force; the revision before it is superseded.

    ModelRefused lists every fault with row, field, line, column and message, Refused where there is no
    draft; nothing changes then. Orders and quotations keep the revision they were made with.
    """
    now = now or clock.now()
    current = Product.objects.select_for_update().get(pk=product.pk)
    draft = open_revision(current)
    if draft is None:
        raise Refused(f"{current.code} has no draft.", remedy="Begin a draft and change it first.")
    model = prove_product(product_model(draft)).model
    published = ProductRevision.Status.PUBLISHED
    in_force = ProductRevision.objects.filter(product=current, status=published)
    in_force.update(status=ProductRevision.Status.SUPERSEDED)
    draft.status, draft.published_at, draft.published_by = published, now, by
    draft.sha256 = fingerprint(model)
    draft.save(update_fields=["status", "sha256", "published_at", "published_by"])
    current.name, current.base_price, current.currency = model.name, model.base_price, model.currency
    current.status, current.revision, current.published_at = Product.Status.PUBLISHED, draft.number, now
    current.in_force = draft
    current.save()
    return current


def check_product(product: Product) -> CompiledProduct:
    """Prove the newest revision as it stands, published or not; ModelRefused lists every fault."""
    return prove_product(product_model(latest_revision(product)))


def retire_product(*, product: Product) -> None:
    """Nobody orders it any more; publishing a new revision brings it back."""
    Product.objects.filter(pk=product.pk).update(status=Product.Status.OBSOLETE)

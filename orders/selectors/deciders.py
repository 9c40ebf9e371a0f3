"""The configurator's answers per revision: made ready once per process and kept."""

from collections import defaultdict
from threading import Lock
from typing import Final

from kernel.errors import Refused
from orders.engine.deciding import Decider, ready
from orders.models import Product, ProductRevision
from orders.selectors.kept import Kept
from orders.selectors.products import compiled_by_id

CACHED: Final = 64

_kept: Kept[Decider] = Kept(CACHED)
_making: defaultdict[int, Lock] = defaultdict(Lock)
"""One thread makes a revision ready, the others wait for it: a large one takes seconds."""


def decider(product: Product) -> Decider:
    """For the revision in force; Refused where the product was never published."""
    if product.in_force_id is None:
        raise Refused(
            f"{product.code} is not published.", field="product", remedy="Choose a published product."
        )
    return decider_by_id(product.in_force_id)


def decider_by_id(revision_id: int) -> Decider:
    """For one revision; no statement for a published one that was used before.

    An open one is made ready anew after each change; ModelRefused where it cannot be compiled or allows
    nothing.
    """
    found = _kept.get(revision_id)
    if found is not None:
        return found
    with _making[revision_id]:
        return _made(revision_id)


def _made(revision_id: int) -> Decider:
    revision = ProductRevision.objects.only("status", "version", "solver").get(pk=revision_id)
    key = (revision_id, revision.version) if revision.is_open else revision_id
    found = _kept.get(key)
    if found is None:
        found = ready(compiled_by_id(revision_id), bytes(revision.solver or b""))
        _kept.put(key, found)
    return found

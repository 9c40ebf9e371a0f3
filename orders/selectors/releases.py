"""What configurations need, exploded once per process for price, preview and confirmation."""

import json

from orders.engine import CompiledProduct, Configuration, Effectivity, Release, explode
from orders.selectors.kept import Kept

RELEASES = 128

_kept: Kept[tuple[CompiledProduct, Release]] = Kept(RELEASES)


def release_of(
    compiled: CompiledProduct, configuration: Configuration, quantity: int, at: Effectivity
) -> Release:
    """As `explode`, whose errors it raises; kept for the next who asks, so nobody may change its rows.

    The product is kept beside it: as long as it lives no other one has its identity.
    """
    key = (id(compiled), json.dumps(configuration.choices, sort_keys=True), quantity, at)
    found = _kept.get(key)
    if found is None:
        found = compiled, explode(compiled, configuration, quantity, at)
        _kept.put(key, found)
    return found[1]

"""Where the material of a job that is not ordered yet comes from, and which operations wait for it."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

Ways = Mapping[int, Sequence[tuple[int, str]]]
"""By item the days from now and the source of each way to get it, the surest first."""


def ways_for(needs: Mapping[int, Decimal]) -> Ways:
    """The ways to get these quantities; empty for what nobody sells. The stage above knows (MTO_SUPPLY)."""
    found: Ways = import_string(settings.MTO_SUPPLY)(needs) if needs else {}
    return found


def items_of(release: Any) -> Iterator[tuple[int, Decimal]]:
    """What must be bought or taken from stock for an exploded line."""
    for row in release.bom:
        if row["item_id"] and not row["customer_supplied"]:
            yield row["item_id"], Decimal(row["quantity"])

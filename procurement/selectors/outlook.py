"""When material could be here for a job that is not ordered yet: from stock, or from each supplier."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import F, Sum

from procurement.models import Lot, SupplierItem

Way = tuple[int, str]


def supply_outlook(needs: Mapping[int, Decimal]) -> dict[int, list[Way]]:
    """Per item (id to quantity) the ways to get it: calendar days from now and from where, the usual first.

    Free stock comes first where there is enough; then the preferred supplier, then the others by lead time.
    An item nobody sells has no way. Two statements.
    """
    lots = Lot.objects.filter(item__in=list(needs), on_hand__gt=F("reserved")).order_by()
    free: dict[int, Decimal] = dict(
        lots.values_list("item").annotate(there=Sum(F("on_hand") - F("reserved")))
    )
    ways: dict[int, list[Way]] = {
        item: [(0, "stock")] if free.get(item, Decimal(0)) >= quantity else []
        for item, quantity in needs.items()
    }
    offers = SupplierItem.objects.filter(item__in=list(needs), supplier__active=True)
    rows = offers.order_by("item", "-preferred", "lead_time_days", "id")
    for item, days, name in rows.values_list("item_id", "lead_time_days", "supplier__name"):
        ways[item].append((days, name))
    return ways

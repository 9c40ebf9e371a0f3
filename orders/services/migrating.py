"""Lines of quotations moved to another revision of their product."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.models import Order, OrderLine, User
from orders.services.lines import LineInput, price_lines, rewrite_line
from orders.services.locking import lock_order
from orders.services.pricing import ask_approval


@transaction.atomic
def move_to_newest(
    *, line: OrderLine, by: User | None, version: int | None = None, now: datetime | None = None
) -> OrderLine:
    """Make a draft's line of the revision in force, with the same choices, priced anew.

    What the new revision asks for beside them stands at its default. Conflict where the quotation is no
    draft or `version` is stale; Refused where the line is of that revision already; InvalidInput with every
    reason (an option that is gone, a rule that is broken) where its choices no longer do.
    """
    now = now or clock.now()
    order = lock_order(line.order, version)
    held = OrderLine.objects.select_related("product").get(pk=line.pk)
    if held.state != "draft":
        raise Conflict(
            f"Line {held.position} of {order} is {held.state_info.label.lower()}.",
            remedy="Revise the quotation first." if held.state == "quoted" else "",
        )
    if held.revision_id == held.product.in_force_id:
        raise Refused(f"Line {held.position} is of revision {held.product.revision} already.")
    (priced,) = price_lines(
        [_wish(held)],
        customer=order.customer,
        currency=order.currency,
        ship_to=order.ship_to,
        requested=order.requested_date,
        by=by,
        now=now,
    )
    rewrite_line(held, priced, by)
    ask_approval(order, by, now)
    Order.objects.filter(pk=order.pk).update(version=F("version") + 1, updated_at=now)
    held.refresh_from_db()
    return held


def _wish(line: OrderLine) -> LineInput:
    return LineInput(
        product=line.product,
        quantity=line.quantity,
        choices=line.choices,
        note=line.note,
        extras=line.extras,
        requested_date=line.requested_date,
        serial=line.serial,
        optional=line.optional,
        alternatives=[row["quantity"] for row in line.alternatives],
        discount_percent=line.discount_percent,
    )

"""What a job weighs and when it may begin."""

from collections import Counter
from collections.abc import Sequence

from kernel.errors import Conflict, Refused
from orders.models import Order, OrderLine, Priority
from orders.services import set_priority
from planning.engine import NEVER
from planning.models import Operation
from planning.selectors import minute_of, moment_of
from planning.selectors.changes import Change, Gate, Weigh
from planning.services.changing.base import Making, makes
from planning.services.changing.places import NOT_STARTED


@makes(Weigh, orders=True)
def weigh(change: Weigh, made: Making) -> Sequence[Change]:
    """Another priority for all lines of the order."""
    order: Order = made.names.object("order", change.order)
    if change.priority not in Priority.values:
        raise Refused(
            f"There is no priority {change.priority}.", field="priority", remedy="Choose one of those shown."
        )
    known = Counter(OrderLine.objects.filter(order=order).values_list("priority", flat=True))
    before = known.most_common(1)[0][0] if known else Priority.NORMAL
    return [Weigh(order.id, before)] if set_priority(order=order, priority=Priority(change.priority)) else []


@makes(Gate)
def gate(change: Gate, made: Making) -> Sequence[Change]:
    """Nothing of the job that has not started begins before then. A moment that is over opens the gate."""
    line: OrderLine = made.names.object("line", change.line)
    waiting = Operation.objects.filter(line=line, status__in=NOT_STARTED)
    first = waiting.order_by("loop", "sequence").values_list("not_before", flat=True)[:1]
    if not (before := list(first)):
        begun = f"{line.order} {line} has no operation that has not started."
        raise Conflict(begun, field="line", remedy="Reload the page.")
    later = change.not_before != NEVER and change.not_before > minute_of(made.now)
    waiting.update(not_before=moment_of(change.not_before) if later else None)
    return [Gate(line.id, minute_of(before[0]))]

"""What stands of the things that some changes are about, as a fingerprint: to tell whether it moved on."""

from collections.abc import Sequence

from orders.models import OrderLine
from planning.models import Calendar, Operation
from planning.selectors.changes import Change, Gate, Weigh
from planning.selectors.changes.calendars import Hours
from planning.selectors.sheets.jobs import NOT_STARTED
from planning.selectors.shop.hours import definition_of, fingerprint, version_of


def standing_of_changes(changes: Sequence[Change]) -> str:
    """Differs where a priority, a gate or a calendar that these set is another one. Four statements."""
    calendars = Calendar.objects.prefetch_related("shifts", "exceptions")
    codes = [each.code for each in changes if isinstance(each, Hours)]
    orders = [each.order for each in changes if isinstance(each, Weigh)]
    lines = [each.line for each in changes if isinstance(each, Gate)]
    weights = OrderLine.objects.filter(order__in=orders).order_by("id").values_list("id", "priority")
    waiting = Operation.objects.filter(line__in=lines, status__in=NOT_STARTED).order_by("id")
    return fingerprint(
        [version_of(definition_of(each)) for each in calendars.filter(code__in=codes).order_by("id")],
        list(weights),
        list(waiting.values_list("id", "not_before")),
    )

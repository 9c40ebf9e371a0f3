"""Recording what was measured and seen; pass or fail is computed, never typed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from kernel import clock
from kernel.bases import update_rows
from kernel.errors import Conflict, Refused
from orders.models import User
from orders.services import lock_jobs
from quality.engine.judging import judge
from quality.models import Inspection, Result

Value = Decimal | bool | None
LARGEST = Decimal(10) ** 12
COLUMNS = {
    "measured": "numeric",
    "conforms": "boolean",
    "passed": "boolean",
    "by_id": "bigint",
    "at": "timestamptz",
}


@transaction.atomic
def record(
    *,
    inspection: Inspection,
    values: Mapping[int, Value],
    by: User | None,
    version: int | None = None,
    now: datetime | None = None,
) -> Inspection:
    """Write values by characteristic number: a Decimal in its unit, whether it conforms, or None to clear.

    Values that stand there already stay as they are. Returns the inspection with its new version. Refused
    names the row (`value-3`) whose value does not fit, Conflict says that the inspection is not open, the job
    is on hold or `version` is stale. 6 statements for any number of values.
    """
    now = now or clock.now()
    current = open_inspection(inspection=inspection, version=version)
    results = {result.number: result for result in current.results.all()}
    changed = [_put(results, number, value, by, now) for number, value in values.items()]
    rows = [_row(result) for result in changed if result]
    if rows:
        update_rows("quality_result", "id", COLUMNS, rows)
        Inspection.objects.filter(id=current.id).update(version=F("version") + 1)
        current.version += 1
    return current


def open_inspection(*, inspection: Inspection, version: int | None) -> Inspection:
    """The inspection as it stands now, under its job's lock, if it may be written. 3 statements."""
    line = lock_jobs([inspection.line_id])[inspection.line_id]
    current = Inspection.objects.select_related("decided_by").get(id=inspection.id)
    current.line = line
    if current.status != Inspection.Status.OPEN:
        raise Conflict(f"{current} {_standing(current)}.", remedy="Open it to see where the job stands.")
    if line.held:
        raise Conflict(f"{line.order} {line} is on hold: {line.hold_reason}.", remedy="Resume it first.")
    if version is not None and version != current.version:
        raise Conflict(
            f"{current} was changed meanwhile: you decided on older values.",
            field="version",
            remedy="Look at the values as they stand now, then decide again.",
        )
    return current


def _standing(inspection: Inspection) -> str:
    if inspection.status == Inspection.Status.PLANNED:
        return f"is not open yet: the job is in state “{inspection.line.state_info.label}”"
    who = f" by {inspection.decided_by}" if inspection.decided_by else ""
    return f"was {inspection.get_status_display().lower()}{who} already"


def _put(
    results: Mapping[int, Result], number: int, value: Value, by: User | None, now: datetime
) -> Result | None:
    """The row with its new value and judgement; None where it says the same already."""
    result = results.get(number)
    if result is None:
        raise Refused(f"There is no characteristic {number}.", field=f"value-{number}")
    fitting = _fitting(result, value)
    if fitting == (result.measured, result.conforms):
        return None
    result.measured, result.conforms = fitting
    result.passed = judge(result.asked, result.found)
    result.by, result.at = (by, now) if result.recorded else (None, None)
    return result


def _fitting(result: Result, value: Value) -> tuple[Decimal | None, bool | None]:
    """(measured, conforms); Refused where the value is of the wrong kind or size."""
    field = f"value-{result.number}"
    if value is None:
        return None, None
    if result.asked.measured:
        if isinstance(value, bool) or not value.is_finite() or abs(value) >= LARGEST:
            raise Refused(
                f"{result}: that is not a measured value.", field=field, remedy="Enter a number in its unit."
            )
        return round(value, 4), None
    if not isinstance(value, bool):
        raise Refused(
            f"{result} is not measured.", field=field, remedy="Say whether it conforms or does not conform."
        )
    return None, value


def _row(result: Result) -> Sequence[object]:
    return (result.id, result.measured, result.conforms, result.passed, result.by_id, result.at)

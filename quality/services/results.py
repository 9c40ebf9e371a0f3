"""Recording what was measured and seen; pass or fail is computed, never typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Sheet:
    """Values by characteristic number: a Decimal in its unit, whether it conforms, or None to clear.

    `version` is that of the inspection they were entered for; None takes it as it stands.
    """

    inspection: Inspection
    values: Mapping[int, Value]
    version: int | None = None


def record(
    *,
    inspection: Inspection,
    values: Mapping[int, Value],
    by: User | None,
    version: int | None = None,
    now: datetime | None = None,
) -> Inspection:
    """Write the values of one inspection; see `record_all`."""
    return record_all(sheets=[Sheet(inspection, values, version)], by=by, now=now)[0]


@transaction.atomic
def record_all(*, sheets: Sequence[Sheet], by: User | None, now: datetime | None = None) -> list[Inspection]:
    """Write what was measured and seen, all of it or nothing; values that stand there already stay.

    Returns the inspections with their new versions. Refused names the row (`value-3`) whose value does not
    fit, Conflict says that an inspection is not open, a job is on hold or a version is stale. 5 statements
    for any number of sheets and values.
    """
    now = now or clock.now()
    current = open_inspections(versions={sheet.inspection: sheet.version for sheet in sheets})
    rows, touched = [], []
    for sheet, inspection in zip(sheets, current, strict=True):
        results = {result.number: result for result in inspection.results.all()}
        put = [_put(results, number, value, by, now) for number, value in sheet.values.items()]
        changed = [_row(result) for result in put if result]
        rows += changed
        touched += [inspection] if changed else []
    update_rows("quality_result", "id", COLUMNS, rows)
    if touched:
        Inspection.objects.filter(id__in=[each.id for each in touched]).update(version=F("version") + 1)
    for inspection in touched:
        inspection.version += 1
    return current


def open_inspections(*, versions: Mapping[Inspection, int | None]) -> list[Inspection]:
    """The inspections as they stand now, with their results, under their jobs' lock, if they may be written.

    `versions` has the version each is expected at, None for any; the answer has the same order. 3 statements.
    """
    lines = lock_jobs({inspection.line_id for inspection in versions})
    found = Inspection.objects.select_related("decided_by").prefetch_related("results")
    current = found.in_bulk([inspection.pk for inspection in versions])
    opened = [current[inspection.pk] for inspection in versions]
    for inspection, version in zip(opened, versions.values(), strict=True):
        inspection.line = lines[inspection.line_id]
        _check_open(inspection, version)
    return opened


def _check_open(inspection: Inspection, version: int | None) -> None:
    line = inspection.line
    if inspection.status != Inspection.Status.OPEN:
        raise Conflict(
            f"{inspection} {_standing(inspection)}.", remedy="Open it to see where the job stands."
        )
    if line.held:
        raise Conflict(f"{line.order} {line} is on hold: {line.hold_reason}.", remedy="Resume it first.")
    if version is not None and version != inspection.version:
        raise Conflict(
            f"{inspection} was changed meanwhile: you decided on older values.",
            field="version",
            remedy="Look at the values as they stand now, then decide again.",
        )


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

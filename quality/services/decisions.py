"""The usage decision: release for delivery, send back for rework, or use as it is."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kernel import clock
from kernel.bases import next_numbers
from kernel.errors import Refused
from orders.models import User
from orders.services import advance, close_work
from quality.engine.judging import Verdict, conclude
from quality.models import Inspection, Nonconformance, Result
from quality.services.inspections import close_nonconformances, work_key
from quality.services.results import open_inspection


@transaction.atomic
def decide(
    *, inspection: Inspection, by: User | None, version: int | None = None, now: datetime | None = None
) -> Inspection:
    """Decide by the results: all passed releases the job for delivery, one that failed opens an NCR and
    sends the job back for rework.

    Refused names the characteristics not recorded yet; Conflict as in `record`. 7 statements (8 with an NCR)
    and the advance.
    """
    now = now or clock.now()
    current, results = _complete(inspection, version)
    failed = [result for result in results if not result.passed]
    if conclude(result.passed for result in results) is Verdict.ACCEPTED:
        _close(current, Inspection.Status.ACCEPTED, by, now)
        if current.loop:
            close_nonconformances(line_ids=[current.line_id], now=now)
        _go_on(current, event="passed", by=by, now=now)
        return current
    _close(current, Inspection.Status.REJECTED, by, now)
    ncr = _open_ncr(current, failed, now)
    reason = f"{ncr.number}: {ncr.description}"[:300]
    _go_on(current, event="failed", by=by, now=now, reason=reason)
    return current


@transaction.atomic
def use_as_is(
    *,
    inspection: Inspection,
    reason: str,
    by: User | None,
    version: int | None = None,
    now: datetime | None = None,
) -> Inspection:
    """Accept although a characteristic failed: an NCR says what deviates and why it may be used.

    The job is released for delivery. Refused where nothing failed, something is not recorded, or the reason
    is missing or too long.
    """
    now = now or clock.now()
    reason = _sound(reason)
    current, results = _complete(inspection, version)
    failed = [result for result in results if not result.passed]
    if not failed:
        raise Refused("Every characteristic conforms: there is nothing to concede.", remedy="Accept it.")
    _close(current, Inspection.Status.ACCEPTED, by, now)
    ncr = _open_ncr(current, failed, now, concession=reason)
    close_nonconformances(line_ids=[current.line_id], now=now)
    _go_on(current, event="passed", by=by, now=now, reason=f"{ncr.number} used as is: {reason}"[:300])
    return current


def _go_on(inspection: Inspection, *, event: str, by: User | None, now: datetime, reason: str = "") -> None:
    """Move the job, which is locked and read with the inspection."""
    job, key = inspection.line, f"{event}:{inspection.id}"
    advance(line=job, event=event, key=key, by=by, reason=reason, locked={job.id: job}, now=now)


def _sound(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused(
            "A concession needs a reason.", field="reason", remedy="Say why it may be used as it is."
        )
    if len(reason) > 300:
        raise Refused(f"The reason has {len(reason)} characters.", field="reason", remedy="Use at most 300.")
    return reason


def _complete(inspection: Inspection, version: int | None) -> tuple[Inspection, list[Result]]:
    """The open inspection with its results, all of them recorded."""
    current = open_inspection(inspection=inspection, version=version)
    results = list(current.results.all())
    missing = [result for result in results if result.passed is None]
    if missing:
        named = ", ".join(str(result.number) for result in missing)
        raise Refused(
            f"Not recorded yet: characteristic {named}.",
            field=f"value-{missing[0].number}",
            remedy="Record every characteristic, then decide.",
        )
    return current, results


def _close(inspection: Inspection, status: str, by: User | None, now: datetime) -> None:
    inspection.status, inspection.decided_at, inspection.decided_by = status, now, by
    Inspection.objects.filter(id=inspection.id).update(
        status=status, decided_at=now, decided_by=by, version=F("version") + 1
    )
    inspection.version += 1
    close_work(keys=[work_key(inspection.id)], by=by, now=now)


def _open_ncr(
    inspection: Inspection, failed: list[Result], now: datetime, concession: str = ""
) -> Nonconformance:
    kind, status = Nonconformance.Disposition, Nonconformance.Status
    found = [f"{result}: {result.finding}, allowed {result.allowed}" for result in failed]
    return Nonconformance.objects.create(
        number=next_numbers("NCR", timezone.localtime(now).year)[0],
        line_id=inspection.line_id,
        inspection=inspection,
        description="; ".join(found)[:500],
        reason=concession,
        disposition=kind.USE_AS_IS if concession else kind.REWORK,
        status=status.OPEN if concession else status.IN_REWORK,
    )

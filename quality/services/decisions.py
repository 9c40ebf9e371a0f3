"""The usage decision: release for delivery, send back for rework, or use as it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kernel import clock
from kernel.bases import next_numbers
from kernel.errors import Refused
from orders.models import User
from orders.services import advance_all, close_work
from quality.engine.judging import Verdict, conclude
from quality.models import Inspection, Nonconformance, Result
from quality.services.inspections import close_nonconformances, work_key
from quality.services.results import open_inspections


def decide(
    *, inspection: Inspection, by: User | None, version: int | None = None, now: datetime | None = None
) -> Inspection:
    """Decide one inspection by its results; see `decide_all`."""
    return decide_all(versions={inspection: version}, by=by, now=now)[0]


@transaction.atomic
def decide_all(
    *, versions: Mapping[Inspection, int | None], by: User | None, now: datetime | None = None
) -> list[Inspection]:
    """Decide by the results: all passed releases the job for delivery, one that failed opens an NCR and
    sends the job back for rework.

    `versions` are those the decisions were made on, None for any. All or nothing: Refused names the
    characteristics not recorded yet; Conflict as in `record_all`. 5 statements and the advance for all that
    pass, as many again for each that fails.
    """
    now = now or clock.now()
    decided = open_inspections(versions=versions)
    passed: list[Inspection] = []
    failed: list[Inspection] = []
    for inspection in decided:
        results = _recorded(inspection)
        accepted = conclude(result.passed for result in results) is Verdict.ACCEPTED
        (passed if accepted else failed).append(inspection)
    _accept(passed, by, now)
    for inspection in failed:
        _close([inspection], Inspection.Status.REJECTED, by, now)
        ncr = _open_ncr(inspection, now)
        _go_on([inspection], event="failed", by=by, now=now, reason=f"{ncr.number}: {ncr.description}"[:300])
    return decided


def _accept(passed: Sequence[Inspection], by: User | None, now: datetime) -> None:
    if not passed:
        return
    _close(passed, Inspection.Status.ACCEPTED, by, now)
    reworked = [inspection.line_id for inspection in passed if inspection.loop]
    if reworked:
        close_nonconformances(line_ids=reworked, now=now)
    _go_on(passed, event="passed", by=by, now=now)


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
    current = open_inspections(versions={inspection: version})[0]
    if all(result.passed for result in _recorded(current)):
        raise Refused("Every characteristic conforms: there is nothing to concede.", remedy="Accept it.")
    _close([current], Inspection.Status.ACCEPTED, by, now)
    ncr = _open_ncr(current, now, concession=reason)
    close_nonconformances(line_ids=[current.line_id], now=now)
    _go_on([current], event="passed", by=by, now=now, reason=f"{ncr.number} used as is: {reason}"[:300])
    return current


def _go_on(
    inspections: Sequence[Inspection], *, event: str, by: User | None, now: datetime, reason: str = ""
) -> None:
    """Move the jobs, which are locked and read with their inspections."""
    keys = {inspection.line_id: f"{event}:{inspection.id}" for inspection in inspections}
    jobs = {inspection.line_id: inspection.line for inspection in inspections}
    advance_all(keys=keys, event=event, by=by, reason=reason, locked=jobs, now=now)


def _sound(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused(
            "A concession needs a reason.", field="reason", remedy="Say why it may be used as it is."
        )
    if len(reason) > 300:
        raise Refused(f"The reason has {len(reason)} characters.", field="reason", remedy="Use at most 300.")
    return reason


def _recorded(inspection: Inspection) -> list[Result]:
    """The results of an inspection; Refused where one is missing."""
    results = list(inspection.results.all())
    missing = [result for result in results if result.passed is None]
    if missing:
        named = ", ".join(str(result.number) for result in missing)
        raise Refused(
            f"Not recorded yet: characteristic {named}.",
            field=f"value-{missing[0].number}",
            remedy="Record every characteristic, then decide.",
        )
    return results


def _close(inspections: Sequence[Inspection], status: str, by: User | None, now: datetime) -> None:
    ids = [inspection.id for inspection in inspections]
    Inspection.objects.filter(id__in=ids).update(
        status=status, decided_at=now, decided_by=by, version=F("version") + 1
    )
    for inspection in inspections:
        inspection.status, inspection.decided_at, inspection.decided_by = status, now, by
        inspection.version += 1
    close_work(keys=[work_key(each) for each in ids], by=by, now=now)


def _open_ncr(inspection: Inspection, now: datetime, concession: str = "") -> Nonconformance:
    kind, status = Nonconformance.Disposition, Nonconformance.Status
    failed = [result for result in inspection.results.all() if not result.passed]
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

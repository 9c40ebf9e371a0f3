"""Importing what a file would change: looked at first, then made exactly as it was shown."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.models import User
from planning import engine
from planning.models import PlanEdit, Upload
from planning.selectors.changes import Change, read_changes, write_changes
from planning.selectors.changes.base import MOST
from planning.selectors.sheets import standing_of_changes
from planning.services.changing.apply import change_plan
from planning.services.plans.replanning import tell_repair

KEPT: Final = timedelta(days=30)


@transaction.atomic
def keep_upload(
    *,
    name: str,
    changes: Sequence[Change],
    faults: Sequence[dict[str, Any]] = (),
    by: User | None = None,
    now: datetime | None = None,
) -> Upload:
    """Keep what a file would change, for KEPT; nothing else is written. Refused where it is too much."""
    now = now or clock.now()
    if len(changes) > MOST:
        remedy = f"Keep {MOST} changed rows at most and import the rest with a second file."
        raise Refused(f"This file changes {len(changes)} things at once.", field="file", remedy=remedy)
    Upload.objects.filter(edit=None, at__lt=now - KEPT).delete()
    return Upload.objects.create(
        name=name.strip()[:120] or "File",
        by=by,
        at=now,
        changes=write_changes(changes),
        faults=list(faults),
        standing=standing_of_changes(changes),
    )


def import_upload(*, upload: Upload, by: User | None = None, now: datetime | None = None) -> PlanEdit:
    """Make its changes as one edit. Conflict where it was imported, or what it is about was changed since."""
    now = now or clock.now()
    # A transaction that waits for the compiler is ended by the database.
    engine.warm_up()
    with transaction.atomic():
        # One import at a time: who comes second is compared with what the first one made.
        waiting = list(
            Upload.objects.select_for_update().filter(edit=None).order_by("id").values_list("id", flat=True)
        )
        if upload.id not in waiting:
            raise Conflict(f"{upload} is imported already.", remedy="See Changes; it can be undone there.")
        changes = read_changes(upload.changes)
        if standing_of_changes(changes) != upload.standing:
            raise Conflict(
                "Somebody changed the same jobs or calendars after this file was checked.",
                remedy="Upload the file again: it is checked against what stands now.",
            )
        edit, repair = change_plan(changes, by, now, f"Imported from {upload}")
        Upload.objects.filter(id=upload.id).update(edit=edit)
    tell_repair(repair)
    return edit

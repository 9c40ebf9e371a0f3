"""Importing what a file would change: looked at first, then made exactly as it was shown."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.models import User
from planning.models import PlanEdit, Upload
from planning.selectors.changes import Change, read_changes, write_changes
from planning.selectors.changes.base import MOST
from planning.selectors.sheets import standing_of_changes
from planning.services.changing import apply_changes

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
    """Make its changes as one edit. Conflict where it was imported, or what it is about was changed since.

    Changes set what shall be, so that two who press at the same moment do the same.
    """
    if upload.edit_id is not None:
        raise Conflict(f"{upload} is imported already.", remedy="See Changes; it can be undone there.")
    changes = read_changes(upload.changes)
    if standing_of_changes(changes) != upload.standing:
        raise Conflict(
            "Somebody changed the same jobs or calendars after this file was checked.",
            remedy="Upload the file again: it is checked against what stands now.",
        )
    edit = apply_changes(changes=changes, by=by, now=now, note=f"Imported from {upload}")
    Upload.objects.filter(id=upload.id, edit=None).update(edit=edit)
    return edit

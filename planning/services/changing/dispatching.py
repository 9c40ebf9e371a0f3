"""How the plan is handed to the floor."""

from collections.abc import Sequence

from planning.models import Dispatching, Operation
from planning.selectors.changes import Change, Dispatch, Release
from planning.services.changing.base import Making, makes
from planning.services.changing.places import waiting


@makes(Dispatch)
def dispatch(change: Dispatch, made: Making) -> Sequence[Change]:
    """Another rule; undone by the one before."""
    row, _ = Dispatching.objects.get_or_create(id=1)
    before = Dispatch(row.frozen_hours, row.release, row.ahead_hours, row.load_hours)
    if before == change:
        return []
    row.frozen_hours, row.release = change.frozen_hours, change.release
    row.ahead_hours, row.load_hours = change.ahead_hours, change.load_hours
    row.save()
    return [before]


@makes(Release)
def release(change: Release, made: Making) -> Sequence[Change]:
    """Released ahead of the rule, or only by it again."""
    operation = waiting(change.operation)
    if operation.released is not change.recalled:
        return []
    Operation.objects.filter(id=operation.id).update(released=not change.recalled)
    return [Release(operation.id, recalled=not change.recalled)]

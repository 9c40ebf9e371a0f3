"""Which plan a planner has seen."""

from django.db.models import Max

from kernel import clock
from kernel.errors import Refused
from orders.models import User
from planning.models import Look, PlanVersion


def note_look(*, user: User, version: str) -> Look:
    """This planner has seen the plans up to this version; Refused for one that never was."""
    newest = PlanVersion.objects.aggregate(newest=Max("id"))["newest"] or 0
    if not (version.isascii() and version.isdigit() and len(version) < 16 and int(version) <= newest):
        raise Refused("There is no such plan.", field="version", remedy="Reload the page.")
    found, _ = Look.objects.update_or_create(by=user, defaults={"version": int(version), "at": clock.now()})
    return found

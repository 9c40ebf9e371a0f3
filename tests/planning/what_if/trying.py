"""What-ifs in short."""

from datetime import datetime, timedelta

from planning import services
from planning.models import Branch, Operation
from planning.selectors import minute_of
from planning.selectors.changes import (
    Change,
    Down,
)
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning, step

HOUR = timedelta(hours=1)


def planned(shop: Shop, minutes: int) -> Operation:
    """A job of one cut, in the plan."""
    line = make_job(shop, routing=[step(shop.processes["CUT"], 10, minutes=minutes)])
    services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    return line.operations.get()


def made(*changes: Change, name: str = "Try", now: datetime = MONDAY) -> Branch:
    """A what-if with these changes, planned."""
    branch = services.make_branch(name=name, by=None, changes=changes, now=now)
    services.plan_branch(branch_id=branch.id, now=now)
    branch.refresh_from_db()
    return branch


def down(shop: Shop, hours: int = 4) -> Down:
    """CUT-1 stands from now on."""
    return Down(shop.machines["CUT-1"].id, minute_of(MONDAY), minute_of(MONDAY + hours * HOUR))


def start_of(operation: Operation) -> datetime | None:
    """Where it stands in the plan in force."""
    return Operation.objects.get(id=operation.id).planned_start

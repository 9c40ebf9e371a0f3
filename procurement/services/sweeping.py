"""What nobody's act would bring on: jobs supplied while on hold, and items that found a supplier."""

from django.db import transaction
from django.db.models import F

from kernel import clock
from orders.lifecycle import IN_WORK
from orders.models import OrderLine, Role, WorkItem
from orders.services import close_work, lock_jobs
from planning.models import Requirement
from procurement.models import Lot, SupplierItem
from procurement.selectors.supply import needs
from procurement.services.ledger import advance_supplied, keys_after_receipt
from procurement.services.sourcing import cover_jobs

BATCH = 40
SUPPLIER = "supplier:"


def sweep_materials() -> int:
    """Bring on what waits without an act to come; returns how many jobs moved. Cheap when nothing waits."""
    return _advance_resumed() + _source_found()


def _advance_resumed() -> int:
    """Jobs that were resumed in procurement: their material may have come while they were on hold."""
    resumed = OrderLine.objects.filter(
        state="procurement", held_at=None, moves__event="resume", moves__number=F("moves_made")
    )
    ids = list(resumed.values_list("id", flat=True)[:BATCH])
    if not ids:
        return 0
    with transaction.atomic():
        jobs = lock_jobs(ids).values()
        return len(advance_supplied(lines=jobs, keys=keys_after_receipt(jobs), now=clock.now()))


def _source_found() -> int:
    """Items on the buyers' list for want of a supplier: now they have one, or stock, or nobody needs them."""
    waiting = WorkItem.objects.waiting().filter(role=Role.BUYER, key__startswith=SUPPLIER)
    items = {int(key.removeprefix(SUPPLIER)) for key in waiting.values_list("key", flat=True)}
    if not items:
        return 0
    short = Requirement.objects.short().filter(item__in=items, cancelled_at=None, line__state__in=IN_WORK)
    wanted = dict(short.order_by("-need_by").values_list("line_id", "item_id"))
    offered = SupplierItem.objects.filter(item__in=items, supplier__active=True).values_list(
        "item_id", flat=True
    )
    stocked = Lot.objects.filter(item__in=items, on_hand__gt=F("reserved")).values_list("item_id", flat=True)
    found = set(offered) | set(stocked)
    lines = [line for line, item in wanted.items() if item in found][:BATCH]
    moved = _source_again(lines) if lines else 0
    _settle(items, list(wanted))
    return moved


@transaction.atomic
def _source_again(line_ids: list[int]) -> int:
    jobs = {line_id: job for line_id, job in lock_jobs(line_ids).items() if not job.held}
    now = clock.now()
    cover_jobs(line_ids=jobs, now=now)
    supplied = advance_supplied(lines=jobs.values(), keys=keys_after_receipt(jobs.values()), now=now)
    return len(supplied)


def _settle(items: set[int], line_ids: list[int]) -> None:
    """Take items off the list that nobody lacks any more."""
    lacking = {need.demand.item for need in needs(line_ids)} if line_ids else set()
    close_work(keys=[f"{SUPPLIER}{item}" for item in items - lacking])

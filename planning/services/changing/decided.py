"""Transfer lots, new promises, and material that the buyer is asked to bring earlier."""

from collections.abc import Sequence
from typing import Final

from django.urls import reverse

from kernel.errors import Conflict, Refused
from kernel.formats import absolute, day_of
from orders.models import OrderLine, Role
from orders.services import Work, close_work, open_work, promise_anew
from planning.engine import NEVER
from planning.models import Operation, Requirement
from planning.selectors import minute_of, moment_of
from planning.selectors.changes import Ask, Change, Lots, Promise, Unask
from planning.services.changing.base import Making, makes
from planning.services.changing.places import waiting

AGAIN: Final = "The promise before holds again"
ASKED: Final = "planning:earlier:"


@makes(Lots)
def hand_on_in_lots(change: Lots, made: Making) -> Sequence[Change]:
    """Its pieces go on in lots; the floor reads the size at the operation."""
    operation = waiting(change.operation)
    if not 0 <= change.size <= operation.quantity:
        raise Refused(
            f"{operation} has {operation.quantity} pieces: a lot of {change.size} makes no sense.",
            field="size",
            remedy="Give a size between 1 and the number of pieces, or 0 for all together.",
        )
    Operation.objects.filter(id=operation.id).update(transfer=change.size)
    return [Lots(operation.id, operation.transfer)]


@makes(Promise, orders=True)
def promise_another_day(change: Promise, made: Making) -> Sequence[Change]:
    """The order's own act, with its history and news for the customer; Conflict where it changed."""
    line: OrderLine = made.names.object("line", change.line)
    stands = minute_of(line.promised_at)
    if change.was not in {NEVER, stands}:
        raise Conflict(
            f"{line.order} {line} was promised anew meanwhile.",
            field="line",
            remedy="Look at the order again.",
        )
    day = moment_of(change.promised)
    promise_anew(order=line.order, promised=day, reason=change.reason, by=made.by, lines=[line], now=made.now)
    return [Promise(line.pk, stands, AGAIN, change.promised)] if stands != NEVER else []


@makes(Ask)
def ask_the_buyer(change: Ask, made: Making) -> Sequence[Change]:
    """A work item for purchasing; refused where the material is here."""
    need: Requirement = made.names.object("requirement", change.requirement)
    line: OrderLine = made.names.object("line", change.line)
    if need.available >= need.quantity:
        raise Refused(f"{need.item.number} is here already.", remedy="Reload the page.")
    by = absolute(moment_of(change.expected), today=day_of(made.now))
    work = Work(
        key=asked_key(need.pk),
        role=Role.BUYER,
        reason=f"{need.item.number} is wanted by {by} for {line.order} {line}. {made.note}".strip(),
        url=reverse("procurement:order-panel", args=[line.order.reference]),
        line=line,
        due_at=moment_of(change.expected),
    )
    open_work(items=[work], now=made.now)
    return [Unask(need.pk, line.pk)]


@makes(Unask)
def ask_no_more(change: Unask, made: Making) -> Sequence[Change]:
    """Off the buyer's list; done again only by a new question."""
    close_work(keys=[asked_key(change.requirement)], by=made.by, now=made.now)
    return []


def asked_key(requirement: int) -> str:
    """The key of the buyer's work item for this requirement."""
    return f"{ASKED}{requirement}"

"""What of a what-if cannot be made real as it is, and what would make it possible."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from orders.models import OrderLine
from planning.models import Machine
from planning.selectors.changes import Change
from planning.selectors.changes.machines import NewMachine
from planning.selectors.changes.rush import Rush
from planning.selectors.changes.supplies import Expect

QUOTED = ("draft", "quoted")


@dataclass(frozen=True)
class Obstacle:
    """What one change (by its number) lacks to be made real: a sentence, what to do, and where.

    Where it does not `block`, the others can be adopted without it.
    """

    change: int
    words: str
    remedy: str
    url: str
    label: str
    blocks: bool = True


def obstacles_of(changes: Sequence[Change]) -> list[Obstacle]:
    """All of them, in the order of the changes. At most two statements."""
    rushes = [each.line for each in changes if isinstance(each, Rush)]
    lines = OrderLine.objects.select_related("order").in_bulk(rushes) if rushes else {}
    codes = [each.code for each in changes if isinstance(each, NewMachine)]
    taken = set(Machine.objects.filter(code__in=codes).values_list("code", flat=True)) if codes else set()
    return [
        found
        for number, each in enumerate(changes)
        for found in (
            *_of_rush(number, each, lines),
            *_of_machine(number, each, taken),
            *_of_late(number, each),
        )
    ]


def _of_rush(number: int, change: Change, lines: dict[int, OrderLine]) -> Iterator[Obstacle]:
    if not isinstance(change, Rush):
        return
    line = lines.get(change.line)
    if line is None:
        yield Obstacle(number, "The line of the rush order was deleted.", "Take this change out.", "", "")
    elif not change.quoted:
        yield Obstacle(
            number,
            "The rush order exists in this what-if only.",
            "Enter and confirm a quotation for it, then take this change out or try that quotation.",
            _address("orders:list"),
            "Open orders",
        )
    elif line.state in QUOTED:
        yield Obstacle(
            number,
            f"{line.order} is a quotation, no job.",
            "Confirm the quotation first.",
            line.order.get_absolute_url(),
            f"Open {line.order}",
        )


def _of_machine(number: int, change: Change, taken: set[str]) -> Iterator[Obstacle]:
    if isinstance(change, NewMachine) and change.code in taken:
        yield Obstacle(
            number,
            f"There is a machine {change.code} already.",
            "Take this change out, and add the machine with another code where you still need it.",
            _address("planning:resources"),
            "Open resources",
        )


def _of_late(number: int, change: Change) -> Iterator[Obstacle]:
    if isinstance(change, Expect):
        yield Obstacle(
            number,
            f"That {change.source} fails is not yours to decide: nothing is written for it.",
            "Ask the buyers to confirm the dates, or to order elsewhere.",
            _address("procurement:home"),
            "Open purchasing",
            blocks=False,
        )


def _address(name: str) -> str:
    """Procurement lies above: its page is linked where it exists."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""

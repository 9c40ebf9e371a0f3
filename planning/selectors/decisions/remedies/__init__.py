"""What may help a job in danger: candidates, found on the order book in memory; nothing is tried here."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from planning.selectors.decisions.remedies.hours import overtime
from planning.selectors.decisions.remedies.people import earlier_material, higher_priority, new_promise
from planning.selectors.decisions.remedies.places import lots, other_machines, swaps
from planning.selectors.decisions.remedies.ranking import Outcome, helps, outcome, told
from planning.selectors.decisions.remedies.trouble import Offer, Subject, Trouble

SOURCES: Final[Sequence[Callable[[Trouble], Iterator[Offer]]]] = (
    *(other_machines, swaps, overtime, earlier_material, lots, higher_priority, new_promise),
)


def offers(trouble: Trouble) -> Iterator[Offer]:
    """All candidates, those that cost nothing first."""
    for source in SOURCES:
        yield from source(trouble)


__all__ = ["Offer", "Outcome", "Subject", "Trouble", "helps", "offers", "outcome", "told"]

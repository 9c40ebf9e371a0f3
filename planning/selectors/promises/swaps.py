"""Other choices of a quoted line that take less work: what may be sold where the date matters more."""

from collections.abc import Iterator
from itertools import islice
from typing import Final, cast

from kernel.errors import Refused
from orders.engine import CompiledProduct, Effectivity, Release, configure, explode
from orders.models import OrderLine

MOST_FEATURES: Final = 80
"""In a larger product single choices are no way out anybody would look through."""

MOST_CONFIGURED: Final = 40
MOST_TRIED: Final = 6
Swap = tuple[str, Release]


def shorter(compiled: CompiledProduct, line: OrderLine, release: Release, at: Effectivity) -> list[Swap]:
    """Valid lines that differ from this one in a single choice and take less work, the least first.

    Each in words and exploded; MOST_TRIED at most.
    """
    if len(compiled.features) > MOST_FEATURES:
        return []
    least = _minutes(release)
    found = [
        swap for swap in islice(_swapped(compiled, line, at), MOST_CONFIGURED) if _minutes(swap[1]) < least
    ]
    return sorted(found, key=lambda swap: _minutes(swap[1]))[:MOST_TRIED]


def _swapped(compiled: CompiledProduct, line: OrderLine, at: Effectivity) -> Iterator[Swap]:
    for code, feature in compiled.features.items():
        labels = {option.code: option.label for option in feature.options}
        given = line.choices.get(code)
        if feature.many or given not in labels:
            continue
        for option in [each for each in labels if each != given]:
            other = configure(compiled, {**line.choices, code: option})
            try:
                if other.valid:
                    release = explode(compiled, other, line.quantity, at)
                    yield f"{feature.label}: {labels[option]} instead of {labels[given]}", release
            except Refused:
                continue


def _minutes(release: Release) -> int:
    return sum(cast(int, step["setup_minutes"]) + cast(int, step["run_minutes"]) for step in release.routing)

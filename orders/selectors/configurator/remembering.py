"""Choices as the page carries them from click to click: the numbers of their slots, the rest in words."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from orders.engine import Stored
from orders.engine.deciding import Decider, Slot
from orders.selectors.configurator.changes import DIGITS, coded

RUN: Final = re.compile(r"([0-9a-z]{1,5})(?:\+([0-9a-z]{1,5}))?", re.ASCII)
LONGEST: Final = 1_000_000


def written(decides: Decider, choices: Mapping[str, Stored]) -> str:
    """`3 0+5;{"WIDTH":"1800"}`: slots as `changes.coded` writes them; numbers and texts as JSON."""
    places: set[int] = set()
    rest: dict[str, Stored] = {}
    for code, value in choices.items():
        slots = [Slot(code, option) for option in _options(value)]
        if slots and code not in decides.table.texts and all(slot in decides.place for slot in slots):
            places.update(decides.place[slot] for slot in slots)
        else:
            rest[code] = value
    words = f";{json.dumps(rest, separators=(',', ':'))}" if rest else ""
    return coded(np.array(sorted(places), np.intp)) + words


def remembered(decides: Decider, text: str) -> dict[str, object]:
    """What `written` wrote; of anything else what can be read of it."""
    runs, _, words = text[:LONGEST].partition(";")
    found: dict[str, object] = {}
    for place in _places(runs, len(decides.slots)):
        code, value = decides.table.told[place]
        held = found.get(code)
        found[code] = [*held, *value] if isinstance(held, list) and isinstance(value, list) else value
    return found | _object(words)


def _options(value: Stored) -> list[str]:
    if isinstance(value, list):
        return value
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [value or ""]


def _places(runs: str, most: int) -> Iterator[int]:
    """Ascending places below `most`; stops at what is no run."""
    place = 0
    for run in runs.split():
        read = RUN.fullmatch(run)
        if read is None:
            return
        place += int(read[1], DIGITS)
        end = place + int(read[2] or "0", DIGITS) + 1
        yield from range(place, min(end, most))
        place = end


def _object(text: str) -> dict[str, object]:
    """A JSON object; empty where somebody sent something else."""
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

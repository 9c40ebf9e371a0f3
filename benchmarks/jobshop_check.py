"""Judges a schedule of a public job shop instance by its own rows; no code is shared with the engine."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any


def faults(rows: Sequence[Sequence[Any]], starts: Sequence[int], machines: Sequence[int]) -> list[str]:
    """What is wrong with a schedule; empty if nothing. Operations are numbered job by job."""
    found: list[str] = []
    busy: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    number = 0
    for job, chain in enumerate(rows):
        free = 0
        for place, entry in enumerate(chain):
            name = f"job {job} operation {place}"
            if number >= len(starts) or number >= len(machines):
                return [*found, f"{name} is not planned"]
            times = dict([entry] if isinstance(entry[0], int) else entry)
            if machines[number] not in times:
                return [*found, f"{name} runs on machine {machines[number]}, which cannot do it"]
            start, end = starts[number], starts[number] + times[machines[number]]
            if start < free:
                found.append(f"{name} starts at {start} before {free}")
            busy[machines[number]].append((start, end, name))
            free = end
            number += 1
    if len(starts) != number or len(machines) != number:
        found.append(f"{len(starts)} starts for {number} operations")
    for machine, spans in busy.items():
        spans.sort()
        for (_, end, name), (start, _, later) in pairwise(spans):
            if start < end:
                found.append(f"machine {machine}: {later} starts before {name} ends")
    return found


def makespan(rows: Sequence[Sequence[Any]], starts: Sequence[int], machines: Sequence[int]) -> int:
    """The last end of a schedule."""
    entries = [entry for chain in rows for entry in chain]
    return max(
        start + int(dict([entry] if isinstance(entry[0], int) else entry)[machine])
        for entry, start, machine in zip(entries, starts, machines, strict=True)
    )

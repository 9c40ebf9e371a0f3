"""Another place for the operation that binds: another machine, that of a job with time, or in lots."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from planning import engine
from planning.engine import Cause
from planning.models import Operation, Remedy
from planning.selectors.changes import Lots, Move
from planning.selectors.decisions.remedies.trouble import WORTH_MOVING, Offer, Trouble

TRIED: Final = 2
LOTS: Final = 4
"""Pieces go on in about so many lots."""

LEAST: Final = 5
"""Minutes by which what follows must end sooner to be moved along."""

LONG: Final = 60
"""Working minutes from which lots are worth their handling."""


def other_machines(trouble: Trouble) -> Iterator[Offer]:
    """The operations that wait longest, on the machine of their pool where they would end first."""
    waits = trouble.minutes(Cause.QUEUE, Cause.GAP, Cause.CLOSED)
    for operation in [each for each in waits if trouble.may_move(each)][:TRIED]:
        best = trouble.best_gap(operation, trouble.ready(operation), trouble.machine(operation))
        if best and best[0] + WORTH_MOVING <= int(trouble.slots["end"][operation]):
            yield _moved(trouble, operation, best)


def swaps(trouble: Trouble) -> Iterator[Offer]:
    """The exchange of places with the first operation of its queue whose job has time for it."""
    for link in trouble.links:
        mine, other = link.operation, link.behind
        if link.cause != Cause.QUEUE or not (trouble.may_move(mine) and trouble.may_move(other)):
            continue
        slots, machine = trouble.slots, trouble.machine(mine)
        there = int(trouble.operations[other])
        later = int(slots["end"][mine]) - int(slots["end"][other])
        if there == trouble.job or trouble.spare(there) < later or not trouble.alone(machine):
            continue
        start = max(int(slots["start"][other]), trouble.ready(mine))
        if start + WORTH_MOVING > int(slots["start"][mine]):
            continue
        windows = trouble.windows(machine)
        behind = int(engine.subtract_work(windows, int(slots["end"][mine]), trouble.takes(other, machine)))
        yield _swapped(trouble, (mine, start), (other, max(behind, start)))
        return


def lots(trouble: Trouble) -> Iterator[Offer]:
    """The longest operation that others of the job follow hands its pieces on in lots."""
    after, rows = trouble.book.problem.after, trouble.book.rows
    owners = np.repeat(np.arange(len(after.ptr) - 1), np.diff(after.ptr))
    for operation, minutes in trouble.minutes(Cause.WORK).items():
        if minutes < LONG or not trouble.may_move(operation):
            continue
        pieces, lot = int(rows["quantity"][operation]), int(rows["transfer"][operation])
        followed = (trouble.operations[owners[after.value == operation]] == trouble.job).any()
        if pieces < 2 or 0 < lot < pieces or not followed:
            continue
        size = -(-pieces // LOTS)
        name = _names(trouble, operation)[0]
        words = f"{name} hands its {pieces} pieces on in lots of {size}"
        yield Offer(Remedy.Kind.LOTS, words, (Lots(int(rows["id"][operation]), size),))
        return


def _moved(trouble: Trouble, operation: int, place: tuple[int, int, int]) -> Offer:
    end, machine, start = place
    resources, (name,) = trouble.book.resources, _names(trouble, operation)
    words = f"{name} on {resources.machine_codes[machine]} instead of {_code(trouble, operation)}"
    changes = (_move(trouble, operation, machine, start), *_drawn(trouble, operation, end))
    return Offer(Remedy.Kind.MACHINE, words, changes)


def _swapped(trouble: Trouble, mine: tuple[int, int], other: tuple[int, int]) -> Offer:
    first, second = _names(trouble, mine[0], other[0])
    machine = trouble.machine(mine[0])
    end = int(engine.add_work(trouble.windows(machine), mine[1], trouble.takes(mine[0], machine)))
    changes = (
        _move(trouble, mine[0], machine, mine[1]),
        _move(trouble, other[0], machine, other[1]),
        *_drawn(trouble, mine[0], end),
    )
    return Offer(
        Remedy.Kind.SWAP, f"{first} changes places with {second} on {_code(trouble, mine[0])}", changes
    )


def _drawn(trouble: Trouble, first: int, end: int) -> Iterator[Move]:
    """What follows the operation in its job, where it can begin sooner once that ends by then."""
    ends, after = {first: end}, trouble.book.problem.after
    for operation in np.flatnonzero(trouble.operations == trouble.job).tolist():
        before = after.value[after.ptr[operation] : after.ptr[operation + 1]].tolist()
        if not ends.keys() & set(before) or not trouble.may_move(operation):
            continue
        best = trouble.best_gap(operation, trouble.ready(operation, ends))
        if best and best[0] + LEAST <= int(trouble.slots["end"][operation]):
            ends[operation] = best[0]
            yield _move(trouble, operation, best[1], best[2])


def _move(trouble: Trouble, operation: int, machine: int, start: int) -> Move:
    row, ids = trouble.book.rows[operation], trouble.book.resources.machine_ids
    return Move(int(row["id"]), ids[machine], start, int(row["machine"]), int(row["start"]))


def _code(trouble: Trouble, operation: int) -> str:
    return trouble.book.resources.machine_codes[trouble.machine(operation)]


def _names(trouble: Trouble, *operations: int) -> list[str]:
    """What they are called, those of other jobs with their order. One statement."""
    ids = [int(trouble.book.rows["id"][each]) for each in operations]
    found = Operation.objects.select_related("line__order").in_bulk(ids)
    return [
        str(found[each])
        if found[each].line_id == trouble.subject.line
        else f"{found[each].line.order} {found[each]}"
        for each in ids
    ]

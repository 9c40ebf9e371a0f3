"""Where an operation finds its seat on a machine, behind what that did so far."""

from typing import Any, Final

from kernel.jit import IntArray, part
from planning.engine.calendars import NEVER, subtract_work_in
from planning.engine.shop import Shop, opens, run_on, setup_after, timing

KEPT: Final = 0
OUT: Final = 1
AHEAD: Final = 2
"""An operation keeps its turn on its machine; is put into a gap at the end; or goes ahead of others."""


@part
def seated(
    shop: Shop, operation: int, machine: int, begin: int, free: IntArray, family: IntArray
) -> tuple[int, int, int]:
    """Start, ready and end on this machine behind what it did so far; NEVER where the time is short."""
    setup = shop.tasks[operation].setup
    if shop.machines[machine].single:
        begin = max(begin, free[machine])
        setup = setup_after(shop, operation, family[machine])
    start = opens(shop, machine, begin)
    if start == NEVER:
        return NEVER, NEVER, NEVER
    ready, end = timing(shop, machine, operation, start, setup)
    return start, ready, end


@part
def kept_from(shop: Shop, operation: int, slot: Any, begin: int, free: IntArray, family: IntArray) -> int:
    """When a kept operation begins: where it stands, or sooner for a set-up it did not need there."""
    machine, task = slot.machine, shop.tasks[operation]
    there: int = max(begin, slot.start)
    if not shop.machines[machine].single or family[machine] == task.family or task.setup == 0:
        return there
    end = seated(shop, operation, machine, there, free, family)[2]
    if end != NEVER and end <= slot.end:
        return there
    seat, setup = shop.machines[machine], setup_after(shop, operation, family[machine])
    done = end_of_set_up(shop, machine, operation, slot.end)
    sooner = subtract_work_in(shop.windows, seat.low, seat.high, done, setup)
    return max(begin, min(there, sooner))


@part
def end_of_set_up(shop: Shop, machine: int, operation: int, end: int) -> int:
    """By when set-up must be done for the run to end then; NEVER where the time does not suffice."""
    seat, run = shop.machines[machine], run_on(shop, machine, operation)
    if shop.tasks[operation].unattended:
        return end - run
    done: int = subtract_work_in(shop.windows, seat.low, seat.high, end, run)
    return done

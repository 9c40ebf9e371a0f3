"""Turns on machines that give way: who is not ready in time lets the next one that is go first."""

from typing import Final, NamedTuple

import numpy as np

from kernel.jit import IntArray, Table, kernel, part
from planning.engine.calendars import NEVER
from planning.engine.events import pop, push
from planning.engine.seats import KEPT, kept_from, seated
from planning.engine.shop import STARTED, Shop, place

LOOK: Final = 40
"""How many operations behind the late one are asked whether they can go first."""


class Queue(NamedTuple):
    """Who stands on which machine: `line[ptr[m]:ptr[m + 1]]` in the order of their starts so far.

    `head` is the first of each machine without a place, `ready` when each operation may begin (NEVER: not
    known yet), `missing` how many of its predecessors have no place, `heap` the events.
    """

    ptr: IntArray
    line: IntArray
    head: IntArray
    ready: IntArray
    missing: IntArray
    heap: IntArray


def queue_of(shop: Shop, standing: Table, marks: IntArray, slots: Table) -> Queue:
    """The queues of the kept operations, `slots` holding what has started."""
    single = shop.machines["single"][np.maximum(standing["machine"], 0)] != 0
    kept = (marks == KEPT) & (standing["machine"] >= 0) & (shop.tasks["fixing"] != STARTED) & single
    rows = np.flatnonzero(kept)
    rows = rows[np.lexsort((standing["start"][rows], standing["machine"][rows]))]
    sizes = np.bincount(standing["machine"][rows], minlength=len(shop.machines))
    ptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    count = len(shop.tasks)
    missing = shop.tasks["last_before"] - shop.tasks["first_before"]
    return Queue(
        ptr=ptr,
        line=rows,
        head=ptr[:-1].copy(),
        ready=np.full(count, NEVER, np.int64),
        missing=missing.copy(),
        heap=np.zeros(4 * count + 8 * len(shop.machines) + 8, np.int64),
    )


@part
def note(shop: Shop, queue: Queue, moment: int, machine: int) -> None:
    """Look at this machine at that moment."""
    if queue.heap[0] + 1 < len(queue.heap):
        push(queue.heap, (moment - shop.now) * len(shop.machines) + machine)


@part
def release(shop: Shop, standing: Table, slots: Table, queue: Queue, operation: int) -> None:
    """Tell the followers of a placed operation; those that wait for nothing else have their ready moment."""
    task = shop.tasks[operation]
    for at in range(task.first_after, task.last_after):
        follower = shop.after[at]
        queue.missing[follower] -= 1
        if queue.missing[follower] == 0:
            arrive(shop, standing, slots, queue, follower)


@part
def arrive(shop: Shop, standing: Table, slots: Table, queue: Queue, operation: int) -> None:
    """Write from when an operation may begin, and let its machine look then."""
    task = shop.tasks[operation]
    begin: int = task.release
    for at in range(task.first_before, task.last_before):
        begin = max(begin, slots[shop.before[at]].end + shop.lag_before[at])
    queue.ready[operation] = begin
    if standing[operation].machine >= 0:
        note(shop, queue, max(begin, shop.now), standing[operation].machine)


@part
def ready_behind(queue: Queue, slots: Table, machine: int, moment: int) -> int:
    """The first operation behind the head of the queue that has no place and is ready; -1 for none."""
    head, last = queue.head[machine], queue.ptr[machine + 1]
    for at in range(head + 1, min(last, head + LOOK)):
        candidate = queue.line[at]
        known = queue.ready[candidate]
        if slots[candidate].machine < 0 and known != NEVER and known <= moment:
            return int(candidate)
    return -1


@part
def next_of(
    shop: Shop, standing: Table, slots: Table, queue: Queue, machine: int, moment: int, free: IntArray,
    family: IntArray,
) -> int:  # fmt: skip
    """Whose turn it is on a free machine now; -1 for nobody, the machine looking again when that changes."""
    head, last = queue.head[machine], queue.ptr[machine + 1]
    while head < last and slots[queue.line[head]].machine >= 0:
        head += 1
    queue.head[machine] = head
    if head == last:
        return -1
    first = queue.line[head]
    slot, known = standing[first], queue.ready[first]
    if known != NEVER and known <= moment:
        turn = kept_from(shop, first, slot, moment, free, family)
        if turn <= moment:
            return int(first)
        note(shop, queue, turn, machine)
        return -1
    if slot.start > moment:
        note(shop, queue, slot.start, machine)
        return -1
    return ready_behind(queue, slots, machine, moment)


@kernel
def give_way(
    shop: Shop, standing: Table, slots: Table, queue: Queue, free: IntArray, family: IntArray
) -> None:
    """Run the machines from event to event; fills the slots of the kept operations of `queue`."""
    machines = len(shop.machines)
    for operation in range(len(shop.tasks)):
        task = shop.tasks[operation]
        if task.fixing == STARTED:
            if slots[operation].machine >= 0:
                release(shop, standing, slots, queue, operation)
        elif task.first_before == task.last_before:
            arrive(shop, standing, slots, queue, operation)
    for machine in range(machines):
        note(shop, queue, max(free[machine], shop.now), machine)
    while queue.heap[0] > 0:
        event = pop(queue.heap)
        moment, machine = event // machines + shop.now, event % machines
        if free[machine] > moment:
            continue
        chosen = next_of(shop, standing, slots, queue, machine, moment, free, family)
        if chosen < 0:
            continue
        start, ready, end = seated(shop, chosen, machine, moment, free, family)
        if end == NEVER:
            queue.ready[chosen] = NEVER
            continue
        place(slots, chosen, machine, start, ready, end)
        free[machine] = end
        family[machine] = shop.tasks[chosen].family
        note(shop, queue, end, machine)
        release(shop, standing, slots, queue, chosen)

"""Placing an operation into the ledger: in a gap, or pushing its followers right inside their own slack.

`grace` is how many minutes beyond its slack a job may be pushed; STILL where nobody is moved at all.
"""

from typing import Final

from kernel.jit import IntArray, kernel, part
from planning.engine.calendars import NEVER, subtract_work_in
from planning.engine.promise_ledger import (
    FAR,
    Ledger,
    crowded,
    enter,
    link,
    note,
    opening,
    roll_back,
    run_on,
    setup_behind,
    times,
    unlink,
)

STILL: Final = -1
MOST_TRIALS: Final = 24
"""Pushes tried per operation and machine before the next real gap is taken."""

MOST_STEPS: Final = 20_000
"""Steps after which one placement pushes nobody more, so that an answer takes milliseconds in any book."""

MOST_PUSHED: Final = 300
"""Nodes looked at in one push."""


@part
def reached(ledger: Ledger, node: int) -> int:
    """From when release and placed predecessors let a node begin; NEVER when a predecessor has no place."""
    row = ledger.nodes[node]
    moment: int = max(row.release, ledger.now)
    for at in range(row.first_before, row.last_before):
        before = ledger.nodes[ledger.before[at]]
        if before.machine < 0:
            return NEVER
        moment = max(moment, before.end + ledger.lag_before[at])
    return moment


@part
def gap_limit(ledger: Ledger, machine: int, ahead: int, family: int) -> int:
    """Until when `family` may use the gap before the node `ahead` without moving it."""
    row = ledger.nodes[ahead]
    until: int = row.start
    if until == FAR or row.setup == 0 or row.ready > row.start or (family >= 0 and family == row.family):
        return until
    station = ledger.stations[machine]
    return subtract_work_in(ledger.windows, station.low, station.high, until, row.setup)


@part
def settle(ledger: Ledger, node: int, grace: int) -> bool:
    """Push right whoever must give way to a node just placed: False when one would leave its slack.

    The order on every machine stays. What a failed push changed is in the log.
    """
    work, pending = ledger.work, 0
    row = ledger.nodes[node]
    if ledger.stations[row.machine].single != 0:
        work[0] = row.next
        pending = 1
    for at in range(row.first_after, row.last_after):
        work[pending] = ledger.after[at]
        pending += 1
    steps = 0
    while pending > 0:
        pending -= 1
        here = work[pending]
        row = ledger.nodes[here]
        if row.machine < 0 or row.start == FAR:
            continue
        steps += 1
        ledger.tally[2] += 1
        if steps > MOST_PUSHED or pending > len(work) - 64 or crowded(ledger):
            return False
        moved = pushed(ledger, here, grace)
        if moved < 0:
            return False
        if moved == 0:
            continue
        if ledger.stations[row.machine].single != 0:
            work[pending] = row.next
            pending += 1
        for at in range(row.first_after, row.last_after):
            work[pending] = ledger.after[at]
            pending += 1
    return True


@part
def pushed(ledger: Ledger, node: int, grace: int) -> int:
    """Move a node behind what stands before it: 1 moved, 0 it stands well already, -1 it must not move."""
    row = ledger.nodes[node]
    least = reached(ledger, node)
    setup = row.setup if row.ready > row.start else 0
    wanted = setup
    station = ledger.stations[row.machine]
    if station.single != 0:
        least = max(least, ledger.nodes[row.previous].end)
        wanted = max(setup, setup_behind(ledger, row.previous, node))
    if least <= row.start and wanted == setup:
        return 0
    if row.fixed != 0 or least == NEVER:
        return -1
    start = row.start
    if wanted > setup:
        start = subtract_work_in(ledger.windows, station.low, station.high, row.ready, wanted)
    start = opening(ledger, row.machine, max(start, least))
    if start == NEVER:
        return -1
    ready, end = times(ledger, row.machine, node, start, wanted)
    # A job put back after it gave way has no limit of its own; it is charged for its lateness.
    latest = row.limit if row.stale != 0 else min(row.limit, row.latest_end)
    if end == NEVER or (end > latest + grace and end > row.end):
        return -1
    note(ledger, node)
    later = end > row.end
    row.start = start
    row.ready = ready
    row.end = max(end, row.end)
    return 1 if later else 0


@part
def seek(ledger: Ledger, node: int, machine: int, moment: int, grace: int, best: IntArray) -> None:
    """Write (end, machine, behind, start, ready) of a machine's first place if it ends before best[0]."""
    row = ledger.nodes[node]
    if ledger.stations[machine].single == 0:
        start = opening(ledger, machine, moment)
        if start != NEVER:
            ready, end = times(ledger, machine, node, start, row.setup)
            if end != NEVER and end < best[0]:
                best[0], best[1], best[2], best[3], best[4] = end, machine, -1, start, ready
        return
    ahead, trials, run = enter(ledger, machine, moment), 0, run_on(ledger, machine, node)
    while True:
        ledger.tally[2] += 1
        front = ledger.nodes[ahead]
        behind = front.previous
        begin = max(moment, ledger.nodes[behind].end)
        if begin >= best[0]:
            return
        room = front.latest_start + grace if grace >= 0 and front.stale == 0 else front.start
        if begin + run > room and front.start != FAR:
            ahead = front.next
            continue
        start = opening(ledger, machine, begin)
        if start == NEVER or start >= best[0]:
            return
        ready, end = times(ledger, machine, node, start, setup_behind(ledger, behind, node))
        if end == NEVER or end >= best[0]:
            return
        fits = end <= gap_limit(ledger, machine, ahead, row.family)
        may_push = grace >= 0 and trials < MOST_TRIALS and ledger.tally[2] < MOST_STEPS
        if not fits and may_push and end <= room and front.fixed == 0:
            mark = ledger.tally[0]
            link(ledger, node, machine, behind, start, ready, end)
            fits = settle(ledger, node, grace)
            roll_back(ledger, mark)
            trials += 1
        if fits:
            best[0], best[1], best[2], best[3], best[4] = end, machine, behind, start, ready
            return
        ahead = front.next


@part
def put(ledger: Ledger, node: int, grace: int, best: IntArray) -> bool:
    """Place one operation where it ends first; False when it has no place."""
    moment = reached(ledger, node)
    pool = ledger.nodes[node].pool
    if moment == NEVER or pool < 0:
        return False
    best[0] = FAR
    for at in range(ledger.pool_ptr[pool], ledger.pool_ptr[pool + 1]):
        seek(ledger, node, ledger.members[at], moment, grace, best)
    if best[0] == FAR:
        return False
    link(ledger, node, best[1], best[2], best[3], best[4], best[0])
    return grace < 0 or settle(ledger, node, grace)


@kernel
def put_all(ledger: Ledger, first: int, last: int, grace: int, best: IntArray) -> int:
    """Place the new operations first..last in their order: the end of the last one, or NEVER.

    `best` is scratch space. An operation without a place stays nowhere, and so do its followers.
    """
    finish, whole = NEVER, True
    ledger.tally[2] = 0
    for node in range(first, last):
        whole = put(ledger, node, grace, best) and whole
        finish = max(finish, ledger.nodes[node].end)
    return finish if whole else NEVER


@kernel
def undo(ledger: Ledger, mark: int) -> None:
    """Undo what was noted since the log was `mark` rows long."""
    roll_back(ledger, mark)


@part
def eject(ledger: Ledger, job: int, moment: int) -> bool:
    """Take a job's operations that start at or after `moment` off their machines; False if one must stay."""
    for at in range(ledger.job_ptr[job], ledger.job_ptr[job + 1]):
        row = ledger.nodes[ledger.job_nodes[at]]
        if row.machine >= 0 and row.fixed != 0 and row.start >= moment:
            return False
    for at in range(ledger.job_ptr[job], ledger.job_ptr[job + 1]):
        row = ledger.nodes[ledger.job_nodes[at]]
        if row.machine >= 0 and row.start >= moment:
            unlink(ledger, ledger.job_nodes[at])
    return True

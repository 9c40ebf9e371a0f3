"""Why a new job ends when it does: its critical chain, and what stands before each operation of it."""

from typing import Any, Final

from kernel.jit import Table, fields, kernel, part
from planning.engine.calendars import find_window, work_until
from planning.engine.promise_ledger import FAR, Ledger, enter

BLOCKERS: Final = 3
LOOKED_AT: Final = 400
LINK: Final = fields(
    "node", "reached", "released", "open", "busy", "job0", "job1", "job2", "took0", "took1", "took2"
)
"""One operation of the chain: from when it could begin, whether its release says so (else a predecessor), the
working and the busy minutes while it waited, and the jobs that took most of them."""


@part
def latest_before(ledger: Ledger, node: int) -> int:
    """Which predecessor lets the node begin last, as an index of `before`, or -1."""
    row, picked, end = ledger.nodes[node], -1, -FAR
    for at in range(row.first_before, row.last_before):
        over = ledger.nodes[ledger.before[at]].end + ledger.lag_before[at]
        if over > end:
            picked, end = at, over
    return picked


@part
def open_minutes(ledger: Ledger, machine: int, first: int, last: int) -> int:
    """Working minutes of a machine between two moments."""
    station = ledger.stations[machine]
    low = find_window(ledger.windows, station.low, station.high, first)
    return work_until(ledger.windows, low, station.high, last) - work_until(
        ledger.windows, low, station.high, first
    )


@part
def count_blocker(link: Any, job: int, minutes: int) -> None:
    """Keep the jobs that took most of the waiting time, the longest first."""
    if job == link.job0:
        link.took0 += minutes
    elif job == link.job1:
        link.took1 += minutes
    elif job == link.job2:
        link.took2 += minutes
    elif minutes > link.took2:
        link.job2, link.took2 = job, minutes
    if link.took2 > link.took1:
        link.job1, link.job2 = link.job2, link.job1
        link.took1, link.took2 = link.took2, link.took1
    if link.took1 > link.took0:
        link.job0, link.job1 = link.job1, link.job0
        link.took0, link.took1 = link.took1, link.took0


@part
def look_back(ledger: Ledger, link: Any) -> None:
    """Who held the machine of a link while its operation waited."""
    row = ledger.nodes[link.node]
    if ledger.stations[row.machine].single == 0:
        return
    link.open = open_minutes(ledger, row.machine, link.reached, row.start)
    here = enter(ledger, row.machine, link.reached)
    for _ in range(LOOKED_AT):
        other = ledger.nodes[here]
        if here == link.node or other.start >= row.start:
            return
        taken = open_minutes(ledger, row.machine, max(other.start, link.reached), other.end)
        link.busy += taken
        count_blocker(link, other.job, taken)
        here = other.next


@kernel
def trace(ledger: Ledger, first: int, last: int, links: Table) -> int:
    """Write the critical chain of the new operations first..last, the last one first; returns its length."""
    node, end = -1, -FAR
    for each in range(first, last):
        if ledger.nodes[each].end > end:
            node, end = each, ledger.nodes[each].end
    filled = 0
    while node >= 0 and filled < len(links):
        row, link = ledger.nodes[node], links[filled]
        before = latest_before(ledger, node)
        moment = max(row.release, ledger.now)
        link.node, link.released, link.open, link.busy = node, 1, 0, 0
        link.job0, link.job1, link.job2 = -1, -1, -1
        link.took0, link.took1, link.took2 = 0, 0, 0
        over = -FAR
        if before >= 0:
            over = ledger.nodes[ledger.before[before]].end + ledger.lag_before[before]
        if over >= moment:
            moment, link.released = over, 0
        link.reached = moment
        look_back(ledger, link)
        filled += 1
        node = ledger.before[before] if link.released == 0 else -1
    return filled

"""Displacing on trial: a few jobs give way to a new one and are put back where they end first."""

from typing import Final

from kernel.jit import IntArray, Table, fields, kernel, part
from planning.engine.calendars import NEVER
from planning.engine.promise_ledger import FAR, Ledger, crowded, enter, roll_back
from planning.engine.promise_place import eject, put, reached

MOST_DISPLACED: Final = 12
"""Jobs that may become later than they are allowed: more than that nobody wants to talk to."""

MOST_EJECTED: Final = 4
MOST_STEPS: Final = 150_000
"""Steps after which no other set of jobs is tried."""

GRACES: Final = (0, 1440, 5 * 1440)
"""How late a push may make others, tried in turn."""

CANDIDATES: Final = 6
"""Jobs tried per round: the first that stand in the way of the two operations that wait longest."""

LOOKED_AT: Final = 200
CHOICE: Final = fields("job", "moment")


@part
def trial(
    ledger: Ledger, first: int, last: int, weight: int, chosen: Table, many: int, grace: int, best: IntArray
) -> float:
    """Let the chosen jobs give way, place first..last and put them back; what it costs, FAR if impossible."""
    mark, ledger.tally[2] = ledger.tally[0], 0
    for at in range(many):
        if crowded(ledger) or not eject(ledger, chosen[at].job, chosen[at].moment):
            return float(FAR)
    finish = NEVER
    for node in range(first, last):
        if not put(ledger, node, grace, best):
            return float(FAR)
        finish = max(finish, ledger.nodes[node].end)
    for at in range(many):
        if not put_back(ledger, chosen[at].job, grace, best):
            return float(FAR)
    return float(weight) * (finish - ledger.now) + harm(ledger, mark)


@part
def put_back(ledger: Ledger, job: int, grace: int, best: IntArray) -> bool:
    """Place what was taken out of a job again; False where it finds no place."""
    for at in range(ledger.job_ptr[job], ledger.job_ptr[job + 1]):
        node = ledger.job_nodes[at]
        row = ledger.nodes[node]
        if row.machine < 0 and row.stale != 0 and (crowded(ledger) or not put(ledger, node, grace, best)):
            return False
    return True


@part
def harm(ledger: Ledger, mark: int) -> float:
    """The lateness (weight x minutes) brought over others since the log was `mark` long; FAR for too many."""
    ledger.tally[1] += 1
    cost, wronged = 0.0, 0
    for at in range(mark, ledger.tally[0]):
        node = ledger.log[at].node
        row = ledger.nodes[node]
        if row.seen == ledger.tally[1] or row.end <= row.limit or node >= ledger.operations:
            continue
        row.seen = ledger.tally[1]
        wronged += 1
        cost += float(max(ledger.owners[row.job].weight, 1)) * (row.end - row.limit)
    return cost if wronged <= MOST_DISPLACED else float(FAR)


@part
def wait_of(ledger: Ledger, node: int) -> int:
    """Minutes a placed node waits for its machine."""
    waited: int = ledger.nodes[node].start - reached(ledger, node)
    return waited


@part
def longest_wait(ledger: Ledger, first: int, last: int, below: int) -> int:
    """Which new node waits longest for its machine, among those that wait less than `below`; or -1."""
    picked, longest = -1, 0
    for node in range(first, last):
        if ledger.stations[ledger.nodes[node].machine].single == 0:
            continue
        wait = wait_of(ledger, node)
        if longest < wait < below:
            picked, longest = node, wait
    return picked


@part
def known(chosen: Table, many: int, job: int) -> bool:
    """Whether a job is among the chosen."""
    found = False
    for at in range(many):
        found = found or chosen[at].job == job
    return found


@part
def gather(ledger: Ledger, node: int, chosen: Table, many: int, found: Table, filled: int, most: int) -> int:
    """Add to `found` who stands on the machine while `node` waits: not chosen yet, long enough to help."""
    row = ledger.nodes[node]
    here = enter(ledger, row.machine, reached(ledger, node))
    for _ in range(LOOKED_AT):
        other = ledger.nodes[here]
        if here == node or other.start == FAR or filled >= most:
            break
        free = other.fixed == 0 and other.stale == 0 and 0 <= other.job < len(ledger.owners)
        long_enough = 4 * (other.setup + other.run) >= 3 * row.run
        if (
            free
            and long_enough
            and not known(chosen, many, other.job)
            and not known(found, filled, other.job)
        ):
            found[filled].job = other.job
            found[filled].moment = other.start
            filled += 1
        here = other.next
    return filled


@kernel
def displace(
    ledger: Ledger, first: int, last: int, weight: int, chosen: Table, found: Table, best: IntArray
) -> int:
    """Place first..last while others give way; how many were ejected, or -1 when it has no place.

    Others are pushed by a day or a few, then up to MOST_EJECTED are taken out and put back, by best
    improvement: a job gives way only when the new one gains more (weight x minutes) than the lateness that
    comes over the others. `chosen` (written), `found` and `best` are scratch space.
    """
    mark, many, grace, cost, steps = ledger.tally[0], 0, 0, float(FAR), 0
    for each in GRACES:
        tried = trial(ledger, first, last, weight, chosen, 0, each, best)
        roll_back(ledger, mark)
        steps += ledger.tally[2]
        if tried < cost:
            cost, grace = tried, each
    if cost >= FAR:
        return -1
    trial(ledger, first, last, weight, chosen, 0, grace, best)
    while many < MOST_EJECTED:
        filled = candidates(ledger, first, last, chosen, many, found)
        picked = -1
        for at in range(filled):
            roll_back(ledger, mark)
            if steps > MOST_STEPS:
                break
            chosen[many] = found[at]
            tried = trial(ledger, first, last, weight, chosen, many + 1, grace, best)
            steps += ledger.tally[2]
            if tried < cost:
                picked, cost = at, tried
        roll_back(ledger, mark)
        if picked >= 0:
            chosen[many] = found[picked]
            many += 1
        trial(ledger, first, last, weight, chosen, many, grace, best)
        if picked < 0:
            break
    return many


@part
def candidates(ledger: Ledger, first: int, last: int, chosen: Table, many: int, found: Table) -> int:
    """Write into `found` who stands in the way of the two operations that wait longest; how many."""
    filled, below = 0, FAR
    for turn in range(2):
        node = longest_wait(ledger, first, last, below)
        if node < 0:
            break
        below = wait_of(ledger, node)
        filled = gather(ledger, node, chosen, many, found, filled, CANDIDATES * (turn + 1) // 2)
    return filled

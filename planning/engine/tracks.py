"""What stands on machines, people and tools: linked lists that are searched by time and undone in O(1)."""

from kernel.jit import Row, inlined, part
from planning.engine.view import (
    buckets_of,
    journal_of,
    nodes_of,
    old_nodes_of,
    old_sides_of,
    sides_of,
    tracks_of,
)

LINKED, UNLINKED, MOVED = 0, 1, 2


@inlined
def bucket_of(floor: Row, track: int, begin: int) -> int:
    """The bucket of a minute of a track."""
    row = tracks_of(floor)[track]
    found: int = min(row.bucket + ((begin - row.origin) >> row.grain), row.last_bucket)
    return found


@inlined
def node_at(floor: Row, track: int, moment: int) -> int:
    """The last node of a track that begins at or before `moment` (its head when there is none)."""
    nodes = nodes_of(floor)
    low = tracks_of(floor)[track].bucket
    at = bucket_of(floor, track, moment)
    while at >= low:
        node = buckets_of(floor)[at]
        if node >= 0 and nodes[node].begin <= moment:
            following = nodes[node].next
            while nodes[following].begin <= moment and nodes[following].next >= 0:
                node = following
                following = nodes[node].next
            return int(node)
        at -= 1
    return int(floor.base + 2 * track)


@part
def enter(floor: Row, node: int) -> None:
    """Make a linked node the first of its bucket where it is."""
    row = nodes_of(floor)[node]
    at = bucket_of(floor, row.track, row.begin)
    if buckets_of(floor)[at] < 0 or buckets_of(floor)[at] == row.next:
        buckets_of(floor)[at] = node


@part
def leave(floor: Row, node: int) -> None:
    """The next node of the bucket, if any, takes the place of a first one."""
    row = nodes_of(floor)[node]
    at = bucket_of(floor, row.track, row.begin)
    if buckets_of(floor)[at] == node:
        following = nodes_of(floor)[row.next]
        same = following.next >= 0 and bucket_of(floor, row.track, following.begin) == at
        buckets_of(floor)[at] = row.next if same else -1


@part
def note(floor: Row, kind: int, node: int) -> None:
    """Remember how a node looks now, before or after what is done to it."""
    at = floor.length
    journal_of(floor)[at].kind = kind
    journal_of(floor)[at].node = node
    old_nodes_of(floor)[at] = nodes_of(floor)[node]
    old_sides_of(floor)[at] = sides_of(floor)[node]
    floor.length = at + 1


@part
def link(floor: Row, node: int, behind: int) -> None:
    """Put a node, whose track and times are set, behind another; -1: its track is without limit."""
    row = nodes_of(floor)[node]
    row.prev = behind
    row.next = -1
    if behind >= 0:
        row.next = nodes_of(floor)[behind].next
        nodes_of(floor)[behind].next = node
        nodes_of(floor)[row.next].prev = node
        enter(floor, node)
    note(floor, LINKED, node)


@part
def unlink(floor: Row, node: int) -> None:
    """Take a node off its track."""
    note(floor, UNLINKED, node)
    row = nodes_of(floor)[node]
    if row.prev >= 0:
        leave(floor, node)
        nodes_of(floor)[row.prev].next = row.next
        nodes_of(floor)[row.next].prev = row.prev
    row.track = -1


@part
def move(floor: Row, node: int, begin: int, stop: int, setup: int) -> None:
    """Give a node other minutes of its track, without passing a neighbour; its moments are the caller's."""
    note(floor, MOVED, node)
    leave(floor, node)
    row = nodes_of(floor)[node]
    row.begin = begin
    row.stop = stop
    row.setup = setup
    enter(floor, node)


@part
def undo(floor: Row) -> int:
    """Take the last step of the journal back; returns its node."""
    at = floor.length - 1
    floor.length = at
    node, kind = journal_of(floor)[at].node, journal_of(floor)[at].kind
    row = nodes_of(floor)[node]
    if kind != UNLINKED and row.prev >= 0:
        leave(floor, node)
    if kind == LINKED:
        if row.prev >= 0:
            nodes_of(floor)[row.prev].next = row.next
            nodes_of(floor)[row.next].prev = row.prev
        row.track = -1
        return int(node)
    nodes_of(floor)[node] = old_nodes_of(floor)[at]
    sides_of(floor)[node] = old_sides_of(floor)[at]
    row = nodes_of(floor)[node]
    if kind == UNLINKED and row.prev >= 0:
        nodes_of(floor)[row.prev].next = node
        nodes_of(floor)[row.next].prev = node
    if row.prev >= 0:
        enter(floor, node)
    return int(node)

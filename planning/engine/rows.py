"""The rows a planning problem is made of: what callers write, and the tables kernels read."""

from enum import IntEnum
from typing import Final, NamedTuple

from kernel.jit import IntArray, fields
from planning.engine.calendars import NEVER


class Fixing(IntEnum):
    """How far the world has already decided about an operation."""

    FREE = 0
    STARTED = 1
    """Runs on its machine: set-up and run are what remains, from now on."""
    PINNED = 2
    """A planner wants it on this machine at this minute; it slips only when it cannot be ready by then."""


class Machine(NamedTuple):
    """A machine: its calendar, the family it is set up for (-1: none), its work centre.

    `single` machines do one operation at a time; the others (a vendor, a drying room) take any number.
    With a `size` a machine is a rack, oven or plate: operations of one family lie in it together, as many
    pieces as it has places, and come out together.
    """

    calendar: int
    family: int = -1
    centre: int = 0
    single: bool = True
    size: int = 0


class Crew(NamedTuple):
    """Operators who can stand in for each other: their shifts, their number, the skills each of them has."""

    calendar: int
    size: int
    skills: tuple[int, ...]


class Tool(NamedTuple):
    """Equal tools or fixtures, of which there are `size`; an operation holds one from start to end."""

    size: int = 1


class Material(NamedTuple):
    """Stock that is there now, and the minute from which any quantity can be bought."""

    onhand: int
    lead: int


class Job(NamedTuple):
    """A job: when it is due, what a minute of its lateness weighs, and its gate: nothing starts before."""

    due: int
    weight: int = 1
    release: int = NEVER


class Operation(NamedTuple):
    """One operation: its job, the machines that may do it, minutes, and what must come before it.

    `after` holds indices of operations, `lags` beside it calendar minutes that pass in between (moving,
    cooling, queueing). Family -1 always needs its set-up. `release` is the minute from which material and
    job are there. `machine` and `start` belong to started and pinned operations; for free ones they are
    the plan so far, which the frozen zone keeps.
    `runs` beside `machines` are the run minutes on each where they differ. Of `quantity` pieces `done` are
    finished: the run shrinks in proportion. With a `transfer` pieces move on in lots of that many, so
    followers may begin after the first lot. An operation that does not pause fits between two breaks.
    `skill` (-1: none) asks for an operator while set up and run last, only the set-up where unattended;
    `tools` are held throughout; `takes` are pairs of material and quantity, needed at the start.
    """

    job: int
    machines: tuple[int, ...]
    run: int
    setup: int = 0
    family: int = -1
    after: tuple[int, ...] = ()
    unattended: bool = False
    release: int = NEVER
    fixing: Fixing = Fixing.FREE
    machine: int = -1
    start: int = NEVER
    name: str = ""
    runs: tuple[int, ...] = ()
    lags: tuple[int, ...] = ()
    quantity: int = 1
    done: int = 0
    transfer: int = 0
    pauses: bool = True
    skill: int = -1
    tools: tuple[int, ...] = ()
    takes: tuple[tuple[int, int], ...] = ()


MACHINE: Final = fields("calendar", "family", "centre", "single", "size")
CREW: Final = fields("calendar", "size")
TOOL: Final = fields("size")
MATERIAL: Final = fields("onhand", "lead")
JOB: Final = fields("due", "weight", "release")
OPERATION: Final = fields(
    *("job", "pool", "setup", "run", "family", "unattended", "release", "fixing", "machine", "start"),
    *("first_run", "quantity", "done", "transfer", "pauses", "skill"),
)
TAKE: Final = fields("material", "quantity")


class Ragged(NamedTuple):
    """Lists of different length in two arrays: row i is value[ptr[i]:ptr[i + 1]]."""

    ptr: IntArray
    value: IntArray


class Labels(NamedTuple):
    """What people call machines, skills, tools and materials; by number where a name is missing."""

    machines: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()


NO_LABELS: Final = Labels()

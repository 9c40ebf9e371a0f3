"""A state machine as a table: states, rows, look-up, proof of soundness and diagram."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.errors import Conflict


class IllegalMove(Conflict):
    """The table has no row for this event in this state."""


@dataclass(frozen=True)
class State:
    """One state with the words and marks every page, badge and API answer uses.

    `rank` orders states by progress, so that an order can roll up to its least advanced job.
    """

    code: str
    label: str
    customer_label: str
    icon: str
    tint: str
    rank: int
    final: bool = False
    stage: bool = False


@dataclass(frozen=True)
class Row:
    """From any of `sources`, `event` leads to `target` (empty: it stays); `then` names the tasks woken."""

    sources: tuple[str, ...]
    event: str
    target: str
    label: str
    then: tuple[str, ...] = ()
    by: str = "person"
    primary: bool = False
    asks_reason: bool = False

    def leads_to(self, source: str) -> str:
        """The state after the event."""
        return self.target or source


class Machine:
    """The look-up over a table of rows; immutable and free of any storage."""

    def __init__(self, states: Sequence[State], rows: Sequence[Row]) -> None:
        self.states = {state.code: state for state in states}
        self.rows = tuple(rows)
        self._table = {(source, row.event): row for row in rows for source in row.sources}

    def row(self, source: str, event: str) -> Row:
        """The row for `event` in state `source`; IllegalMove names what is possible instead."""
        found = self._table.get((source, event))
        if found is None:
            raise IllegalMove(self._why_not(source, event), remedy=self._possible(source))
        return found

    def rows_from(self, source: str) -> list[Row]:
        """All rows that leave (or stay in) state `source`, in table order."""
        return [row for row in self.rows if source in row.sources]

    def by_progress(self) -> list[str]:
        """All states, open ones first, each kind by rank: the first of several is what they roll up to."""
        return sorted(self.states, key=lambda code: (self.states[code].final, self.states[code].rank))

    def problems(self) -> list[str]:
        """What makes the table unsound: unknown or unreachable states, dead ends, two rows for one pair."""
        return [*self._unknown(), *self._ambiguous(), *self._unreachable(), *self._dead_ends()]

    def _why_not(self, source: str, event: str) -> str:
        label = self.states[source].label if source in self.states else source
        return f"“{event}” is not possible in state “{label}”."

    def _possible(self, source: str) -> str:
        events = ", ".join(row.event for row in self.rows_from(source))
        return f"Possible now: {events}." if events else "This state is final."

    def _unknown(self) -> list[str]:
        named = {code for row in self.rows for code in (*row.sources, row.target) if code}
        return [f"unknown state {code!r}" for code in sorted(named - set(self.states))]

    def _ambiguous(self) -> list[str]:
        pairs = [(source, row.event) for row in self.rows for source in row.sources]
        return [f"two rows for {pair!r}" for pair in sorted(set(pairs)) if pairs.count(pair) > 1]

    def _unreachable(self) -> list[str]:
        start = next(iter(self.states))
        reached, todo = {start}, [start]
        while todo:
            source = todo.pop()
            found = {row.leads_to(source) for row in self.rows_from(source)} - reached
            reached |= found
            todo += sorted(found)
        return [f"state {code!r} cannot be reached" for code in self.states if code not in reached]

    def _dead_ends(self) -> list[str]:
        return [
            f"open state {code!r} has no way out"
            for code, state in self.states.items()
            if not state.final and not any(row.leads_to(code) != code for row in self.rows_from(code))
        ]

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {next(iter(self.states))}"]
        lines += [f"    {code} : {state.label}" for code, state in self.states.items()]
        lines += [
            f"    {source} --> {row.target} : {row.event}"
            for row in self.rows
            for source in row.sources
            if row.leads_to(source) != source
        ]
        lines += [f"    {code} --> [*]" for code, state in self.states.items() if not self.rows_from(code)]
        return "\n".join(lines)

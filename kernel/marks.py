"""What a page shows of a state: word, icon and tint; the progress rail; the entries of a timeline."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol


class Marked(Protocol):
    """Anything with a word, an icon and a tint, such as a state of a machine."""

    @property
    def label(self) -> str: ...
    @property
    def icon(self) -> str: ...
    @property
    def tint(self) -> str: ...


class Ranked(Marked, Protocol):
    """A state that also knows its place in the order of progress."""

    @property
    def code(self) -> str: ...
    @property
    def rank(self) -> int: ...


@dataclass(frozen=True)
class Mark:
    """Word, icon and tint; tints are neutral, info, active, good, warn and bad."""

    label: str
    icon: str
    tint: str


# Words of documents, operations and checks that have no machine of their own: word → icon, tint.
WORDS: dict[str, tuple[str, str]] = {
    "accepted": ("circle-check", "good"),
    "accepted on concession": ("writing-sign", "warn"),
    "acknowledged": ("check", "info"),
    "active": ("circle-dot", "good"),
    "approved": ("check", "info"),
    "available": ("circle-check", "good"),
    "blocked": ("ban", "bad"),
    "cancelled": ("ban", "neutral"),
    "closed": ("lock", "neutral"),
    "complete": ("circle-check", "good"),
    "completed": ("circle-check", "good"),
    "contained": ("shield-check", "warn"),
    "delivered": ("circle-check", "good"),
    "dispositioned": ("clipboard-check", "info"),
    "done": ("circle-check", "good"),
    "draft": ("pencil", "neutral"),
    "exception": ("alert-triangle", "bad"),
    "expired": ("hourglass", "neutral"),
    "fail": ("circle-x", "bad"),
    "failed": ("circle-x", "bad"),
    "firm": ("lock", "info"),
    "in inspection": ("clipboard-list", "active"),
    "in progress": ("player-play", "active"),
    "in rework": ("rotate-clockwise", "warn"),
    "in set-up": ("settings", "active"),
    "in setup": ("settings", "active"),
    "in transit": ("truck", "active"),
    "issued": ("circle-check", "good"),
    "late": ("alert-triangle", "bad"),
    "needs attention": ("alert-triangle", "bad"),
    "not released": ("clock", "neutral"),
    "on hold": ("hand-stop", "warn"),
    "on order": ("truck-delivery", "info"),
    "obsolete": ("lock", "neutral"),
    "open": ("circle-dot", "warn"),
    "packed": ("package", "info"),
    "packing": ("package", "active"),
    "partially received": ("package-import", "active"),
    "pass": ("circle-check", "good"),
    "passed": ("circle-check", "good"),
    "paused": ("player-pause", "warn"),
    "pending": ("circle-dashed", "neutral"),
    "picking": ("clipboard-list", "active"),
    "planned": ("calendar", "neutral"),
    "preferred": ("check", "info"),
    "published": ("circle-check", "good"),
    "quarantine": ("lock", "warn"),
    "ready": ("circle", "info"),
    "received": ("package-import", "good"),
    "rejected": ("circle-x", "bad"),
    "released": ("player-play", "info"),
    "reserved": ("lock", "info"),
    "revoked": ("ban", "bad"),
    "running": ("player-play", "active"),
    "scrapped": ("trash", "bad"),
    "sent": ("send", "info"),
    "shipped": ("truck", "active"),
    "short": ("alert-triangle", "bad"),
    "skipped": ("player-skip-forward", "neutral"),
    "superseded": ("history", "neutral"),
    "under review": ("search", "active"),
    "verified": ("shield-check", "good"),
    "waiting": ("hourglass", "neutral"),
}


def mark(state: Marked | str) -> Mark | Marked:
    """A state as it is, or the mark of a word; an unknown word is neutral, never an error."""
    if not isinstance(state, str):
        return state
    word = str(state).replace("_", " ").strip()
    icon, tint = WORDS.get(word.lower(), ("point", "neutral"))
    return Mark(word[:1].upper() + word[1:], icon, tint)


@dataclass(frozen=True)
class Step:
    """One stage on the progress rail; `standing` is done, current, upcoming, blocked or dropped."""

    label: str
    icon: str
    standing: str

    @property
    def mark(self) -> str:
        """The icon that tells the standing apart without colour."""
        marks = {"done": "check", "blocked": "hand-stop", "dropped": "minus"}
        return marks.get(self.standing, self.icon)


def progress(
    stages: Iterable[Ranked], state: Ranked, *, blocked: bool = False, stopped: Collection[str] = ()
) -> tuple[Step, ...]:
    """The rail of `stages` for something that is in `state`.

    `blocked` marks the current stage (a hold); `stopped` names the codes of states in which the way
    was given up (cancelled, declined), where nothing counts as current or upcoming any more.
    """
    given_up = state.code in stopped
    return tuple(
        Step(stage.label, stage.icon, _standing(stage, state, blocked, given_up)) for stage in stages
    )


def _standing(stage: Ranked, state: Ranked, blocked: bool, given_up: bool) -> str:
    if given_up:
        return "dropped"
    if stage.code == state.code:
        return "blocked" if blocked else "current"
    return "done" if stage.rank < state.rank else "upcoming"


@dataclass(frozen=True)
class Entry:
    """One line of a timeline: what, when, who, why, and how long it lasted until the next one."""

    mark: Marked
    at: datetime
    who: str
    why: str
    note: str
    lasted: timedelta | None


def entries(moves: Sequence[Any]) -> list[Entry]:
    """Timeline entries, oldest first, of rows with `at` and, where they have them, `target_info` (or
    `title`), `by`, `reason` and `note`."""
    rows = sorted(moves, key=lambda row: row.at)
    ends = [*(row.at for row in rows[1:]), None]
    return [_entry(row, end) for row, end in zip(rows, ends, strict=False)]


def _entry(row: Any, end: datetime | None) -> Entry:
    return Entry(
        mark=getattr(row, "target_info", None) or mark(getattr(row, "title", "")),
        at=row.at,
        who=str(getattr(row, "by", None) or ""),
        why=str(getattr(row, "reason", "") or ""),
        note=str(getattr(row, "note", "") or ""),
        lasted=end - row.at if end else None,
    )

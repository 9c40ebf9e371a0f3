"""How the plan is handed to the floor: the rule, and operations released ahead of it."""

from dataclasses import dataclass
from typing import ClassVar

from kernel.errors import Refused
from planning.models import Dispatching
from planning.selectors.changes.base import Change, Tables, change
from planning.selectors.changes.names import Names

MOST_HOURS = 24 * 90


@change
@dataclass(frozen=True)
class Dispatch(Change):
    """Another frozen zone, another rule of release; all in hours."""

    kind: ClassVar[str] = "dispatch"
    frozen_hours: int
    release: str
    ahead_hours: int
    load_hours: int

    def check(self, names: Names, now: int) -> None:
        """A rule that is known, and hours of a season at most."""
        if self.release not in Dispatching.Release.values:
            raise Refused("This rule is not known.", field="release", remedy="Choose one of those shown.")
        for name in ("frozen_hours", "ahead_hours", "load_hours"):
            if not 0 <= getattr(self, name) <= MOST_HOURS:
                raise Refused(f"Hours go from 0 to {MOST_HOURS}.", field=name, remedy="Give fewer hours.")

    def tables(self, tables: Tables) -> None:
        """Freeze so many hours."""
        tables["dispatching"] = [{"frozen_hours": self.frozen_hours}]

    def words(self, names: Names) -> str:
        """The rule and the zone."""
        rules: dict[str, str] = {
            Dispatching.Release.AT_ONCE: "everything that can be started is released",
            Dispatching.Release.BY_DATE: f"released {self.ahead_hours} h before the planned start",
            Dispatching.Release.BY_LOAD: f"{self.load_hours} h of work released for each machine",
        }
        rule = rules.get(self.release, self.release)
        return f"Dispatch: {rule}; the next {self.frozen_hours} h are frozen"


@change
@dataclass(frozen=True)
class Release(Change):
    """An operation may be started ahead of the rule; or, `recalled`, only by the rule again."""

    kind: ClassVar[str] = "release"
    operation: int
    recalled: bool = False

    def words(self, names: Names) -> str:
        """The operation."""
        how = "waits for its release again" if self.recalled else "is released to the floor"
        return f"{names.name('operation', self.operation)} {how}"

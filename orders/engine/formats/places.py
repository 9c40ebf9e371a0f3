"""YAML as plain values of which each knows its line and column: no tags, no aliases, bounded in depth."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeAlias

import yaml
from yaml.reader import Reader

from kernel.errors import Refused
from orders.engine.logic.syntax import refused

LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LONGEST: Final = 20_000_000
DEEPEST: Final = 120
"""Lists and mappings one within the other."""
NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}

Scalar: TypeAlias = str | bool | int | Decimal | None


@dataclass(slots=True)
class Placed:
    """A value with its place, both counted from 1; a mapping keeps the places of its keys."""

    line: int
    column: int
    value: "Scalar | list[Placed] | dict[str, tuple[Placed, Placed]]"

    def plain(self) -> object:
        """The value without places."""
        if isinstance(self.value, list):
            return [part.plain() for part in self.value]
        if isinstance(self.value, dict):
            return {key: part.plain() for key, (_, part) in self.value.items()}
        return self.value

    def find(self, path: Sequence[str | int]) -> "Placed":
        """Where a path leads as far as it can be followed; to the key itself where that is unknown."""
        here = self
        for step in path:
            if isinstance(here.value, dict) and step in here.value:
                here = here.value[str(step)][1]
            elif isinstance(here.value, list) and isinstance(step, int) and step < len(here.value):
                here = here.value[step]
            else:
                break
        return here

    def key(self, path: Sequence[str | int]) -> "Placed":
        """The place of the last key of a path."""
        above = self.find(path[:-1]).value
        return above[str(path[-1])][0] if isinstance(above, dict) and path[-1] in above else self.find(path)


def read_yaml(text: str, file: str) -> Placed:
    """The one document of a file. Refused with line and column for what is not YAML or not allowed.

    Words stand for themselves but for true, false, null and numbers, as YAML 1.2 has it; numbers are exact.
    """
    if len(text) > LONGEST:
        raise Refused(f"{file} has {len(text):,} characters.", remedy=f"At most {LONGEST:,} are read.")
    bad = Reader.NON_PRINTABLE.search(text)
    if bad is not None:
        line, column = _place(text, bad.start())
        raise refused(file, line, column, "a character here cannot be printed.", "Remove it.")
    try:
        return _Composer(file).compose(yaml.parse(text, Loader=LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        words = " ".join(part for part in (error.problem, error.context) if part)
        raise refused(file, line, column, f"this is no YAML: {words}.") from None


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


class _Composer:
    """Builds the values from the parser's events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.top: Placed | None = None
        self.open: list[Placed] = []
        self.keys: list[Placed | None] = []

    def compose(self, events: Iterator[Any]) -> Placed:
        for event in events:
            match event:
                case yaml.AliasEvent():
                    raise self.wrong(event, "aliases (*) are not read.", "Write out what it stands for.")
                case yaml.ScalarEvent() | yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    self.node(event)
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    self.open.pop()
                    self.keys.pop()
                case yaml.DocumentStartEvent() if self.top is not None:
                    raise self.wrong(event, "a second document begins.", "Put each into a file of its own.")
        if self.top is None:
            raise refused(self.file, 1, 1, "the file is empty.")
        return self.top

    def wrong(self, event: Any, problem: str, remedy: str = "") -> Refused:
        mark = event.start_mark
        return refused(self.file, mark.line + 1, mark.column + 1, problem, remedy)

    def node(self, event: Any) -> None:
        if event.tag is not None and event.tag != "!":
            raise self.wrong(event, f"the tag {event.tag} is not read.", "Leave it out.")
        made = Placed(event.start_mark.line + 1, event.start_mark.column + 1, _value(event))
        self.hang(event, made)
        if not isinstance(event, yaml.ScalarEvent):
            if len(self.open) == DEEPEST:
                raise self.wrong(event, f"more than {DEEPEST} levels one within the other.")
            self.open.append(made)
            self.keys.append(None)

    def hang(self, event: Any, made: Placed) -> None:
        """Put it where it belongs: at the top, into a list, as a key or as its value."""
        above = self.open[-1].value if self.open else None
        if isinstance(above, list):
            above.append(made)
        elif isinstance(above, dict):
            key = self.keys[-1]
            if key is not None:
                above[str(key.value)] = (key, made)
                self.keys[-1] = None
                return
            if not isinstance(event, yaml.ScalarEvent):
                raise self.wrong(event, "a name is expected before “:”.")
            made.value = event.value
            if event.value in above:
                first = above[event.value][0]
                raise self.wrong(event, f"“{event.value}” stands in line {first.line} already.", "Keep one.")
            self.keys[-1] = made
        else:
            self.top = made


def _value(event: Any) -> Any:
    if isinstance(event, yaml.SequenceStartEvent):
        return []
    if isinstance(event, yaml.MappingStartEvent):
        return {}
    if not event.implicit[0]:
        return event.value
    if event.value.casefold() in WORDS:
        return WORDS[event.value.casefold()]
    if not NUMBER.fullmatch(event.value):
        return event.value
    return Decimal(event.value) if "." in event.value or len(event.value) > 30 else int(event.value)

"""The types of the expression language and the scope: which names a formula may use."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar

from kernel.expressions.errors import ScopeError

Scalar = Decimal | str | bool
"""What an attribute of an option holds."""

Value = Decimal | str | bool | tuple["Value", ...] | None
"""What a formula computes; None is the option of a group in which nothing is chosen."""

Attributes = Mapping[str, Mapping[str, Scalar]]

RESERVED = frozenset(
    ["and", "or", "not", "implies", "requires", "excludes", "in", "if", "true", "false", "yes", "no", "none"]
)
YES_CODES = frozenset({"yes", "true"})
NO_CODES = frozenset({"no", "false"})
NONE_CODE = "none"
LONGEST_NAME = 64

_NUMERIC = re.compile(r"[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number; whole numbers too."""

    words: ClassVar[str] = "a number"


@dataclass(frozen=True, slots=True)
class Text:
    """Text; an optional text that was left empty is '' and equals `none`."""

    words: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class Boolean:
    """Yes or no."""

    words: ClassVar[str] = "yes or no"


@dataclass(frozen=True, slots=True)
class Nothing:
    """The type of the literal `none` where no choice stands beside it."""

    words: ClassVar[str] = "none"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a group, known by its code.

    `attributes` is attribute name -> code -> value. An option without a value, and `none`, have 0, '' or no.
    A group whose codes are all numbers counts as a number too, one with the codes yes and no as a condition.
    A code spelled 'none' means the same as nothing chosen; `real_codes` are the others.
    `table` holds what may stand for an option (its code, its number, none) and the code it means.
    """

    codes: tuple[str, ...]
    attributes: Attributes = field(default_factory=dict, hash=False)
    optional: bool = False
    real_codes: tuple[str, ...] = field(init=False, compare=False, repr=False)
    takes_none: bool = field(init=False, compare=False, repr=False)
    table: Mapping[object, str | None] = field(init=False, compare=False, repr=False)
    words: ClassVar[str] = "a choice"

    def __post_init__(self) -> None:
        frozen = {name: MappingProxyType(_scalars(name, values)) for name, values in self.attributes.items()}
        codes = tuple(self.codes)
        for field_name, value in (
            ("codes", codes),
            ("attributes", MappingProxyType(frozen)),
            ("real_codes", tuple(code for code in codes if not is_none(code))),
            ("takes_none", self.optional or any(is_none(code) for code in codes)),
        ):
            object.__setattr__(self, field_name, value)
        object.__setattr__(self, "table", MappingProxyType(_table(self)))

    @classmethod
    def of(cls, options: Mapping[str, Mapping[str, Scalar | int]], *, optional: bool = False) -> "Choice":
        """Build from code -> attribute name -> value: `Choice.of({"C08": {"watt": 65}})`."""
        attributes: dict[str, dict[str, Scalar]] = {}
        for code, values in options.items():
            for name, value in values.items():
                attributes.setdefault(name, {})[code] = _scalar(name, value)
        return cls(tuple(options), attributes, optional)

    @property
    def is_numeric(self) -> bool:
        """Whether every code is a number, so that the group may be used as one."""
        return bool(self.real_codes) and all(_NUMERIC.fullmatch(code) for code in self.real_codes)

    @property
    def is_boolean(self) -> bool:
        """Whether the codes are yes and no (or true and false), so that the group is a condition."""
        folded = {code.casefold() for code in self.real_codes}
        return bool(folded) and folded <= YES_CODES | NO_CODES


@dataclass(frozen=True, slots=True)
class ListOf:
    """Several values of one type, such as the disks of a computer."""

    of: "Number | Text | Boolean | Choice"
    words: ClassVar[str] = "a list"


Type = Number | Text | Boolean | Choice | ListOf | Nothing

NUMBER = Number()
TEXT = Text()
BOOLEAN = Boolean()
NOTHING = Nothing()


def is_none(code: str) -> bool:
    """Whether an option's code says that nothing is chosen."""
    return code.casefold() == NONE_CODE


def is_name(word: str) -> bool:
    """Whether `word` can name a feature in a formula (a code that cannot must be written in quotes)."""
    return word.isidentifier() and word not in RESERVED and len(word) <= LONGEST_NAME


class Scope(Mapping[str, Type]):
    """The names a formula may use and the type of each; immutable and hashable.

    Raises ScopeError for a name that could not be written in a formula.
    """

    def __init__(self, types: Mapping[str, Type] | Iterable[tuple[str, Type]]) -> None:
        self._types = dict(types)
        self._hash = hash(frozenset(self._types.items()))
        for name in self._types:
            if not is_name(name):
                raise ScopeError(
                    f"'{name[:LONGEST_NAME]}' cannot be used as a name in formulas.",
                    remedy="Use letters, digits and _, begin with a letter, and avoid reserved words.",
                )

    def __getitem__(self, name: str) -> Type:
        return self._types[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scope) and self._types == other._types


def attribute_type(choice: Choice, name: str) -> Number | Text | Boolean:
    """The type of an attribute, read off its values (a number where no option has a value)."""
    sample = next(iter(choice.attributes[name].values()), Decimal(0))
    if isinstance(sample, bool):
        return BOOLEAN
    return TEXT if isinstance(sample, str) else NUMBER


def _table(choice: Choice) -> dict[object, str | None]:
    table: dict[object, str | None] = {code: code for code in choice.real_codes}
    if choice.takes_none:
        table.update(
            {code: None for code in (None, NONE_CODE, *choice.codes) if code is None or is_none(code)}
        )
    if choice.is_numeric:
        table.update({Decimal(code): code for code in reversed(choice.real_codes)})
    return table


def _scalars(name: str, values: Mapping[str, object]) -> dict[str, Scalar]:
    if not name.isidentifier():
        raise ScopeError(f"'{name[:LONGEST_NAME]}' cannot be used as the name of an attribute in formulas.")
    scalars = {code: _scalar(name, value) for code, value in values.items()}
    if len({type(value) for value in scalars.values()}) > 1:
        raise ScopeError(
            f"Attribute '{name}' mixes numbers, text and yes/no.",
            remedy="Give every option a value of the same kind.",
        )
    return scalars


def _scalar(name: str, value: object) -> Scalar:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, (bool, str)) or (isinstance(value, Decimal) and value.is_finite()):
        return value
    raise ScopeError(f"Attribute '{name}' must hold numbers, text or yes/no.")

"""A draft tried out while it is written: configured, priced and exploded by the same engine as an order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kernel.errors import Refused
from orders.engine import (
    Configuration,
    Effectivity,
    Fault,
    FeatureRow,
    ModelRefused,
    ParameterRow,
    Price,
    Release,
    configure,
    explode,
    price,
)
from orders.engine.deciding import Availability, Judgement, judge
from orders.selectors.conditions import shop_day
from orders.selectors.deciders import decider_by_id
from orders.selectors.drafts import Draft

SHOWN = 20
OPTIONS = 100
LOOKED_AHEAD = 60
"""Blocked options are looked for where there are at most so many choices."""


@dataclass(frozen=True)
class Tried:
    """What one option or value is, in the try-out."""

    code: str
    label: str
    chosen: bool
    reason: str = ""


@dataclass(frozen=True)
class Asked:
    """One choice of the try-out; `options` is empty for parameters and features there or not."""

    row: FeatureRow | ParameterRow
    kind: str
    value: str
    options: list[Tried] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Trial:
    """A configuration of a draft with all that follows; `faults` where it cannot be configured yet."""

    quantity: int = 1
    words: str = ""
    asked: list[Asked] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    found: int = 0
    configuration: Configuration | None = None
    price: Price | None = None
    release: Release | None = None
    faults: list[Fault] = field(default_factory=list)
    trouble: str = ""


def trial(draft: Draft, choices: Mapping[str, object], quantity: int = 1, words: str = "") -> Trial:
    """Try these choices; shows the first choices whose name holds the words, and what follows from all.

    Nothing is raised for what is wrong with the draft: it stands in the trial.
    """
    try:
        compiled = draft.compiled
    except ModelRefused as refusal:
        return Trial(quantity, words, faults=refusal.faults)
    except Refused as refusal:
        return Trial(quantity, words, trouble=str(refusal))
    choices = {code: value for code, value in choices.items() if code in compiled.labels}
    configuration = configure(compiled, choices)
    try:
        judged = _judged(draft, configuration, choices)
    except ModelRefused as refusal:
        return Trial(quantity, words, faults=refusal.faults)
    rows = [row for row in compiled.model.choices if _named(row, words)]
    asked = [_asked(row, configuration, judged) for row in rows[:SHOWN]]
    shown = {row.row.code for row in asked}
    hidden = [pair for code, value in choices.items() if code not in shown for pair in _pairs(code, value)]
    found = Trial(quantity, words, asked, hidden, len(rows), configuration)
    return _followed(draft, found)


def _judged(draft: Draft, configuration: Configuration, choices: Mapping[str, object]) -> Judgement:
    """How the options stand, of a very large draft only what is wrong; ModelRefused where it is void."""
    if len(draft.compiled.features) > LOOKED_AHEAD:
        return Judgement({}, configuration.problems)
    return judge(decider_by_id(draft.revision.pk), configuration, choices)


def _followed(draft: Draft, found: Trial) -> Trial:
    """With price, BOM and routing, where the choices fit."""
    configuration = found.configuration
    if configuration is None or not configuration.valid:
        return found
    parts: dict[str, Any] = dict(found.__dict__)
    try:
        parts["price"] = price(draft.compiled, configuration, found.quantity)
        parts["release"] = explode(draft.compiled, configuration, found.quantity, Effectivity(shop_day()))
    except Refused as refusal:
        parts["trouble"] = str(refusal)
    return Trial(**parts)


def _named(row: FeatureRow | ParameterRow, words: str) -> bool:
    text = f"{row.code} {row.label}".casefold()
    return all(word in text for word in words.casefold().split())


def _pairs(code: str, value: object) -> list[tuple[str, str]]:
    values = value if isinstance(value, (list, tuple)) else [value]
    return [(code, str(part)) for part in values]


def _asked(row: FeatureRow | ParameterRow, configuration: Configuration, judged: Judgement) -> Asked:
    value = configuration.choices.get(row.code)
    problems = [
        f"{problem.message} {problem.remedy}".strip()
        for problem in judged.problems
        if problem.field == row.code
    ]
    if isinstance(row, ParameterRow):
        kind = "flag" if row.kind == "flag" else "text"
        return Asked(row, kind, _shown(value), problems=problems)
    if not row.options:
        return Asked(row, "flag", _shown(value), problems=problems)
    chosen = set(value) if isinstance(value, (list, tuple)) else {value}
    standing = judged.availability.get(row.code, {})
    options = [
        Tried(option.code, option.label, option.code in chosen, _reason(standing.get(option.code)))
        for option in row.options[:OPTIONS]
    ]
    return Asked(row, "many" if row.many else "one", _shown(value), options, problems)


def _reason(found: Availability | None) -> str:
    return "" if found is None or found.valid else found.reason


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)

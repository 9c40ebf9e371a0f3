"""A draft tried out while it is written: configured, priced and exploded by the same engine as an order."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
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
    Problem,
    Release,
    configure,
    explode,
    price,
)
from orders.engine.deciding import Decider, Decision, Reason, Slot, Standing, beside, mended
from orders.selectors.conditions import shop_day
from orders.selectors.deciders import decider_by_id
from orders.selectors.drafts import Draft

SHOWN = 20
OPTIONS = 100
LOOKED_AHEAD = 1_000
"""Of a draft with more choices the solver is not made on the way: it would take seconds after each change."""
MOST_BLOCKED = 8
"""So many blocked options of one choice say why and what would help."""


@dataclass(frozen=True)
class Tried:
    """What one option or value is, in the try-out."""

    code: str
    label: str
    chosen: bool
    blocked: bool = False


@dataclass(frozen=True)
class Way:
    """What would make an option possible, and all choices after taking it, as JSON."""

    label: str
    choices: str


@dataclass(frozen=True)
class Blocked:
    """An option that does not go with the other choices: the rules behind it, what would help."""

    label: str
    reasons: Sequence[Reason]
    ways: Sequence[Way]


@dataclass(frozen=True)
class Asked:
    """One choice of the try-out; `options` is empty for parameters and features there or not."""

    row: FeatureRow | ParameterRow
    kind: str
    value: str
    options: list[Tried] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
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
    problems: Sequence[Problem] = ()
    price: Price | None = None
    release: Release | None = None
    faults: list[Fault] = field(default_factory=list)
    trouble: str = ""


def trial(
    draft: Draft,
    choices: Mapping[str, object],
    quantity: int = 1,
    words: str = "",
    *,
    repaired: bool = False,
) -> Trial:
    """Try these choices; shows the first choices whose name holds the words, and what follows from all.

    Those of a repair are completed by what goes with it. Nothing is raised for what is wrong with the draft:
    it stands in the trial.
    """
    try:
        compiled = draft.compiled
    except ModelRefused as refusal:
        return Trial(quantity, words, faults=refusal.faults)
    except Refused as refusal:
        return Trial(quantity, words, trouble=str(refusal))
    choices = {code: value for code, value in choices.items() if code in compiled.labels}
    if repaired and len(compiled.features) <= LOOKED_AHEAD:
        choices = dict(decider_by_id(draft.revision.pk).complete(choices).choices)
    configuration = configure(compiled, choices)
    rows = [row for row in compiled.model.choices if _named(row, words)]
    try:
        judged = _judged(draft, configuration, choices, [row.code for row in rows[:SHOWN]])
    except ModelRefused as refusal:
        return Trial(quantity, words, faults=refusal.faults)
    asked = [_asked(row, configuration, judged) for row in rows[:SHOWN]]
    shown = {row.row.code for row in asked}
    hidden = [pair for code, value in choices.items() if code not in shown for pair in _pairs(code, value)]
    found = Trial(quantity, words, asked, hidden, len(rows), configuration, judged.problems)
    return _followed(draft, found)


@dataclass(frozen=True)
class _Judged:
    """What is wrong, and where the solver was asked, how each option stands."""

    problems: Sequence[Problem]
    decides: Decider | None = None
    decision: Decision | None = None

    def stands(self, code: str, option: str) -> Standing:
        """How an option stands; valid where nobody asked."""
        if self.decides is None or self.decision is None or Slot(code, option) not in self.decides.place:
            return Standing.VALID
        return self.decides.standing(self.decision, code, option)

    def blocked(self, row: FeatureRow) -> Iterator[Blocked]:
        """The options of a choice that do not go with the others."""
        if self.decides is None or self.decision is None:
            return
        for option in row.options:
            if self.stands(row.code, option.code) is Standing.BLOCKED:
                why = self.decides.why(self.decision.choices, row.code, option.code)
                fixes = self.decides.fixes(self.decision.choices, row.code, option.code)
                ways = [Way(fix.label, json.dumps(fix.choices)) for fix in fixes]
                yield Blocked(option.label, why.reasons, ways)


def _judged(
    draft: Draft, configuration: Configuration, choices: Mapping[str, object], codes: Sequence[str]
) -> _Judged:
    """How options of `codes` stand, of a very large draft what is wrong; ModelRefused for a void one."""
    if len(draft.compiled.features) > LOOKED_AHEAD:
        return _Judged(configuration.problems)
    decides = decider_by_id(draft.revision.pk)
    decision = beside(decides, configuration, choices, codes)
    return _Judged(mended(configuration, decision), decides, decision)


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


def _asked(row: FeatureRow | ParameterRow, configuration: Configuration, judged: _Judged) -> Asked:
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
    options = [
        Tried(
            option.code,
            option.label,
            option.code in chosen,
            judged.stands(row.code, option.code) is Standing.BLOCKED,
        )
        for option in row.options[:OPTIONS]
    ]
    blocked = list(islice(judged.blocked(row), MOST_BLOCKED))
    return Asked(row, "many" if row.many else "one", _shown(value), options, blocked, problems)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)

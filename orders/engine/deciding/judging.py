"""A whole configuration judged: which options could stand instead, and what would mend what is broken."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from orders.engine.configuring import Configuration
from orders.engine.deciding.answers import Clash, Decision, Slot, Standing
from orders.engine.deciding.decider import Decider
from orders.engine.reading import Problem, Repair, Stored

MOST_REASONS: Final = 60
"""So many blocked options are explained unasked; the others say why when they are asked."""


@dataclass(frozen=True, slots=True)
class Availability:
    """How an option stands beside the other choices, and why not where it is blocked."""

    standing: Standing
    reason: str = ""

    @property
    def valid(self) -> bool:
        """Whether it may be chosen."""
        return self.standing is not Standing.BLOCKED


Available = Mapping[str, Mapping[str, Availability]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Availability by code and option; what is wrong, with repairs where one other option is enough."""

    availability: Available
    problems: tuple[Problem, ...]


def judge(decider: Decider, configuration: Configuration, given: Collection[str] = ()) -> Judgement:
    """Each option against all other choices, defaults included; `given` are the codes the user chose."""
    readable = {code: value for code, value in configuration.choices.items() if code in configuration.values}
    first = {code: readable[code] for code in given if code in readable}
    decision = decider.decide(first | readable, switch=list(readable))
    problems = tuple(_mended(problem, decision.clashes, readable) for problem in configuration.problems)
    return Judgement(availability(decider, decision), problems)


def availability(decider: Decider, decision: Decision) -> Available:
    """Every slot of a decision, by code and option."""
    found: dict[str, dict[str, Availability]] = {}
    left = MOST_REASONS
    for slot, state in zip(decider.slots, decision.states.tolist(), strict=True):
        reason = ""
        if state == Standing.BLOCKED and left:
            reason, left = _reason(decider, decision, slot), left - 1
        found.setdefault(slot.code, {})[slot.option] = Availability(Standing(state), reason)
    return found


def _reason(decider: Decider, decision: Decision, slot: Slot) -> str:
    """The rules behind a blocked slot; nothing where only its own choice blocks it."""
    try:
        found = decider.why(decision.choices, slot.code, slot.option)
    except ValueError:
        return ""
    return "; ".join(reason.text for reason in found.reasons)


def _mended(problem: Problem, clashes: tuple[Clash, ...], choices: Mapping[str, Stored]) -> Problem:
    """The problem with the repairs that the solver found for the rule behind it."""
    words = {
        repair: text
        for clash in clashes
        if any(reason.text == problem.message for reason in clash.explanation.reasons)
        for repair, text in _repairs(clash, choices)
    }
    if not words:
        return problem
    return replace(problem, repairs=tuple(words), remedy=f"Choose {' or '.join(words.values())}.")


def _repairs(clash: Clash, choices: Mapping[str, Stored]) -> Iterator[tuple[Repair, str]]:
    """Fixes that change one choice into another option, with their words."""
    for fix in clash.fixes:
        changed = {code: value for code, value in fix.choices.items() if choices.get(code) != value}
        if len(changed) == 1 and fix.becomes:
            (code, value), made = changed.popitem(), fix.becomes[0]
            if isinstance(value, (str, bool)):
                yield Repair(code, str(value), made.label.partition(": ")[2]), made.label

"""A whole configuration judged: how options stand beside it, and what would mend what is broken."""

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


def beside(
    decider: Decider, configuration: Configuration, given: Collection[str] = (), codes: Collection[str] = ()
) -> Decision:
    """The options of `codes` against all other choices, defaults included; `given` is what the user chose."""
    readable = _readable(configuration)
    first = {code: readable[code] for code in given if code in readable}
    return decider.decide(first | readable, switch=[code for code in codes if code in readable])


def mended(configuration: Configuration, decision: Decision) -> tuple[Problem, ...]:
    """What is wrong with a configuration, a broken rule with what would mend it; `decision`: of `beside`."""
    readable = _readable(configuration)
    return tuple(_mended(problem, decision.clashes, readable) for problem in configuration.problems)


def _readable(configuration: Configuration) -> dict[str, Stored]:
    return {code: value for code, value in configuration.choices.items() if code in configuration.values}


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
    """The problem with the repairs that the solver found for the rule behind it.

    Where no other option is enough alone, the remedy names the smallest change that is.
    """
    behind = [
        clash
        for clash in clashes
        if any(reason.text == problem.message for reason in clash.explanation.reasons)
    ]
    words = {repair: text for clash in behind for repair, text in _repairs(clash, choices)}
    remedies = list(words.values()) or [fix.label for clash in behind for fix in clash.fixes[:1]]
    if not remedies:
        return problem
    return replace(problem, repairs=tuple(words), remedy=f"Choose {' or '.join(remedies)}.")


def _repairs(clash: Clash, choices: Mapping[str, Stored]) -> Iterator[tuple[Repair, str]]:
    """Fixes that change one choice into another option, with their words."""
    for fix in clash.fixes:
        changed = {code: value for code, value in fix.choices.items() if choices.get(code) != value}
        if len(changed) == 1 and fix.becomes:
            (code, value), made = changed.popitem(), fix.becomes[0]
            if isinstance(value, (str, bool)):
                yield Repair(code, str(value), made.label.partition(": ")[2]), made.label

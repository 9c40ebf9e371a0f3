"""The configurator as data: what is decided, what follows, what is blocked, what it costs and allows."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from kernel.errors import Refused
from kernel.wording import plain
from orders.engine import (
    Configuration,
    FeatureRow,
    ParameterRow,
    Placed,
    Problem,
    Stored,
    shown,
)
from orders.engine.deciding import Clash, Decider, Decision, Explanation, Fix, Slot, Standing
from orders.models import Product
from orders.selectors.configurator.changes import STATES, counted, told
from orders.selectors.configurator.parts import (
    ClashView,
    Click,
    Configurator,
    FixView,
    GroupView,
    OptionView,
    ParameterView,
)
from orders.selectors.configurator.remembering import remembered, written
from orders.selectors.configuring import Buyer, LinePreview, preview_line
from orders.selectors.deciders import decider, decider_by_id

LARGEST_PAGE, MOST_DRAWN = 60, 400
"""So many choices stand on one page, and about so many options; the others are found by their name."""
SMALL = 2000
"""Up to so many options, the page shows what is assumed for each."""

RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def configurator(
    product: Product, click: Click, revision_id: int | None = None, buyer: Buyer | None = None
) -> Configurator:
    """The page for these choices; whatever is wrong with them stands in it, nothing is raised."""
    customer = buyer.customer if buyer else None
    try:
        decides = decider_by_id(revision_id) if revision_id else decider(product)
        decision = decides.decide(_chosen(decides, click))
        preview = _preview(product, decides, decision, click, revision_id, buyer)
    except Refused as refusal:
        trouble = [Problem("", refusal.message, refusal.remedy)]
        return Configurator(product, click.quantity, problems=trouble, customer=customer)
    view = _View(decides, decision, preview.configuration)
    found = list(view.found(click.find)) if view.small or click.drawn else []
    groups = list(view.groups(found if view.small else found[: _drawn(found)]))
    shown = _shown(decides, click, groups[: _drawn(found)])
    return Configurator(
        product=product,
        quantity=click.quantity,
        revision_id=revision_id,
        groups=groups[: _drawn(found)],
        parameters=view.parameters(),
        problems=_problems(decision, preview),
        clashes=[_clash(decides, clash) for clash in decision.clashes],
        decided=decision.choices,
        choices=preview.configuration.choices,
        states="" if click.drawn else told(_before(decides, click), decision, shown),
        was=written(decides, decision.choices),
        elsewhere=counted(decision, shown),
        taken=view.taken(groups),
        assumes=view.small,
        find=click.find,
        more=max(0, len(found) - _drawn(found)),
        variants=_variants(decides, decision),
        span=decides.price_span(decision.choices, click.quantity) if view.small else None,
        note=decides.note,
        customer=customer,
        offer=preview.offer if decision.valid else None,
    )


def _chosen(decides: Decider, click: Click) -> Mapping[str, object]:
    """All choices: those of an accepted repair, or those posted with what was chosen elsewhere."""
    if taken := remembered(decides, click.take):
        return taken
    if click.here is None:
        return click.choices
    held = remembered(decides, click.was or "")
    return {code: value for code, value in held.items() if code not in click.here} | dict(click.choices)


def _before(decides: Decider, click: Click) -> Decision | None:
    return None if click.was is None else decides.decide(remembered(decides, click.was))


def _shown(decides: Decider, click: Click, groups: Sequence[GroupView]) -> NDArray[np.bool_]:
    """The slots that stand on the page after this click."""
    if not click.drawn and click.here is None:
        return np.ones(len(decides.slots), np.bool_)
    shown = np.zeros(len(decides.slots), np.bool_)
    parameters = [row.code for row in decides.compiled.model.parameters]
    codes = (group.code for group in groups) if click.drawn else click.here or ()
    for code in (*codes, *parameters):
        span = decides.table.span.get(code, range(0))
        shown[span.start : span.stop] = True
    return shown


def _preview(
    product: Product,
    decides: Decider,
    decision: Decision,
    click: Click,
    revision_id: int | None,
    buyer: Buyer | None,
) -> LinePreview:
    """What is decided, completed and priced; a very large product is completed when it is asked for."""
    if len(decides.slots) > SMALL and not click.whole:
        return LinePreview(decides.compiled, Configuration({}, decision.choices), [])
    whole = decision.choices if decision.clashes else decides.complete(decision.choices).choices
    return preview_line(product, whole, click.quantity, revision_id, buyer)


def _problems(decision: Decision, preview: LinePreview) -> list[Problem]:
    """What could not be read, or breaks a formula at exact values; once each."""
    found = {(problem.field, problem.message): problem for problem in decision.problems}
    if not decision.clashes:
        found |= {(problem.field, problem.message): problem for problem in preview.configuration.problems}
    trouble = [Problem("", preview.trouble)] if preview.trouble else []
    return [*found.values(), *trouble]


def _variants(decides: Decider, decision: Decision) -> str:
    """How many configurations remain, in figures a person can read."""
    exponent = decides.log10_variants(decision)
    if exponent is None:
        return "many"
    if exponent < 6:
        return f"{decides.variants(decision):,}".replace(",", " ")
    mantissa = 10 ** (exponent - int(exponent))
    return f"{mantissa:.1f} × 10{str(int(exponent)).translate(RAISED)}"


class _View:
    """One decision as groups and parameters."""

    def __init__(self, decides: Decider, decision: Decision, configuration: Configuration) -> None:
        self.decides, self.decision, self.configuration = decides, decision, configuration
        self.compiled = decides.compiled
        self.small = len(decides.slots) <= SMALL
        self.at: dict[str, list[Problem]] = {}
        for problem in (*decision.problems, *configuration.problems):
            self.at.setdefault(problem.field, []).append(problem)

    def found(self, find: str) -> Iterator[Placed]:
        """The choices whose words, or an option's, hold every word of `find`, top down."""
        words = find.casefold().split()
        for placed in self.compiled.placed:
            if not words or all(word in _words(placed.feature) for word in words):
                yield placed

    def groups(self, found: Iterable[Placed]) -> Iterator[GroupView]:
        """These choices with their options."""
        heading = ""
        for placed in found:
            below = self.compiled.headings.get(placed.feature.code, "")
            yield self._group(placed, below if below != heading else "")
            heading = below

    def _group(self, placed: Placed, heading: str) -> GroupView:
        feature = placed.feature
        options = list(self._options(feature))
        problems = self.at.get(feature.code, [])
        return GroupView(feature.code, feature.label, feature.help, feature.many, options, problems, heading)

    def _options(self, feature: FeatureRow) -> Iterator[OptionView]:
        value = self.configuration.values.get(feature.code)
        if not feature.options:
            yield self._option(feature.code, "yes", "Yes", value is True, feature)
            yield self._option(feature.code, "no", "No", value is False)
            return
        if not feature.many and Slot(feature.code, "") in self.decides.place:
            yield self._option(feature.code, "", "None", value is None)
        for option in feature.options:
            taken = option.code in value if isinstance(value, tuple) else option.code == value
            yield self._option(feature.code, option.code, option.label, taken, option)

    def _option(
        self, code: str, option: str, label: str, taken: bool, row: FeatureRow | None = None
    ) -> OptionView:
        place = self.decides.place[Slot(code, option)]
        return OptionView(
            option or "none",
            label,
            place,
            STATES[Standing(int(self.decision.states[place]))],
            self.small and taken,
            row.price_adder if row else Decimal(0),
            row.price_percent if row else Decimal(0),
        )

    def taken(self, groups: Sequence[GroupView]) -> str:
        """What is assumed now, by slot, and what stands at each choice in words."""
        if not self.small:
            return "{}"
        slots = [option.slot for group in groups for option in group.options if option.taken]
        stands = {group.code: group.chosen for group in groups}
        stands |= {view.row.code: view.taken or "–" for view in self.parameters()}
        return json.dumps({"slots": slots, "stands": stands}, ensure_ascii=False, separators=(",", ":"))

    def parameters(self) -> list[ParameterView]:
        """Those that are asked for."""
        rows = self.compiled.model.parameters
        return [self._parameter(row) for row in rows if self._is_asked(row)]

    def _is_asked(self, row: ParameterRow) -> bool:
        asked = self.compiled.asked.get(row.code)
        values = self.configuration.values
        return asked is None or not asked.checked.names <= values.keys() or asked.holds(values)

    def _parameter(self, row: ParameterRow) -> ParameterView:
        given = self.decision.choices.get(row.code)
        value = ("yes" if given else "no") if isinstance(given, bool) else "" if given is None else str(given)
        taken = shown(self.compiled, row.code, self.configuration.values.get(row.code))
        problems = self.at.get(row.code, [])
        return ParameterView(row, value, taken, self._range(row), problems)

    def _range(self, row: ParameterRow) -> str:
        """`100 to 600 mm, in steps of 5`; what earlier choices leave of it, where that is less."""
        if row.kind != "number":
            return f"at most {row.max_length} characters" if row.kind == "text" else ""
        ranges = self.decides.ranges(self.decision, row.code)
        spans = [plain(low) if low == high else f"{plain(low)} to {plain(high)}" for low, high in ranges[:4]]
        words = " or ".join(spans) + (" or more" if len(ranges) > 4 else "")
        step = f", in steps of {plain(row.step)}" if row.step is not None else ""
        return f"{words} {row.unit}".strip() + step


def _drawn(found: Sequence[Placed]) -> int:
    """How many of these choices one page draws; at least one."""
    options = list(accumulate(max(2, len(placed.feature.options)) for placed in found[:LARGEST_PAGE]))
    return max(1, bisect_right(options, MOST_DRAWN))


def _words(feature: FeatureRow) -> str:
    """What a choice is found by."""
    options = (f"{option.code} {option.label}" for option in feature.options)
    return " ".join((feature.code, feature.label, *options)).casefold()


def _clash(decides: Decider, clash: Clash) -> ClashView:
    return ClashView(clash.explanation.label, clash.explanation, _fixes(decides, clash.fixes))


def _fixes(decides: Decider, fixes: Sequence[Fix]) -> list[FixView]:
    return [FixView(fix.label, written(decides, fix.choices)) for fix in fixes]


def explained(
    product: Product, click: Click, slot: Slot, revision_id: int | None = None
) -> tuple[Explanation | None, Sequence[FixView]]:
    """Why an option is blocked and what would make it possible; None where it is not blocked."""
    decides = decider_by_id(revision_id) if revision_id else decider(product)
    try:
        choices = _chosen(decides, click)
        return decides.why(choices, *slot), _fixes(decides, decides.fixes(choices, *slot))
    except ValueError:
        return None, ()


def completed(
    product: Product, click: Click, aim: str, revision_id: int | None = None
) -> Mapping[str, Stored]:
    """The choices completed by the cheapest, fastest or lightest; Refused where they clash."""
    decides = decider_by_id(revision_id) if revision_id else decider(product)
    decision = decides.decide(_chosen(decides, click))
    if decision.clashes:
        clash = decision.clashes[0]
        raise Refused(
            f"{clash.explanation.label} contradicts earlier choices.", remedy="Take one of the repairs first."
        )
    done: Mapping[str, Stored] = decides.complete(decision.choices, aim, click.quantity).choices
    return done

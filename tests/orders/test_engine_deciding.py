"""The configurator's answers are exact: against every combination of small models, one by one."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import Refused
from orders.engine import (
    FeatureRow,
    ModelRefused,
    ParameterRow,
    PriceRow,
    RuleRow,
    choice,
    configure,
    price,
)
from orders.engine.compiling import CompiledProduct
from orders.engine.deciding import Decider, Slot, Standing, availability, beside, mended, ready
from orders.engine.grounding import ground
from orders.engine.logic.solver import compile_tree
from tests.orders.models import compiled
from tests.orders.test_engine_grounding import COUNT, SIZE, TRIM, WIDE, model, valid_ways

ROWS = [
    ("requires", "SIZE = L", "TRIM = T2"),
    ("excludes", "TRIM = T2", "N > 1"),
    ("requires", "D1 in DISKS", "SPORT"),
]
PRICED = {
    "prices": (PriceRow("Work", "N > 0", "N * SIZE.w * 7.5"), PriceRow("Trim", "", "TRIM.w * 3")),
    "features": (
        replace(
            SIZE,
            children=tuple(
                replace(option, price_adder=Decimal(adder), price_percent=Decimal(percent))
                for option, adder, percent in zip(SIZE.children, (0, 20, 15), (0, 0, 10), strict=True)
            ),
        ),
        TRIM,
    ),
    "parameters": (COUNT,),
    "derived": (),
}


def decider(product: CompiledProduct) -> Decider:
    """Ready to answer."""
    grounding = ground(product)
    return Decider(product, grounding, compile_tree(grounding.tree).solver())


@cache
def small() -> Decider:
    return decider(model(ROWS))


@cache
def priced() -> Decider:
    rows = [("requires", "SIZE = L", "TRIM = T2"), ("excludes", "TRIM = T2", "N > 1")]
    return decider(model(rows, **PRICED))


@cache
def workstation() -> Decider:
    return decider(compiled())


@cache
def ways(name: str) -> list[Mapping[str, Any]]:
    return valid_ways((small() if name == "small" else priced()).compiled)


def fits(way: Mapping[str, Any], choices: Mapping[str, Any]) -> bool:
    """Whether a whole configuration keeps what was chosen; of a list the options taken."""
    return all(
        set(value) <= set(way[code]) if isinstance(value, list) else str(way[code]) == str(value)
        for code, value in choices.items()
    )


choices = st.fixed_dictionaries(
    {},
    optional={
        "SIZE": st.sampled_from("SML"),
        "TRIM": st.sampled_from(("none", "T1", "T2")),
        "SPORT": st.booleans(),
        "DISKS": st.lists(st.sampled_from(("D1", "D2", "D3")), min_size=1, max_size=3, unique=True),
        "N": st.integers(0, 3),
    },
)


@settings(max_examples=60, deadline=None)
@given(choices)
def test_every_option_stands_as_the_remaining_combinations_say(wanted: dict[str, Any]) -> None:
    decision = small().decide(wanted, switch=())
    kept = {code: wanted[code] for code in wanted if code in decision.taken}
    left = [way for way in ways("small") if fits(way, kept)]
    assert left
    assert small().variants(decision) == len(left)
    for option in "SML":
        seen = [way["SIZE"] == option for way in left]
        standing = small().standing(decision, "SIZE", option)
        assert (standing != Standing.BLOCKED) == any(seen)
        assert (standing in (Standing.IMPLIED, Standing.CHOSEN)) == all(seen)
    numbers = {
        int(number)
        for span in small().ranges(decision, "N")
        for number in range(int(span.low), int(span.high) + 1)
    }
    others = {code: value for code, value in kept.items() if code != "N"}
    assert numbers == {int(way["N"]) for way in ways("small") if fits(way, others)}


@settings(max_examples=40, deadline=None)
@given(choices)
def test_a_contradiction_is_named_and_its_fixes_work(wanted: dict[str, Any]) -> None:
    decision = small().decide(wanted)
    valid = any(fits(way, wanted) for way in ways("small"))
    assert bool(decision.clashes) is not valid
    for clash in decision.clashes:
        assert clash.explanation.reasons
        for fix in clash.fixes:
            assert any(fits(way, fix.choices) for way in ways("small"))


def test_a_blocked_option_names_the_rule_and_the_earlier_choice() -> None:
    found = small().why({"TRIM": "T1", "SPORT": True}, "SIZE", "L")
    assert [(reason.rule, reason.text) for reason in found.reasons] == [("Rule 1", "Reason 1")]
    assert [made.label for made in found.choices] == ["Trim: T1"]


def test_a_fix_gives_up_least_and_keeps_the_rest() -> None:
    (fix,) = small().fixes({"TRIM": "T1", "SPORT": True}, "SIZE", "L")
    assert [made.slot for made in fix.give_up] == [Slot("TRIM", "T1")]
    assert fix.choices == {"SIZE": "L", "TRIM": "T2", "SPORT": True}


def test_what_is_not_blocked_has_no_reason() -> None:
    with pytest.raises(ValueError, match="can be"):
        small().why({}, "SIZE", "L")


def test_an_option_beside_a_choice_can_be_switched_to_or_not() -> None:
    decision = small().decide({"TRIM": "T1", "SIZE": "S"})
    assert small().standing(decision, "SIZE", "M") is Standing.SWITCH
    assert small().standing(decision, "SIZE", "L") is Standing.BLOCKED


def test_only_what_changed_is_told() -> None:
    before = small().decide({})
    after = small().decide({"SIZE": "L"})
    assert (Slot("TRIM", "T2"), Standing.IMPLIED) in small().changes(before, after)
    assert small().changes(after, after) == []
    assert small().implied(after)["TRIM"] == "T2"


@pytest.mark.parametrize("wanted", [{}, {"N": "2"}, {"TRIM": "T1"}, {"SIZE": "L"}])
@pytest.mark.parametrize("quantity", [1, 5])
def test_cheapest_and_price_bounds_are_those_of_every_combination(
    wanted: dict[str, str], quantity: int
) -> None:
    prices = [
        price(priced().compiled, configure(priced().compiled, way), quantity).unit_price
        for way in ways("priced")
        if fits(way, wanted)
    ]
    span = priced().price_span(wanted, quantity)
    assert span is not None
    assert (span.low, span.high, span.exact) == (min(prices), max(prices), True)
    best = priced().complete(wanted, "cheapest", quantity)
    read = configure(priced().compiled, best.choices)
    assert best.value == min(prices) == price(priced().compiled, read, quantity).unit_price


def test_a_completion_is_a_valid_configuration_nearest_to_the_defaults() -> None:
    done = workstation().complete({"CPU": "C32"})
    read = configure(workstation().compiled, done.choices)
    assert read.valid
    assert (read.values["CPU"], read.values["PSU"], read.values["RAM"]) == ("C32", "650", 2)


def test_a_default_below_another_option_is_no_reason_to_take_that_option() -> None:
    below = choice("SKY", "Sky", (FeatureRow("ANY", "Any", True), FeatureRow("OWN", "Own")))
    roof = (FeatureRow("PLAIN", "Plain", True), FeatureRow("STARS", "Stars", children=(below,)))
    fibres = [
        ParameterRow(code, code, minimum=Decimal(1), maximum=Decimal(9), step=Decimal(1), default="5",
                     condition="ROOF = STARS")
        for code in ("N1", "N2")
    ]  # fmt: skip
    bare = model([], features=(choice("ROOF", "Roof", roof),), parameters=tuple(fibres), derived=())
    assert decider(bare).complete({}).choices["ROOF"] == "PLAIN"
    taken = decider(bare).complete({"ROOF": "STARS"}).choices
    assert (taken["SKY"], taken["N1"], taken["N2"]) == ("ANY", "5", "5")


def test_fastest_adds_up_the_times_of_the_operations() -> None:
    done = workstation().complete({"TAG": "AB1"}, "fastest", 2)
    assert (done.value, done.unit, done.exact) == (
        Decimal("5") + 2 * Decimal("13.5") + 3 + 12 + 240,
        "min",
        True,
    )


def test_an_aim_without_figures_is_refused() -> None:
    with pytest.raises(Refused, match="no figures"):
        workstation().complete({}, "lightest")
    with pytest.raises(Refused, match="is no aim"):
        workstation().complete({}, "nicest")


def test_what_cannot_be_read_is_a_problem_and_the_rest_counts() -> None:
    decision = workstation().decide({"CPU": "C99", "RAM": "9", "QUIET": True, "X": "1"})
    assert [problem.field for problem in decision.problems] == ["X", "CPU", "RAM"]
    assert workstation().standing(decision, "CPU", "C32") is Standing.BLOCKED


def test_a_rule_over_a_text_is_checked_by_its_formula() -> None:
    rule = RuleRow(1, "excludes", "", "starts_with(TAG, 'X')", "Tags do not begin with X.")
    loose = decider(compiled(rules=(rule,)))
    assert loose.decide({"TAG": "A1"}).valid
    (problem,) = loose.decide({"TAG": "X1"}).problems
    assert (problem.field, problem.message) == ("TAG", "Tags do not begin with X.")


def test_a_wide_number_is_cut_where_a_rule_changes() -> None:
    rules = (RuleRow(1, "excludes", "SIZE = L", "3 * WIDTH + SIZE.w > 1000", "Too wide."),)
    wide = decider(model([], parameters=(WIDE,), derived=(), features=(SIZE,), rules=rules))
    (span,) = wide.ranges(wide.decide({"SIZE": "L"}), "WIDTH")
    assert (span.low, span.high) == (Decimal(0), Decimal(330))
    assert wide.standing(wide.decide({"WIDTH": 340}), "SIZE", "L") is Standing.BLOCKED


def test_a_whole_configuration_is_judged_with_repairs() -> None:
    broken = configure(workstation().compiled, {"CPU": "C32"})
    (problem,) = mended(broken, beside(workstation(), broken, ["CPU"]))
    assert [(repair.field, repair.code) for repair in problem.repairs] == [("PSU", "650"), ("CPU", "C08")]
    assert problem.remedy == "Choose Power supply: 650 W or Processor: 8 cores."


def test_an_option_beside_a_broken_choice_stands_as_a_switch() -> None:
    broken = configure(workstation().compiled, {"CPU": "C32"})
    decision = beside(workstation(), broken, ["CPU"], ["PSU"])
    assert availability(workstation(), decision)["PSU"]["650"].valid


def test_options_say_whether_they_may_stand_instead_and_why_not() -> None:
    quiet = configure(workstation().compiled, {"QUIET": True, "PSU": "650"})
    options = availability(workstation(), beside(workstation(), quiet, ["QUIET"], ["CPU"]))["CPU"]
    assert options["C08"].standing is Standing.CHOSEN
    assert (options["C32"].valid, options["C32"].reason) == (False, "32 cores are not quiet.")


def test_a_stored_solver_is_used_only_where_it_fits() -> None:
    stored = compile_tree(ground(compiled()).tree).to_bytes()
    assert ready(compiled(), stored).decide({"CPU": "C32", "PSU": "200"}).clashes
    assert not ready(compiled(rules=()), stored).decide({"CPU": "C32", "PSU": "200"}).clashes
    assert ready(compiled(), b"from another version").method == "d-DNNF"


def test_a_model_without_variants_names_its_rules() -> None:
    rules = (
        RuleRow(1, "requires", "", "CPU = C32", "Only 32 cores."),
        RuleRow(2, "excludes", "", "QUIET", "Not quiet."),
        RuleRow(3, "requires", "", "CPU = C08", "Only 8 cores."),
    )
    with pytest.raises(ModelRefused, match="Rule 1, Rule 3 exclude everything"):
        ready(compiled(rules=rules))

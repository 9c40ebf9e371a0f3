"""What formulas mean: values, types, names, and where they are wrong."""

from decimal import Decimal

import pytest

from kernel.errors import Refused
from kernel.expressions import (
    BOOLEAN,
    NUMBER,
    TEXT,
    Choice,
    EvaluationError,
    ExpressionError,
    Scope,
    ScopeError,
    check,
    clear_cache,
    compile_cached,
    is_name,
    problem,
)
from tests.kernel.workstation import SCOPE, VALUES


def value(source: str, **changes: object) -> object:
    return check(source, SCOPE).evaluate({**VALUES, **changes})


def error(source: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        check(source, SCOPE)
    return caught.value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1.25*(CPU.watt + GPU_QTY*GPU_MODEL.watt + 75) <= PSU_W", True),
        ("CPU = C32 implies COOL = AIO360 and CHASSIS in {TWR, RK4}", True),
        ("ceil(RAM_GB/32)", 4),
        ("GPU_QTY*(GPU_MODEL.watt > 250 ? 2 : 1)", 4),
        ("CHASSIS = SFF requires GPU_QTY <= 1 and GPU_MODEL.length_mm <= 200", True),
        ("ECC = yes requires CPU in {C16, C32}", True),
        ("RAM_GB >= 256 requires CPU = C32", True),
        ("QUIET excludes CHASSIS = RK4 or GPU_QTY > 1", True),
        ("RAID = 10 requires count(DISK) >= 4 and count(distinct(DISK)) = 1", False),
        ("2 + GPU_QTY", 4),
        ("8 + count(DISK)", 11),
        ("GPU_MODEL <> none", True),
        ("ENGRAVE = none", True),
        ("1.5*(CHASSIS = TWR) + 2*(CHASSIS <> TWR) + 46*QUIET", Decimal("1.5")),
        ("CHASSIS = SFF ? 'BX-S' : CHASSIS = TWR ? 'BX-T' : 'BX-R'", "BX-T"),
        ("sum(DISK.tb)", 16),
        ("count(DISK, D4)", 2),
        ("count(DISK, '8TB')", 1),
        ("D1 in DISK", False),
    ],
)
def test_formulas_of_the_trade_give_what_the_trade_means(source: str, expected: object) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("7 - 2 - 1", 4),
        ("2 ^ 3 ^ 2", 512),
        ("-2 ^ 2", -4),
        ("2 ^ -1", Decimal("0.5")),
        ("--3", 3),
        ("+3", 3),
        ("7 % 3", 1),
        ("-7 % 3", 2),
        ("7 % -3", -2),
        ("0 * -1", 0),
        ("1 = 1 and not 2 < 1 or no", True),
        ("no implies no implies no", True),
        ("yes ? 1 : no ? 2 : 3", 1),
        ("if(1 <> 1, 1, 2)", 2),
        ("2 not in {1, 3}", True),
        ("1 == 1.0", True),
        ("1 != 2 and 1 ≤ 2 and 2 ≥ 1 and 1 ≠ 2", True),
        ("3 × 4 − 2", 10),
        ("min(3, 1, SIZES)", 1),
        ("max(SIZES)", 3),
        ("max({1, 5, 2})", 5),
        ("sum(SIZES, 4)", 10),
        ("sum(QUIET, yes, yes)", 2),
        ("floor(-1.5)", -2),
        ("ceil(1.2)", 2),
        ("floor(1/3 + 1/3 + 1/3)", 1),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(2.345, 2)", Decimal("2.35")),
        ("round(1234, -2)", 1200),
        ("abs(-4)", 4),
        ("sqrt(2)", Decimal("1.414213562373095048801688724")),
        ("len(ASSET_TAG)", 7),
        ("upper('ab') + lower('CD')", "ABcd"),
        ("'GB ' + text(1.50) + RAM_GB", "GB 1.5128"),
        ("text(QUIET) + text(GPU_MODEL)", "noG3"),
        ("starts_with(ASSET_TAG, 'NB') and ends_with(ASSET_TAG, '42') and contains(ASSET_TAG, '-')", True),
        ('"it\'s" = \'it\' + "\'" + "s"', True),
    ],
)
def test_operators_and_functions_calculate_as_written(source: str, expected: object) -> None:
    assert value(source) == expected


def test_a_number_is_a_decimal_of_28_digits() -> None:
    assert value("1/3") == Decimal("0.3333333333333333333333333333")


def test_binary_fractions_never_appear() -> None:
    assert value("0.1 + 0.2 = 0.3") is True


@pytest.mark.parametrize("nothing", [None, "none"])
def test_an_option_not_chosen_equals_none_and_has_neutral_attributes(nothing: object) -> None:
    source = "GPU_MODEL = none and GPU_MODEL.watt = 0 and GPU_MODEL.maker = '' and not GPU_MODEL.quiet"
    assert value(source, GPU_MODEL=nothing) is True


def test_none_is_refused_for_a_group_that_always_has_an_option() -> None:
    assert "always has an option" in error("COOL = none").reason


def test_a_group_with_numeric_codes_counts_as_a_number() -> None:
    assert value("RAM_GB * 2 > 255") is True


def test_a_group_with_yes_and_no_counts_as_a_condition() -> None:
    assert value("ECC and not (ECC = no)") is True


def test_a_numeric_option_may_be_given_as_a_number() -> None:
    assert value("RAM_GB = 64", RAM_GB=64) is True


def test_a_bare_code_may_stand_on_either_side() -> None:
    assert value("C32 = CPU") is True


def test_a_bare_code_may_stand_inside_a_conditional() -> None:
    assert value("CPU = (QUIET ? C08 : C32)") is True


def test_two_choices_compare_by_code() -> None:
    assert value("RAID = RAM_GB") is False


def test_a_choice_may_be_expected_as_the_result() -> None:
    cooling = Choice(("AIR", "AIO360"))
    assert check("CPU = C32 ? AIO360 : AIR", SCOPE, expects=cooling).evaluate(VALUES) == "AIO360"


def test_a_choice_becomes_text_where_text_is_expected() -> None:
    assert check("CPU", SCOPE, expects=TEXT).text(VALUES) == "C32"


def test_conditions_stop_at_the_first_that_decides() -> None:
    assert value("GPU_QTY > 0 and 10/GPU_QTY > 2", GPU_QTY=0) is False


def test_a_branch_not_taken_needs_no_values() -> None:
    assert check("QUIET ? PSU_W : 1", SCOPE).evaluate({"QUIET": False}) == 1


def test_names_are_the_features_read_without_codes() -> None:
    checked = check("CPU = C32 implies GPU_MODEL.watt > 1", SCOPE)
    assert checked.names == {"CPU", "GPU_MODEL"}


def test_a_formula_without_features_is_fixed() -> None:
    assert check("1 + 2 * 3", SCOPE).is_fixed


@pytest.mark.parametrize(
    ("source", "line", "column", "words"),
    [
        ("", 1, 1, "empty"),
        ("  \n ", 2, 2, "empty"),
        ("1 +", 1, 4, "Expected a value, found the end"),
        ("1 +\n  * 2", 2, 3, "Expected a value"),
        ("(1", 1, 3, "Expected ')'"),
        ("1)", 1, 2, "Expected an operator"),
        ("CPU = C33", 1, 7, "Did you mean C32?"),
        ("CPU = 'C33'", 1, 7, "CPU has no option C33"),
        ("1 + PUS_W", 1, 5, "Did you mean PSU_W?"),
        ("psu_w", 1, 1, "Did you mean PSU_W?"),
        ("C32", 1, 1, "is the code of an option"),
        ("CPU.wat", 1, 5, "Did you mean watt?"),
        ("PSU_W.watt", 1, 1, "has no attributes"),
        ("ciel(1)", 1, 1, "Did you mean ceil?"),
        ("round(1, 2, 3)", 1, 1, "Write round(x, places)"),
        ("if(QUIET, 1)", 1, 1, "if needs three parts"),
        ("1 < 2 < 3", 1, 7, "cannot be chained"),
        ("QUIET AND ECC", 1, 7, "'and' in lower case"),
        ("1,5", 1, 2, "with a point"),
        ("0.006 m", 1, 7, "carry no units"),
        ("QUIET && ECC", 1, 7, "Write 'and'"),
        ("'open", 1, 1, "not closed"),
        ("1/0", 1, 2, "Division by zero"),
        ("GPU_QTY % (2 - 2)", 1, 9, "Division by zero"),
        ("GPU_QTY ^ 5000", 1, 9, "Exponents lie"),
        ("sqrt(1 - 2)", 1, 1, "no square root"),
        ("0 ^ 0", 1, 3, "positive exponent"),
        ("GPU_QTY and QUIET", 1, 1, "Compare it"),
        ("GPU_MODEL ? 1 : 2", 1, 1, "Compare it"),
        ("1 + CPU", 1, 5, "such as CPU.watt"),
        ("1 + 'a'", 1, 5, "Expected a number, found text"),
        ("'a' + 'b' - 'c'", 1, 11, "only be joined"),
        ("PSU_W = '650'", 1, 7, "without quotes"),
        ("PSU_W = none", 1, 7, "always has a value"),
        ("CPU < C32", 1, 7, "Unknown name C32"),
        ("DISK = DISK", 1, 6, "Write 'in'"),
        ("1 in 2", 1, 6, "needs a set"),
        ("1 in {'a'}", 1, 3, "cannot hold"),
        ("{1, 'a'}", 1, 1, "one type"),
        ("QUIET ? 1 : 'a'", 1, 7, "one type"),
        ("{}", 1, 2, "Expected a value"),
        ("and", 1, 1, "Expected a value"),
        (".5", 1, 1, "Write 0.5"),
    ],
)
def test_errors_name_line_column_and_remedy(source: str, line: int, column: int, words: str) -> None:
    found = error(source)
    assert (found.line, found.column) == (line, column)
    assert words in str(found)
    assert f"Line {line}, column {column}" in found.message


def test_the_expected_type_is_enforced() -> None:
    found = problem("GPU_QTY", SCOPE, BOOLEAN)
    assert found is not None
    assert found.hint == "Compare it, such as x > 0."


def test_a_right_formula_has_no_problem() -> None:
    assert problem("GPU_QTY * 2", SCOPE, NUMBER) is None


def test_reading_another_type_than_checked_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="yes or no"):
        check("QUIET", SCOPE).number(VALUES)


@pytest.mark.parametrize(
    ("source", "changes", "column", "words"),
    [
        ("10 / GPU_QTY", {"GPU_QTY": 0}, 4, "Division by zero"),
        ("1 + 10 % GPU_QTY", {"GPU_QTY": 0}, 8, "Division by zero"),
        ("2 ^ PSU_W", {"PSU_W": 5000}, 3, "Exponents lie"),
        ("PSU_W ^ 900", {}, 7, "too large"),
        ("sqrt(GPU_QTY)", {"GPU_QTY": -1}, 1, "no square root"),
        ("min(SIZES)", {"SIZES": []}, 1, "empty"),
        ("1 + GPU_QTY", {"GPU_QTY": None}, 5, "is not a number"),
        ("GPU_QTY", {"GPU_QTY": 1.5}, 1, "is not a number"),
        ("GPU_QTY", {"GPU_QTY": True}, 1, "is not a number"),
        ("GPU_QTY", {"GPU_QTY": Decimal("NaN")}, 1, "finite"),
        ("GPU_QTY", {"GPU_QTY": Decimal("1E+5000")}, 1, "too large"),
        ("CPU = C32", {"CPU": "C99"}, 1, "'C99' is not one of its options"),
        ("CPU = C32", {"CPU": None}, 1, "nothing is not one of its options"),
        ("QUIET", {"QUIET": "yes"}, 1, "is not yes or no"),
        ("count(DISK)", {"DISK": "D4"}, 7, "is not a list"),
        ("count(SIZES)", {"SIZES": [1] * 1001}, 7, "more than 1000 entries"),
        ("len(ASSET_TAG)", {"ASSET_TAG": "x" * 10_001}, 5, "longer than 10000"),
        ("ASSET_TAG + ASSET_TAG", {"ASSET_TAG": "x" * 9_000}, 11, "longer than 10000"),
        ("round(1, GPU_QTY)", {"GPU_QTY": Decimal("1.5")}, 1, "whole number of places"),
    ],
)
def test_values_that_cannot_work_are_refused_with_the_place(
    source: str, changes: dict[str, object], column: int, words: str
) -> None:
    with pytest.raises(EvaluationError, match=words) as caught:
        value(source, **changes)
    assert (caught.value.line, caught.value.column) == (1, column)


def test_a_missing_value_is_named() -> None:
    with pytest.raises(EvaluationError, match="PSU_W has no value"):
        check("PSU_W", SCOPE).evaluate({})


def test_errors_are_refusals_that_pages_know_how_to_show() -> None:
    found = error("1/0")
    assert isinstance(found, Refused)
    assert found.status == 400


def test_a_formula_is_compiled_once_for_each_scope_key() -> None:
    clear_cache()
    asked: list[int] = []

    def scope() -> Scope:
        asked.append(1)
        return SCOPE

    first = compile_cached("GPU_QTY * 2", ("NB-W7", 1), scope, NUMBER)
    assert compile_cached("GPU_QTY * 2", ("NB-W7", 1), scope, NUMBER) is first
    assert compile_cached("GPU_QTY * 2", ("NB-W7", 2), scope, NUMBER) is not first
    assert len(asked) == 2


@pytest.mark.parametrize("name", ["and", "none", "1A", "A-B", "A B", "", "x" * 65])
def test_a_feature_needs_a_name_that_can_be_written(name: str) -> None:
    assert not is_name(name)
    with pytest.raises(ScopeError):
        Scope({name: NUMBER})


def test_an_attribute_of_mixed_kinds_is_refused() -> None:
    with pytest.raises(ScopeError, match="watt"):
        Choice.of({"A": {"watt": 1}, "B": {"watt": "many"}})


def test_equal_scopes_are_equal_keys() -> None:
    assert hash(Scope({"A": Choice(("X",))})) == hash(Scope({"A": Choice(("X",))}))
    assert Scope({"A": Choice(("X",))}) != Scope({"A": Choice(("Y",))})

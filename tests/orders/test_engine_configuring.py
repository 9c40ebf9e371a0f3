"""What was chosen is read, checked and looked at one step ahead."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orders.engine import FeatureRow, ParameterRow, RuleRow, configure
from tests.orders import models

WORKSTATION = models.compiled()
RANGE = "Give a number from 1 to 8 in steps of 1 pcs."


def problem(**choices: object) -> tuple[str, str, str]:
    """Field, message and remedy of the only thing wrong with these choices."""
    (found,) = configure(WORKSTATION, choices).problems
    return found.field, found.message, found.remedy


def test_defaults_fill_what_was_not_said() -> None:
    configuration = configure(WORKSTATION, {})
    assert configuration.valid
    assert configuration.values == {
        "CPU": "C08", "PSU": "200", "ECC": None, "RAM": Decimal(2), "TAG": "", "QUIET": False,
    }  # fmt: skip
    assert configuration.choices["RAM"] == "2"


def test_what_is_stored_gives_the_same_configuration_again() -> None:
    first = configure(WORKSTATION, {"RAM": "4,0", "QUIET": "on", "ECC": True, "TAG": " A7 "})
    assert configure(WORKSTATION, first.choices) == first


@pytest.mark.parametrize(("given", "read"), [("4", 4), (4, 4), (4.0, 4), (Decimal("4.0"), 4), ("4,0", 4)])
def test_a_number_is_read_however_it_comes(given: object, read: int) -> None:
    assert configure(WORKSTATION, {"RAM": given}).values["RAM"] == read


@pytest.mark.parametrize(
    ("choices", "field", "message", "remedy"),
    [
        ({"CPU": "C33"}, "CPU", "Processor: “C33” is not an option.", "Did you mean C32?"),
        ({"CPU": ""}, "CPU", "Processor: nothing is chosen.", "Choose one of C08, C32."),
        ({"CPU": None}, "CPU", "Processor: nothing is chosen.", "Choose one of C08, C32."),
        ({"CUP": "C08"}, "CUP", "WS has no choice named “CUP”.", "Did you mean CPU?"),
        ({"RAM": "9"}, "RAM", "Memory: 9 is above 8.", RANGE),
        ({"RAM": "0"}, "RAM", "Memory: 0 is below 1.", RANGE),
        ({"RAM": "2.5"}, "RAM", "Memory: 2.5 is between two steps.", RANGE),
        ({"RAM": "many"}, "RAM", "Memory: “many” is not a number.", RANGE),
        ({"TAG": "TOOLONG"}, "TAG", "Asset tag: 7 characters are too many.", "Give at most 6 characters."),
        ({"TAG": "a!"}, "TAG", "Asset tag: “a!” does not have the right form.", "Capitals, figures."),
        ({"QUIET": "perhaps"}, "QUIET", "Quiet: “perhaps” is neither yes nor no.", "Give yes or no."),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field(
    choices: dict[str, object], field: str, message: str, remedy: str
) -> None:
    assert problem(**choices) == (field, message, remedy)


@pytest.mark.parametrize("nonsense", ["NaN", "Infinity", "1e999", "1" * 50, True, "", "0x10"])
def test_a_number_that_is_none_is_refused(nonsense: object) -> None:
    assert problem(RAM=nonsense)[0] == "RAM"


def test_a_line_break_in_a_text_is_refused() -> None:
    assert "cannot be printed" in problem(TAG="A\nB")[1]


def test_everything_wrong_is_said_at_once_in_the_order_of_the_form() -> None:
    found = configure(WORKSTATION, {"TAG": "!", "CPU": "C9", "XY": 1, "RAM": -1}).problems
    assert [problem.field for problem in found] == ["XY", "CPU", "RAM", "TAG"]


def test_a_broken_rule_gives_reason_and_culprits() -> None:
    (found,) = configure(WORKSTATION, {"CPU": "C32"}).problems
    assert (found.field, found.message) == ("CPU", "The power supply is too weak.")
    assert found.choices == (("Processor", "32 cores"), ("Power supply", "200 W"))
    assert found.remedy == "Change one of these choices."


def test_an_exclusion_holds_only_where_its_condition_does() -> None:
    assert configure(WORKSTATION, {"CPU": "C32", "PSU": "650"}).valid
    (found,) = configure(WORKSTATION, {"CPU": "C32", "PSU": "650", "QUIET": "yes"}).problems
    assert found.message == "32 cores are not quiet."


def test_a_rule_about_a_choice_not_made_waits() -> None:
    undecided = models.compiled(
        features=(models.CPU, replace(models.PSU, children=(FeatureRow("650", "650 W"),)))
    )
    assert [problem.field for problem in configure(undecided, {}).problems] == ["PSU"]


def test_a_rule_that_cannot_be_calculated_is_a_problem_and_no_crash() -> None:
    divided = models.compiled(rules=(RuleRow(1, "requires", "", "8 / (RAM - 2) > 1", "Never."),))
    (found,) = configure(divided, {}).problems
    assert "Rule 1, then (line 1, column 3)" in found.message


def test_a_parameter_without_default_must_be_given() -> None:
    wide = models.compiled(parameters=(*models.WORKSTATION.parameters, ParameterRow("WIDTH", "Width")))
    assert configure(wide, {}).problems[0].remedy == "Give a number."

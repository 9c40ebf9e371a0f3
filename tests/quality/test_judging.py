"""Pass or fail, and what it adds up to."""

from decimal import Decimal

import pytest

from quality.engine.judging import Asked, Found, Verdict, conclude, finding, judge, limits

WIDTH = Asked(1, "Width", measured=True, lower=Decimal("1.1"), upper=Decimal("1.3"), unit="mm")
TAG = Asked(2, "Tag", measured=False, expected="NB-1")


@pytest.mark.parametrize(
    ("value", "passed"),
    [("1.1", True), ("1.3", True), ("1.2", True), ("1.0999", False), ("1.3001", False), (None, None)],
)
def test_limits_are_inclusive_and_nothing_recorded_is_undecided(
    value: str | None, passed: bool | None
) -> None:
    assert judge(WIDTH, Found(value=Decimal(value) if value else None)) is passed


@pytest.mark.parametrize("value", ["-5", "0", "1e9"])
def test_without_limits_any_value_passes(value: str) -> None:
    assert judge(Asked(1, "Mass", measured=True), Found(value=Decimal(value)))


@pytest.mark.parametrize("conforms", [True, False, None])
def test_an_attribute_passes_where_it_conforms(conforms: bool | None) -> None:
    assert judge(TAG, Found(conforms=conforms)) is conforms


@pytest.mark.parametrize(
    ("judgements", "verdict"),
    [
        ([True, True], Verdict.ACCEPTED),
        ([True, False], Verdict.REJECTED),
        ([False, None], Verdict.UNDECIDED),
        ([], Verdict.ACCEPTED),
    ],
)
def test_one_failure_rejects_and_one_gap_leaves_it_undecided(
    judgements: list[bool | None], verdict: Verdict
) -> None:
    assert conclude(judgements) is verdict


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (WIDTH, "1.1 … 1.3 mm"),
        (TAG, "conforms to NB-1"),
        (Asked(1, "T", measured=True, upper=Decimal(85)), "≤ 85"),
        (Asked(1, "T", measured=True, lower=Decimal(3)), "≥ 3"),
        (Asked(1, "T", measured=True), "recorded"),
    ],
)
def test_limits_read_as_words(asked: Asked, words: str) -> None:
    assert limits(asked).replace("\u202f", " ") == words


def test_findings_read_as_words() -> None:
    assert finding(TAG, Found(conforms=False)) == "does not conform"
    assert finding(WIDTH, Found()) == "not recorded"
